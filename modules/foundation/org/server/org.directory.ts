import { pinyin } from 'pinyin-pro'
import { isCurrent, type Tenure } from '#modules/foundation/org/domain/holding.ts'
import { type Clock, systemClock } from '#platform/clock/clock.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import type { Directory, UnitRef } from '#platform/process/directory.ts'

/** A unit with what routing and screens ask of it beyond the engine's needs. */
export interface OrgUnit extends UnitRef {
  readonly level: 'county' | 'town' | 'village'
  readonly parentId: number | null
  /** May only help (协办), never lead. */
  readonly limited: boolean
  readonly retired: boolean
}

export interface Division {
  readonly code: string
  readonly parentCode: string | null
  /** Length of the code: 6, 9, 12 or 15. */
  readonly level: number
  readonly name: string
  readonly shortName: string
  /** GCJ-02, or null where no point is known. */
  readonly center: { readonly lon: number; readonly lat: number } | null
  /** The point is 示意, not surveyed. */
  readonly illustrative: boolean
  readonly retired: boolean
}

interface HeldTenure extends Tenure {
  readonly accountId: number
}

/** What `org` knows of the county in memory: the engine's directory and some more for other modules. */
export interface OrgDirectory extends Directory {
  unit(id: number): OrgUnit | undefined
  unitByCode(code: string): OrgUnit | undefined
  unitAt(division: string, kind: string): OrgUnit | undefined
  unitOfLine(lineCode: string): OrgUnit | undefined
  triage(): OrgUnit | undefined
  /** Units that exist today. */
  units(): readonly OrgUnit[]
  division(code: string): Division | undefined
  /** Divisions that exist today, parents first. */
  divisions(): readonly Division[]
  /** Whether the account exists, was not disabled and is not away (不在岗) at this moment while somebody stands in. */
  isActive(accountId: number): boolean
}

/** The county's directory with what `org` adds to it. */
export function orgDirectory(here: { readonly directory: Directory }): OrgDirectory {
  return here.directory as OrgDirectory
}

export interface DirectoryOptions {
  /** Who holds a post is asked of this clock at every call, so that acting posts begin and end by themselves. */
  clock?: Clock
  /** Names of event and component classes by code. */
  classNames?: ReadonlyMap<string, string>
}

/** Loads units, lines, divisions, holdings and names of accounts once; all questions are then answered from memory. */
export async function loadDirectory(tx: Tx, options: DirectoryOptions = {}): Promise<OrgDirectory> {
  const clock = options.clock ?? systemClock
  const classNames = options.classNames ?? new Map<string, string>()
  const units = new Map<number, OrgUnit>()
  const unitsByCode = new Map<string, OrgUnit>()
  const unitsByPlace = new Map<string, OrgUnit>()
  for (const unit of await loadUnits(tx)) {
    units.set(unit.id, unit)
    unitsByCode.set(unit.code, unit)
    const place = `${unit.division}|${unit.kind}`
    if (!unit.retired && !unitsByPlace.has(place)) unitsByPlace.set(place, unit)
  }
  const present = [...units.values()].filter((unit) => !unit.retired)
  const triage = present.find((unit) => unit.level === 'county' && unit.kind === 'command')
  const divisions = await loadDivisions(tx)
  const holdings = await loadHoldings(tx)
  const away = await loadAway(tx, clock.now())
  const accounts = await loadAccounts(tx)
  const lines = await loadLines(tx)
  const desks = await loadDesks(tx)
  const byLine = answerForLines(present, desks)
  const roles = new Set(desks.map((desk) => desk.role))
  const initials = new Map<string, string>()

  return {
    unit: (id) => units.get(id),
    unitByCode: (code) => unitsByCode.get(code),
    unitAt: (division, kind) => unitsByPlace.get(`${division}|${kind}`),
    triage: () => triage,
    units: () => present,
    division: (code) => divisions.get(code),
    roles: () => roles,
    divisions: () => [...divisions.values()].filter((division) => !division.retired),
    lineName: (code) => lines.get(code) ?? code,
    unitOfLine: (code) => byLine.get(code),
    isActive: (accountId) =>
      (accounts.get(accountId)?.active ?? false) &&
      !(away.get(accountId) ?? []).some((tenure) => isCurrent(tenure, clock.now())),
    accountName: (accountId) => accounts.get(accountId)?.name ?? `#${accountId}`,
    divisionName: (code) => divisions.get(code)?.shortName ?? code,
    className: (code) => classNames.get(code),
    holders(unitId, role) {
      const at = clock.now()
      const found = (holdings.get(`${unitId}|${role}`) ?? []).filter((holding) => isCurrent(holding, at))
      return [...new Set(found.map((holding) => holding.accountId))]
    },
    divisionInitials(code) {
      let text = initials.get(code)
      if (text === undefined) {
        text = nameInitials(divisions.get(code)?.name ?? code)
        initials.set(code, text)
      }
      return text
    },
  }
}

/** 木渎镇 → MD, 长桥街道 → CQ, A7县 → A7; what kind of division it is says nothing in a number. */
export function nameInitials(name: string): string {
  const stem = name.replace(/(街道办事处|街道|社区|镇|乡|县|区|市|村)$/, '') || name
  return pinyin(stem, { toneType: 'none', type: 'array', nonZh: 'consecutive' })
    .map((syllable) => (/^[a-z]/.test(syllable) ? syllable.charAt(0) : syllable))
    .join('')
    .replace(/[^a-zA-Z0-9]/g, '')
    .toUpperCase()
}

async function loadUnits(tx: Tx): Promise<OrgUnit[]> {
  const { rows } = await sql<{
    id: number
    code: string
    name: string
    short_name: string
    kind: string
    level: 'county' | 'town' | 'village'
    division_code: string
    parent_id: number | null
    limited: boolean
    retired: boolean
    lines: string[]
  }>`
    select u.id, u.code, u.name, u.short_name, u.kind, u.level, u.division_code, u.parent_id, u.limited,
           u.retired_at is not null as retired,
           coalesce(array_agg(l.line_code order by o.sort) filter (where l.line_code is not null), '{}') as lines
      from org_unit u
      left join org_unit_line l on l.unit_id = u.id
      left join org_line o on o.code = l.line_code
     group by u.id order by u.id`.execute(tx)
  return rows.map((row) => ({
    id: row.id,
    code: row.code,
    name: row.name,
    shortName: row.short_name,
    kind: row.kind,
    level: row.level,
    division: row.division_code,
    parentId: row.parent_id,
    limited: row.limited,
    retired: row.retired,
    lines: row.lines,
  }))
}

async function loadDivisions(tx: Tx): Promise<Map<string, Division>> {
  const { rows } = await sql<{
    code: string
    parent_code: string | null
    level: number
    name: string
    short_name: string
    lon: number | null
    lat: number | null
    illustrative: boolean
    retired: boolean
  }>`
    select code, parent_code, level, name, short_name, center[0] as lon, center[1] as lat, illustrative,
           retired_at is not null as retired
      from area_division order by level, code`.execute(tx)
  return new Map(
    rows.map((row) => [
      row.code,
      {
        code: row.code,
        parentCode: row.parent_code,
        level: row.level,
        name: row.name,
        shortName: row.short_name,
        center: row.lon === null || row.lat === null ? null : { lon: row.lon, lat: row.lat },
        illustrative: row.illustrative,
        retired: row.retired,
      },
    ]),
  )
}

/** Tenures that may still count, by unit and role. Disabled accounts hold nothing. */
async function loadHoldings(tx: Tx): Promise<Map<string, HeldTenure[]>> {
  const { rows } = await sql<{ unit_id: number; role: string; account_id: number; since: Date; until: Date | null }>`
    select p.unit_id, p.role, h.account_id, h.since, h.until
      from org_post_holding h
      join org_post p on p.id = h.post_id and p.retired_at is null
      join auth_account a on a.id = h.account_id and a.disabled_at is null
     where h.until is null or h.until > h.since
     order by h.acting, h.since, h.id`.execute(tx)
  const found = new Map<string, HeldTenure[]>()
  for (const row of rows) {
    const key = `${row.unit_id}|${row.role}`
    const list = found.get(key)
    const tenure = { accountId: row.account_id, since: row.since, until: row.until }
    if (list) list.push(tenure)
    else found.set(key, [tenure])
  }
  return found
}

/** When people are away, so that nothing new is put into their own names. */
async function loadAway(tx: Tx, now: Date): Promise<Map<number, Tenure[]>> {
  const { rows } = await sql<{ account_id: number; since: Date; until: Date }>`
    select for_account_id as account_id, since, until from org_post_holding
     where away and until > since and until > ${now}`.execute(tx)
  const found = new Map<number, Tenure[]>()
  for (const { account_id, since, until } of rows)
    found.set(account_id, [...(found.get(account_id) ?? []), { since, until }])
  return found
}

async function loadAccounts(tx: Tx): Promise<Map<number, { name: string; active: boolean }>> {
  const { rows } = await sql<{ id: number; display_name: string; active: boolean }>`
    select id, display_name, disabled_at is null as active from auth_account`.execute(tx)
  return new Map(rows.map((row) => [row.id, { name: row.display_name, active: row.active }]))
}

async function loadLines(tx: Tx): Promise<Map<string, string>> {
  const { rows } = await sql<{ code: string; name: string }>`select code, name from org_line`.execute(tx)
  return new Map(rows.map((row) => [row.code, row.name]))
}

interface Desk {
  readonly unitId: number
  readonly role: string
}

/** Which roles each unit has posts for. */
async function loadDesks(tx: Tx): Promise<Desk[]> {
  const { rows } = await sql<{ unit_id: number; role: string }>`
    select distinct p.unit_id, p.role from org_post p join org_unit u on u.id = p.unit_id and u.retired_at is null
     where p.retired_at is null`.execute(tx)
  return rows.map((row) => ({ unitId: row.unit_id, role: row.role }))
}

/**
 * The county unit that answers for each line: one that has somebody to handle cases before one that has not, the one with
 * the fewest lines (the line's own bureau), then the one entered first. Limited units never answer for a line.
 */
function answerForLines(units: readonly OrgUnit[], desks: readonly Desk[]): Map<string, OrgUnit> {
  const handling = new Set(desks.filter((desk) => desk.role === 'handler').map((desk) => desk.unitId))
  const found = new Map<string, OrgUnit>()
  const candidates = units
    .filter((unit) => unit.level === 'county' && !unit.limited)
    .sort(
      (a, b) =>
        Number(handling.has(b.id)) - Number(handling.has(a.id)) || a.lines.length - b.lines.length || a.id - b.id,
    )
  for (const unit of candidates) for (const line of unit.lines) if (!found.has(line)) found.set(line, unit)
  return found
}
