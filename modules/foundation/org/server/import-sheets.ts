import type { Context } from '#platform/command/context.ts'
import { hashPassword } from '#platform/crypto/password.ts'
import { sql } from '#platform/db/db.ts'
import {
  type CollectedRows,
  collectRowErrors,
  type ImportColumn,
  type RowProblem,
} from '#platform/tables/import-rows.ts'
import type { SheetTable } from '#platform/tables/read-table.ts'
import { drawInitialPassword } from '../domain/initial-password.ts'
import { insertHolding } from './post.store.ts'
import { raiseRevision } from './revision.store.ts'

/** Sheets that fill a new county; what an official does one by one on the screens, for hundreds at a time. */
export interface SheetImport {
  columns: readonly ImportColumn[]
  /** All rows or none: with one bad row nothing is taken, and `bad` tells what to mend. */
  run(context: Context, table: SheetTable): Promise<SheetResult>
}

export interface SheetResult {
  taken: number
  bad: CollectedRows['bad']
  /** To be handed out, each to its person; not kept anywhere. */
  passwords: { login: string; name: string; password: string }[]
}

/** Divisions by code, those above first; one that is known gets its name and point changed. */
export const divisionSheet: SheetImport = {
  columns: [
    { key: 'code', title: '区划代码', type: 'text', required: true, maxLength: 15 },
    { key: 'name', title: '名称', type: 'text', required: true, maxLength: 60 },
    { key: 'shortName', title: '简称', type: 'text', maxLength: 30 },
    { key: 'lon', title: '经度', type: 'decimal' },
    { key: 'lat', title: '纬度', type: 'decimal' },
  ],
  async run(context, table) {
    const { tx, here } = context
    const prefix = here.county.regionPrefix
    const { rows: known } = await sql<{ code: string }>`select code from area_division`.execute(tx)
    const codes = new Set(known.map((row) => row.code))
    const seen = new Set<string>()
    const { good, bad } = await collectRowErrors(table, divisionSheet.columns, (values) => {
      const code = String(values.code)
      const above = code.slice(0, -3)
      const problems: RowProblem[] = []
      if (!/^[0-9]{6}([0-9]{3}){0,3}$/.test(code)) problems.push({ code: 'org.sheet_division_code' })
      else if (!code.startsWith(prefix)) problems.push({ code: 'org.sheet_other_county', params: { prefix } })
      else if (code.length > 6 && !codes.has(above))
        problems.push({ code: 'org.sheet_no_parent', params: { code: above } })
      if (seen.has(code)) problems.push({ code: 'org.sheet_twice', params: { value: code } })
      if ((values.lon === null) !== (values.lat === null) || !inChina(values.lon, values.lat))
        problems.push({ code: 'org.sheet_point' })
      seen.add(code)
      codes.add(code)
      return problems
    })
    if (bad.length > 0) return { taken: 0, bad, passwords: [] }
    const rows = good.map(({ values }) => {
      const code = String(values.code)
      return {
        code,
        parent_code: code.length > 6 ? code.slice(0, -3) : null,
        level: code.length,
        name: values.name,
        short_name: values.shortName ?? values.name,
        lon: values.lon,
        lat: values.lat,
      }
    })
    await sql`
      insert into area_division as a (code, parent_code, level, name, short_name, center, illustrative)
      select code, parent_code, level, name, short_name, point(lon, lat), false
        from json_to_recordset(${JSON.stringify(rows)}::json) as d (code text, parent_code text, level smallint, name text,
          short_name text, lon float8, lat float8)
      on conflict (code) do update set name = excluded.name, short_name = excluded.short_name,
        center = coalesce(excluded.center, a.center),
        illustrative = a.illustrative and excluded.center is null`.execute(tx)
    await raiseRevision(tx)
    context.pending.subject = 'area_division:import'
    context.pending.facts.push({
      kind: 'org.divisions_imported',
      subject: `county:${here.county.slug}`,
      content: { rows: rows.length },
    })
    return { taken: rows.length, bad, passwords: [] }
  },
}

/** Names of posts as a sheet writes them. */
const ROLES: Readonly<Record<string, string>> = {
  受理员: 'intakeClerk',
  值班长: 'dutyChief',
  派遣员: 'dispatcher',
  经办人: 'handler',
  分管负责人: 'unitLeader',
  网格员: 'gridWorker',
  网格长: 'gridLeader',
  值班主任: 'countyDirector',
  数据局管理员: 'bureauAdmin',
  专家: 'expert',
  会务秘书: 'meetingSecretary',
  审计: 'auditor',
}

/** Accounts with a first post each; a post of that name that nobody holds is taken, else a new one is made. */
export const accountSheet: SheetImport = {
  columns: [
    { key: 'login', title: '登录名', type: 'text', required: true, maxLength: 64 },
    { key: 'name', title: '姓名', type: 'text', required: true, maxLength: 40 },
    { key: 'unit', title: '单位编码', type: 'text', maxLength: 80 },
    { key: 'role', title: '岗位', type: 'text', oneOf: Object.keys(ROLES) },
    { key: 'division', title: '网格代码', type: 'text', maxLength: 15 },
  ],
  async run(context, table) {
    const { tx, here, now } = context
    const { rows: units } = await sql<{ id: number; code: string; division_code: string }>`
      select id, code, division_code from org_unit where retired_at is null`.execute(tx)
    const { rows: accounts } = await sql<{ login: string }>`select login from auth_account`.execute(tx)
    const { rows: divisions } = await sql<{ code: string }>`
      select code from area_division where retired_at is null`.execute(tx)
    const unitOf = new Map(units.map((unit) => [unit.code, unit]))
    const taken = new Set(accounts.map((account) => account.login))
    const places = new Set(divisions.map((division) => division.code))
    const { good, bad } = await collectRowErrors(table, accountSheet.columns, (values) => {
      const problems: RowProblem[] = []
      const login = String(values.login)
      const unit = values.unit === null ? undefined : unitOf.get(String(values.unit))
      if (!/^[a-z0-9][a-z0-9._-]{2,63}$/.test(login)) problems.push({ code: 'org.sheet_login' })
      else if (taken.has(login)) problems.push({ code: 'org.login_taken', params: { login } })
      if ((values.unit === null) !== (values.role === null)) problems.push({ code: 'org.sheet_unit_and_post' })
      if (values.unit !== null && !unit)
        problems.push({ code: 'org.sheet_no_unit', params: { code: String(values.unit) } })
      if (values.division !== null) {
        const division = String(values.division)
        if (!places.has(division)) problems.push({ code: 'org.unknown_division' })
        else if (unit && !division.startsWith(unit.division_code)) problems.push({ code: 'org.division_outside_unit' })
      }
      taken.add(login)
      return problems
    })
    if (bad.length > 0) return { taken: 0, bad, passwords: [] }
    const passwords: SheetResult['passwords'] = []
    for (const { values } of good) {
      const login = String(values.login)
      const name = String(values.name)
      const password = drawInitialPassword()
      const { rows } = await sql<{ id: number }>`
        insert into auth_account (login, display_name, password_hash, must_change_password, created_at)
        values (${login}, ${name}, ${await hashPassword(password)}, true, ${now}) returning id`.execute(tx)
      const accountId = rows[0]!.id
      const unit = values.unit === null ? undefined : unitOf.get(String(values.unit))
      if (unit) {
        const title = String(values.role)
        const division = values.division === null || values.division === unit.division_code ? null : values.division
        const postId = await freePost(context, unit, ROLES[title]!, title, division as string | null)
        await insertHolding(tx, {
          postId,
          accountId,
          since: now,
          until: null,
          acting: false,
          forAccountId: null,
          reason: '批量开户',
          createdBy: null,
          at: now,
        })
      }
      context.pending.facts.push({
        kind: 'org.account_created',
        subject: `account:${accountId}`,
        content: { account: accountId, reason: '批量开户', unit: unit?.code ?? null, role: values.role },
      })
      passwords.push({ login, name, password })
    }
    await raiseRevision(tx)
    context.pending.subject = `county:${here.county.slug}`
    return { taken: good.length, bad, passwords }
  },
}

async function freePost(
  context: Context,
  unit: { id: number; code: string },
  role: string,
  title: string,
  division: string | null,
): Promise<number> {
  const { tx, now } = context
  const { rows: free } = await sql<{ id: number }>`
    select p.id from org_post p
     where p.unit_id = ${unit.id} and p.role = ${role} and p.retired_at is null
       and p.division_code is not distinct from ${division}
       and not exists (select 1 from org_post_holding h where h.post_id = p.id and (h.until is null or h.until > ${now}))
     order by p.id limit 1`.execute(tx)
  if (free[0]) return free[0].id
  const { rows } = await sql<{ id: number }>`
    insert into org_post (code, unit_id, role, name, division_code, created_at)
    select ${`${unit.code}.${role}.`}::text || (count(*) + 1), ${unit.id}, ${role}, ${title}, ${division}, ${now}
      from org_post where unit_id = ${unit.id}
    returning id`.execute(tx)
  return rows[0]!.id
}

function inChina(lon: unknown, lat: unknown): boolean {
  if (lon === null && lat === null) return true
  return typeof lon === 'number' && typeof lat === 'number' && lon > 73 && lon < 136 && lat > 3 && lat < 54
}
