import { getUnit } from '#modules/foundation/org/contract.ts'
import { isCurrent } from '#modules/foundation/org/domain/holding.ts'
import {
  MANAGE_ACCOUNTS,
  MANAGE_UNITS,
  manageableUnit,
  mayManageUnit,
} from '#modules/foundation/org/server/org.policy.ts'
import { iso, presentUnitRow } from '#modules/foundation/org/server/present.ts'
import { listChildUnits, listUnitRows } from '#modules/foundation/org/server/unit.store.ts'
import { holdsPermission } from '#platform/access/actor.ts'
import { query } from '#platform/command/command.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { notFound } from '#platform/errors/app-error.ts'

interface PostRow {
  id: number
  code: string
  role: string
  name: string
  division_code: string | null
  division_name: string | null
  roster: string | null
  retired_at: Date | null
  open_work: number
}

interface HoldingRow {
  id: number
  post_id: number
  account_id: number
  name: string
  login: string
  since: Date
  until: Date | null
  acting: boolean
  for_name: string | null
  reason: string
}

/** A unit with its posts, who holds them and who held them. Log-ins are shown to administrators only. */
export const getUnitQuery = query(getUnit, async ({ tx, actor, now }, { id }) => {
  const [unit] = await listUnitRows(
    tx,
    { id },
    { after: null, limit: 1, at: now, manageable: manageableUnit(actor, MANAGE_UNITS, 'u') },
  )
  if (!unit) throw notFound()
  const posts = await listPosts(tx, id)
  const holdings = Map.groupBy(await listHoldings(tx, id), (row) => row.post_id)
  const showLogins = holdsPermission(actor, MANAGE_ACCOUNTS)
  const stage = (row: HoldingRow) => (isCurrent(row, now) ? 'current' : row.since > now ? 'coming' : 'past')
  return {
    unit: presentUnitRow(unit),
    posts: posts.map((post) => ({
      id: post.id,
      code: post.code,
      role: post.role,
      name: post.name,
      divisionCode: post.division_code,
      divisionName: post.division_name,
      roster: post.roster,
      retiredAt: iso(post.retired_at),
      openWork: post.open_work,
      holdings: (holdings.get(post.id) ?? []).map((row) => ({
        id: row.id,
        account: { id: row.account_id, name: row.name, login: showLogins ? row.login : '' },
        since: row.since.toISOString(),
        until: iso(row.until),
        acting: row.acting,
        forName: row.for_name,
        reason: row.reason,
        stage: stage(row) as 'past' | 'current' | 'coming',
      })),
    })),
    children: await listChildUnits(tx, id),
    can: {
      manage: unit.manageable && unit.retiredAt === null,
      appoint: unit.retiredAt === null && mayManageUnit(actor, MANAGE_ACCOUNTS, unit),
    },
  }
})

async function listPosts(tx: Tx, unitId: number): Promise<PostRow[]> {
  const { rows } = await sql<PostRow>`
    select p.id, p.code, p.role, p.name, p.division_code, d.short_name as division_name, p.roster, p.retired_at,
           (select count(*) from process_work_item w
             where w.unit_id = p.unit_id and w.role = p.role and w.account_id is null) as open_work
      from org_post p left join area_division d on d.code = p.division_code
     where p.unit_id = ${unitId} order by p.retired_at nulls first, p.id`.execute(tx)
  return rows
}

async function listHoldings(tx: Tx, unitId: number): Promise<HoldingRow[]> {
  const { rows } = await sql<HoldingRow>`
    select h.id, h.post_id, h.account_id, a.display_name as name, a.login, h.since, h.until, h.acting,
           f.display_name as for_name, h.reason
      from org_post p join org_post_holding h on h.post_id = p.id
      join auth_account a on a.id = h.account_id left join auth_account f on f.id = h.for_account_id
     where p.unit_id = ${unitId} and (h.until is null or h.until > h.since) order by h.since desc, h.id desc`.execute(
    tx,
  )
  return rows
}
