import { setComposite } from '#modules/management/measures/contract.ts'
import { requireManage } from '#modules/management/measures/server/measures.policy.ts'
import { insertComposite, listMeasures } from '#modules/management/measures/server/measures.store.ts'
import { command } from '#platform/command/command.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** Weights are published with a document number; they hold for areas and units, there is no way to ask them of a person. */
export const setCompositeCommand = command(setComposite, {
  async perform(context, input) {
    const { tx, actor, now, pending } = context
    requireManage(actor)
    const shares = new Set((await listMeasures(tx)).filter((m) => m.unit === 'percent' && m.better).map((m) => m.key))
    const keys = Object.keys(input.weights)
    // A composite adds up shares of outcomes; amounts of work are none.
    if (keys.length === 0 || !keys.every((key) => shares.has(key)))
      throw new AppError('measures.bad_weights', { status: 422 })
    const id = await insertComposite(tx, { ...input, at: now, by: actor.kind === 'staff' ? actor.accountId : null })
    pending.subject = `measures_composite:${id}`
    pending.facts.push({ kind: 'measures.composite_set', subject: pending.subject, content: { ...input } })
    return { ref: { id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})
