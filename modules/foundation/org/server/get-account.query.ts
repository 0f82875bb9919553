import { getAccount } from '#modules/foundation/org/contract.ts'
import { countOwnWork, listAccountRows } from '#modules/foundation/org/server/account.store.ts'
import { actorOf } from '#modules/foundation/org/server/actor.store.ts'
import { administrator, countyDivision } from '#modules/foundation/org/server/administrator.ts'
import { iso, presentAccountRow } from '#modules/foundation/org/server/present.ts'
import { query } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import { notFound } from '#platform/errors/app-error.ts'

/** An account with its past and present posts and what it may do now, resolved from all grants. */
export const getAccountQuery = query(getAccount, async (context, { id }) => {
  const { tx, now, here } = context
  const actor = administrator(context)
  const [row] = await listAccountRows(
    tx,
    { id },
    { actor, county: countyDivision(context), after: null, limit: 1, at: now },
  )
  if (!row) throw notFound()
  const history = await sql<{
    id: number
    post_id: number
    post_name: string
    role: string
    unit_id: number
    unit_code: string
    unit_name: string
    unit_short_name: string
    since: Date
    until: Date | null
    acting: boolean
    for_name: string | null
    reason: string
    end_reason: string | null
  }>`
    select h.id, p.id as post_id, p.name as post_name, p.role, u.id as unit_id, u.code as unit_code, u.name as unit_name,
           u.short_name as unit_short_name, h.since, h.until, h.acting, f.display_name as for_name, h.reason, h.end_reason
      from org_post_holding h join org_post p on p.id = h.post_id join org_unit u on u.id = p.unit_id
      left join auth_account f on f.id = h.for_account_id
     where h.account_id = ${id} order by h.since desc, h.id desc`.execute(tx)
  const sessions = await sql<{ n: number }>`
    select count(*) as n from auth_session
     where account_id = ${id} and revoked_at is null and expires_at > ${now}`.execute(tx)
  const self = await actorOf(tx, id, now)
  const account = presentAccountRow(row, actor.accountId)
  return {
    account,
    history: history.rows.map((item) => ({
      id: item.id,
      postId: item.post_id,
      postName: item.post_name,
      role: item.role,
      unit: { id: item.unit_id, code: item.unit_code, name: item.unit_name, shortName: item.unit_short_name },
      since: item.since.toISOString(),
      until: iso(item.until),
      acting: item.acting,
      forName: item.for_name,
      reason: item.reason,
      endReason: item.end_reason,
    })),
    rights: (self?.grants ?? [])
      .map((grant) => ({
        permission: grant.permission,
        divisionCode: grant.division,
        divisionName: here.directory.divisionName(grant.division),
        lineCode: grant.line,
      }))
      .sort((a, b) => a.permission.localeCompare(b.permission) || a.divisionCode.localeCompare(b.divisionCode)),
    openWork: await countOwnWork(tx, id),
    sessions: sessions.rows[0]!.n,
    can: { manage: account.can.manage },
  }
})
