import type { StaffActor } from '#platform/access/actor.ts'
import { command, query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { listNotices, readNotices } from '#platform/notify/contract.ts'
import { casesById } from '#platform/process/case-list.ts'

const SHOWN = 50

function staff({ actor }: Context): StaffActor {
  if (actor.kind !== 'staff') throw new AppError('platform.forbidden', { status: 403 })
  return actor
}

async function countUnread(context: Context): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from notify_message where account_id = ${staff(context).accountId} and read_at is null`.execute(
    context.tx,
  )
  return rows[0]!.n
}

/** The newest notices of the actor; titles only of cases that the actor still sees. */
export const listNoticesQuery = query(listNotices, async (context) => {
  const { rows } = await sql<{
    id: number
    kind: string
    params: Record<string, string | number>
    at: Date
    case_id: number | null
    read_at: Date | null
  }>`
    select id, kind, params, at, case_id, read_at from notify_message
     where account_id = ${staff(context).accountId} order by id desc limit ${SHOWN}`.execute(context.tx)
  const ids = [...new Set(rows.flatMap((row) => (row.case_id === null ? [] : [row.case_id])))]
  const titles = new Map((await casesById(context, ids)).map((found) => [found.id, found.title]))
  return {
    unread: await countUnread(context),
    items: rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      params: row.params,
      at: row.at.toISOString(),
      caseId: row.case_id,
      caseTitle: row.case_id === null ? null : (titles.get(row.case_id) ?? null),
      readAt: row.read_at ? row.read_at.toISOString() : null,
    })),
  }
})

export const readNoticesCommand = command(readNotices, {
  async perform(context, { upTo }) {
    await sql`
      update notify_message set read_at = ${context.now}
       where account_id = ${staff(context).accountId} and id <= ${upTo} and read_at is null`.execute(context.tx)
    return { ref: null }
  },
  async present(context) {
    return { unread: await countUnread(context) }
  },
})
