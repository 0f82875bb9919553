import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
import { hashPassword } from '#platform/crypto/password.ts'
import { sql, type Tx } from '#platform/db/db.ts'

/** What a county begins with. Every list may be empty; codes and log-ins identify rows, so set-up can be repeated. */
export interface OrgSeed {
  readonly divisions: readonly SeedDivision[]
  readonly lines: readonly SeedLine[]
  readonly units: readonly SeedUnit[]
  readonly accounts: readonly SeedAccount[]
  readonly posts: readonly SeedPost[]
  readonly grants: readonly SeedGrant[]
}

export interface SeedDivision {
  readonly code: string
  readonly name: string
  readonly shortName: string
  readonly parentCode: string | null
  /** Longitude and latitude, GCJ-02. */
  readonly center: readonly [number, number] | null
  readonly illustrative: boolean
}

export interface SeedLine {
  readonly code: string
  readonly name: string
  readonly nameEn: string
}

export interface SeedUnit {
  readonly code: string
  readonly kind: string
  readonly level: 'county' | 'town' | 'village'
  readonly name: string
  readonly shortName: string
  readonly division: string
  readonly lines: readonly string[]
  /** Code of the unit above. */
  readonly parent: string | null
  readonly limited: boolean
}

export interface SeedAccount {
  readonly login: string
  readonly name: string
  /** Why this account is worth offering on the demo log-in page. */
  readonly featured?: string
}

export interface SeedPost {
  readonly code: string
  readonly unit: string
  readonly role: string
  readonly title: string
  readonly division: string
  readonly roster: 'A' | 'B' | null
  /** Log-ins. */
  readonly holders: readonly string[]
}

/** A rule of `grants-*.json`: every post of the role in such units gets the permissions. */
export interface SeedGrant {
  readonly role: string
  readonly unitLevel: string
  readonly unitKind: string
  readonly permissions: readonly string[]
  /** `post`: the post's own place (a grid); `unit` and `village`: where the unit works. */
  readonly scope: 'unit' | 'post' | 'village'
  readonly lines: 'own' | 'all'
}

/** The published password of all demo accounts; while they exist the server listens on 127.0.0.1 only. */
export const DEMO_PASSWORD = 'Yiti-demo-2026'

/** Demo people have held their posts since then. */
const DEMO_SINCE = new Date('2025-01-01T00:00:00+08:00')

let demoHash: Promise<string> | undefined

/** The password is published, so one hash serves all demo accounts and costs its 20 ms once. */
function demoPasswordHash(): Promise<string> {
  demoHash ??= hashPassword(DEMO_PASSWORD)
  return demoHash
}

/**
 * Fills a county with divisions, lines, units, posts, demo accounts and grants: one statement per table, nothing that is
 * there already is touched, so it can be repeated after the seed grew.
 */
export async function setUpOrg(tx: Tx, seed: OrgSeed): Promise<void> {
  await insertDivisions(tx, seed.divisions)
  await insertLines(tx, seed.lines)
  await insertUnits(tx, seed.units)
  await insertAccounts(tx, seed.accounts)
  await insertPosts(tx, seed.posts)
  await insertGrants(tx, seed.grants)
  await raiseRevision(tx)
}

const json = (rows: unknown): string => JSON.stringify(rows)

async function insertDivisions(tx: Tx, divisions: readonly SeedDivision[]): Promise<void> {
  // The foreign key to the parent is checked at the end of the statement, so one statement takes all levels.
  const rows = divisions.map((division) => ({
    code: division.code,
    parent_code: division.parentCode,
    level: division.code.length,
    name: division.name,
    short_name: division.shortName,
    lon: division.center?.[0] ?? null,
    lat: division.center?.[1] ?? null,
    illustrative: division.illustrative,
  }))
  await sql`
    insert into area_division (code, parent_code, level, name, short_name, center, illustrative)
    select code, parent_code, level, name, short_name, point(lon, lat), illustrative
      from json_to_recordset(${json(rows)}::json) as d (code text, parent_code text, level smallint, name text,
        short_name text, lon float8, lat float8, illustrative boolean)
    on conflict (code) do nothing`.execute(tx)
}

async function insertLines(tx: Tx, lines: readonly SeedLine[]): Promise<void> {
  const rows = lines.map((line, index) => ({
    code: line.code,
    name: line.name,
    name_en: line.nameEn,
    sort: index + 1,
  }))
  await sql`
    insert into org_line (code, name, name_en, sort)
    select code, name, name_en, sort
      from json_to_recordset(${json(rows)}::json) as l (code text, name text, name_en text, sort smallint)
    on conflict (code) do nothing`.execute(tx)
}

async function insertUnits(tx: Tx, units: readonly SeedUnit[]): Promise<void> {
  const rows = units.map((unit) => ({
    code: unit.code,
    name: unit.name,
    short_name: unit.shortName,
    kind: unit.kind,
    level: unit.level,
    division: unit.division,
    limited: unit.limited,
  }))
  await sql`
    insert into org_unit (code, name, short_name, kind, level, division_code, limited, created_at)
    select code, name, short_name, kind, level, division, limited, ${DEMO_SINCE}
      from json_to_recordset(${json(rows)}::json) as u (code text, name text, short_name text, kind text, level text,
        division text, limited boolean)
    on conflict (code) do nothing`.execute(tx)
  const parents = units.filter((unit) => unit.parent !== null).map((unit) => ({ code: unit.code, parent: unit.parent }))
  await sql`
    update org_unit u set parent_id = p.id
      from json_to_recordset(${json(parents)}::json) as s (code text, parent text) join org_unit p on p.code = s.parent
     where u.code = s.code and u.parent_id is null`.execute(tx)
  const lines = units.flatMap((unit) => unit.lines.map((line) => ({ code: unit.code, line })))
  await sql`
    insert into org_unit_line (unit_id, line_code)
    select u.id, s.line from json_to_recordset(${json(lines)}::json) as s (code text, line text)
      join org_unit u on u.code = s.code and u.version = 1
    on conflict do nothing`.execute(tx)
}

async function insertAccounts(tx: Tx, accounts: readonly SeedAccount[]): Promise<void> {
  if (accounts.length === 0) return
  const rows = accounts.map(({ login, name }) => ({ login, name }))
  await sql`
    insert into auth_account (login, display_name, password_hash, demo, created_at)
    select login, name, ${await demoPasswordHash()}, true, ${DEMO_SINCE}
      from json_to_recordset(${json(rows)}::json) as a (login text, name text)
    on conflict (login) do nothing`.execute(tx)
}

async function insertPosts(tx: Tx, posts: readonly SeedPost[]): Promise<void> {
  const rows = posts.map(({ code, unit, role, title, division, roster }) => ({
    code,
    unit,
    role,
    title,
    division,
    roster,
  }))
  await sql`
    insert into org_post (code, unit_id, role, name, division_code, roster, created_at)
    select p.code, u.id, p.role, p.title, nullif(p.division, u.division_code), p.roster, ${DEMO_SINCE}
      from json_to_recordset(${json(rows)}::json) as p (code text, unit text, role text, title text, division text,
        roster text)
      join org_unit u on u.code = p.unit
    on conflict (code) do nothing`.execute(tx)
  const holders = posts.flatMap((post) => post.holders.map((login) => ({ code: post.code, login })))
  await sql`
    insert into org_post_holding (post_id, account_id, since, reason, created_at)
    select p.id, a.id, ${DEMO_SINCE}, '演示设置', ${DEMO_SINCE}
      from json_to_recordset(${json(holders)}::json) as s (code text, login text)
      join org_post p on p.code = s.code join auth_account a on a.login = s.login
     where not exists (select 1 from org_post_holding h where h.post_id = p.id and h.account_id = a.id)`.execute(tx)
}

async function insertGrants(tx: Tx, grants: readonly SeedGrant[]): Promise<void> {
  const rows = grants.flatMap((grant) =>
    grant.permissions.map((permission) => ({
      role: grant.role,
      kind: grant.unitKind === '*' ? null : grant.unitKind,
      level: grant.unitLevel === '*' ? null : grant.unitLevel,
      permission,
      division: grant.scope === 'post' ? 'post' : null,
      line: grant.lines === 'own' ? 'unit' : null,
    })),
  )
  await sql`
    insert into access_grant (role, unit_kind, unit_level, permission, division_code, line_code, reason, valid_from)
    select s.role, s.kind, s.level, s.permission, s.division, s.line, '岗位职责（初始授权）', ${DEMO_SINCE}
      from json_to_recordset(${json(rows)}::json) as s (role text, kind text, level text, permission text,
        division text, line text)
     where not exists (
       select 1 from access_grant g
        where g.role = s.role and g.permission = s.permission and g.granted_by is null
          and (g.unit_kind, g.unit_level, g.division_code, g.line_code)
              is not distinct from (s.kind, s.level, s.division, s.line))`.execute(tx)
}

/**
 * The first account of a county that begins without demo data: an administrator of the whole county, who must change the
 * password at the first log-in and enters everybody else.
 * @throws when the log-in is taken
 */
export async function createFirstAdministrator(
  tx: Tx,
  input: { county: string; login: string; displayName: string; password: string; at: Date },
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into auth_account (login, display_name, password_hash, must_change_password, created_at)
    values (${input.login}, ${input.displayName}, ${await hashPassword(input.password)}, true, ${input.at})
    returning id`.execute(tx)
  const id = rows[0]!.id
  await sql`
    insert into access_grant (account_id, permission, division_code, reason, valid_from)
    select ${id}, permission, ${input.county}, '建县时的首位管理员', ${input.at}
      from unnest(array['org.*', 'access.*']) as permission`.execute(tx)
  await raiseRevision(tx)
  return id
}

const SEED = join(import.meta.dirname, '../seed')

function readSeed<T>(name: string): T {
  return JSON.parse(readFileSync(join(SEED, name), 'utf8')) as T
}

/** Lines and rules of grants that every county begins with. */
export function commonSeed(): Pick<OrgSeed, 'lines' | 'grants'> {
  return {
    lines: readSeed<{ lines: SeedLine[] }>('unit-kinds.json').lines,
    grants: readSeed<{ grants: SeedGrant[] }>('grants-wuzhong.json').grants,
  }
}

/** Codes 4xx at township level are statistical only (开发区, 林场 …): they govern nobody, so nothing is put there. */
const STATISTICAL = /^[0-9]{6}4[0-9]{2}/

/** Divisions of a county of 苏州 as the statistics bureau lists them; empty for any other. 吴中区 comes with 示意 points. */
export function knownDivisions(county: string): SeedDivision[] {
  const { points } = readSeed<{ points: Record<string, [number, number]> }>('village-points-320506.json')
  const { rows } = readSeed<{ rows: [string, string, string | null][] }>('divisions-3205.json')
  return rows
    .filter(([code]) => code.startsWith(county) && !STATISTICAL.test(code))
    .map(([code, name, parentCode]) => ({
      code,
      name,
      shortName: shortDivisionName(name),
      parentCode: code === county ? null : parentCode,
      center: points[code] ?? null,
      illustrative: points[code] !== undefined,
    }))
}

/** The demo county 吴中区: 14 镇街, their villages and grids, units, posts, invented people. */
export function wuzhongSeed(): OrgSeed {
  const county = '320506'
  const grids = readSeed<{ grids: { code: string; name: string; village: string; point: [number, number] }[] }>(
    'grids-wuzhong.json',
  ).grids
  const people = readSeed<{ accounts: SeedAccount[]; posts: SeedPost[] }>('posts-wuzhong.json')
  return {
    ...commonSeed(),
    divisions: [
      ...knownDivisions(county),
      ...grids.map((grid) => ({
        code: grid.code,
        name: grid.name,
        shortName: grid.name,
        parentCode: grid.village,
        center: grid.point,
        illustrative: true,
      })),
    ],
    units: readSeed<{ units: SeedUnit[] }>('units-wuzhong.json').units,
    accounts: people.accounts,
    posts: people.posts,
  }
}

/** 香溪社区居委会 → 香溪社区, 金山浜村委会 → 金山浜村. */
export function shortDivisionName(name: string): string {
  return name.replace(/(居民委员会|村民委员会|居民委会|居委会|委会)$/, '')
}

/** Accounts worth offering on the demo log-in page, as the seed names them. */
export function featuredAccounts(seed: Pick<OrgSeed, 'accounts'>): { login: string; name: string; what: string }[] {
  return seed.accounts.flatMap(({ login, name, featured }) => (featured ? [{ login, name, what: featured }] : []))
}
