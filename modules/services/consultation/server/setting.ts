import { command, query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { changeSetting, getSetting } from '../contract.ts'
import { findSetting, updateSetting } from './consultation.store.ts'

async function present({ tx, here }: Context) {
  const { changedAt, changedBy, ...numbers } = await findSetting(tx, false)
  return {
    ...numbers,
    changedAt: changedAt ? changedAt.toISOString() : null,
    changedByName: changedBy === null ? null : here.directory.accountName(changedBy),
  }
}

export const getSettingQuery = query(getSetting, (context) => present(context))

/** The threshold holds for what is filed from now on. */
export const changeSettingCommand = command(changeSetting, {
  async perform(context, { repeats, days, metres }) {
    const { tx, actor, now, pending } = context
    if (actor.kind !== 'staff') throw new AppError('platform.forbidden', { status: 403 })
    await updateSetting(tx, { repeats, days, metres }, actor.accountId, now)
    pending.subject = 'consultation_setting'
    pending.facts.push({
      kind: 'consultation.setting_changed',
      subject: pending.subject,
      content: { repeats, days, metres },
    })
    return { ref: {} }
  },
  present: (context) => present(context),
})
