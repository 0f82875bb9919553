import { listVacancies } from '#modules/foundation/org/contract.ts'
import { administrator, countyDivision } from '#modules/foundation/org/server/administrator.ts'
import { MANAGE_ACCOUNTS, manageableUnit, managesWholeCounty } from '#modules/foundation/org/server/org.policy.ts'
import { iso } from '#modules/foundation/org/server/present.ts'
import { query } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'

/** Open work that nobody can take up: the role has no holder in the unit, or the person's account was disabled. */
export const listVacanciesQuery = query(listVacancies, async (context) => {
  const { tx, now } = context
  const actor = administrator(context)
  const whole = managesWholeCounty(actor, MANAGE_ACCOUNTS, countyDivision(context))
  const { rows } = await sql<{
    unit_id: number | null
    unit_code: string
    unit_name: string
    unit_short_name: string
    role: string
    account_id: number | null
    account_name: string
    account_login: string
    n: number
    next_due: Date | null
  }>`
    with held as (
      select distinct p.unit_id, p.role
        from org_post_holding h join org_post p on p.id = h.post_id and p.retired_at is null
        join auth_account a on a.id = h.account_id and a.disabled_at is null
       where h.since <= ${now} and (h.until is null or h.until > ${now})
    ), lost as (
      select w.unit_id, w.role, w.account_id, count(*) as n, min(w.due_at) as next_due
        from process_work_item w left join auth_account a on a.id = w.account_id
       where case when w.account_id is null
                  then not exists (select 1 from held where held.unit_id = w.unit_id and held.role = w.role)
                  else a.disabled_at is not null end
       group by 1, 2, 3
    )
    select lost.unit_id, u.code as unit_code, u.name as unit_name, u.short_name as unit_short_name, lost.role,
           lost.account_id, a.display_name as account_name, a.login as account_login, lost.n, lost.next_due
      from lost left join org_unit u on u.id = lost.unit_id left join auth_account a on a.id = lost.account_id
     where ${whole ? sql`true` : sql`(u.id is not null and ${manageableUnit(actor, MANAGE_ACCOUNTS, 'u')})`}
     order by lost.next_due nulls last, u.code, lost.role limit 200`.execute(tx)
  return {
    items: rows.map((row) => ({
      unit:
        row.unit_id === null
          ? null
          : { id: row.unit_id, code: row.unit_code, name: row.unit_name, shortName: row.unit_short_name },
      role: row.role,
      account:
        row.account_id === null ? null : { id: row.account_id, name: row.account_name, login: row.account_login },
      openWork: row.n,
      nextDueAt: iso(row.next_due),
    })),
  }
})
