import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { booleanPointInPolygon } from '@turf/turf'
import type { FeatureCollection, Polygon } from 'geojson'
import { describe, expect, it } from 'vitest'

const here = import.meta.dirname
const read = (name: string) => JSON.parse(readFileSync(join(here, name), 'utf8'))

const divisions: [string, string, string | null][] = read('divisions-3205.json').rows
const outlines: FeatureCollection<Polygon> = read('counties-3205.geojson')
const points: Record<string, [number, number]> = read('village-points-320506.json').points
const kinds: { lines: { code: string }[]; county: { kind: string }[]; town: { kind: string }[] } =
  read('unit-kinds.json')
const units: {
  code: string
  kind: string
  level: string
  division: string
  lines: string[]
  parent: string | null
  limited: boolean
}[] = read('units-wuzhong.json').units
const {
  accounts,
  posts,
}: {
  accounts: { login: string; name: string; phone: string }[]
  posts: { code: string; unit: string; role: string; division: string; holders: string[] }[]
} = read('posts-wuzhong.json')
const grids: { code: string; village: string; point: [number, number] }[] = read('grids-wuzhong.json').grids
const grants: {
  role: string
  unitLevel: string
  unitKind: string
  permissions: string[]
  scope: string
  lines: string
}[] = read('grants-wuzhong.json').grants

const nameOf = new Map(divisions.map(([code, name]) => [code, name]))
const unitOf = new Map(units.map((unit) => [unit.code, unit]))
const towns = divisions.filter(([code, , parent]) => parent === '320506' && code < '320506400').map(([code]) => code)
const governed = divisions.filter(([, , parent]) => parent !== null && towns.includes(parent)).map(([code]) => code)
const unique = (values: string[]) => new Set(values).size === values.length

describe('divisions', () => {
  it('form one tree whose codes nest, four levels deep', () => {
    expect(unique(divisions.map(([code]) => code))).toBe(true)
    for (const [code, name, parent] of divisions) {
      expect(name.length).toBeGreaterThan(1)
      if (parent === null) continue
      expect(nameOf.has(parent)).toBe(true)
      expect(code.startsWith(parent)).toBe(true)
      expect([6, 9, 12]).toContain(code.length)
    }
  })

  it('hold the fourteen townships that govern 吴中区', () => {
    expect(towns).toHaveLength(14)
    expect(towns.map((code) => nameOf.get(code))).toContain('木渎镇')
  })
})

describe('maps', () => {
  const wuzhong = outlines.features.find((feature) => feature.properties?.code === '320506')!

  it('stay small enough for the first screen', () => {
    expect(statSync(join(here, 'counties-3205.geojson')).size).toBeLessThan(150_000)
    expect(wuzhong.geometry.coordinates[0]!.length).toBeGreaterThan(800)
  })

  it('place every township, village and grid inside the county', () => {
    for (const code of [...towns, ...governed]) {
      expect(points[code], code).toBeDefined()
      expect(booleanPointInPolygon(points[code]!, wuzhong.geometry), code).toBe(true)
    }
    for (const grid of grids) {
      expect(governed).toContain(grid.village)
      expect(grid.code).toMatch(new RegExp(`^${grid.village}\\d{3}$`))
    }
  })
})

describe('units and posts', () => {
  it('have unique codes built from a division that exists and a known kind', () => {
    const known = new Set([...kinds.county, ...kinds.town].map((kind) => kind.kind).concat('committee', 'property'))
    const lineCodes = new Set(kinds.lines.map((line) => line.code))
    expect(lineCodes.size).toBe(15)
    expect(unique(units.map((unit) => unit.code))).toBe(true)
    for (const unit of units) {
      expect(unit.code).toBe(`${unit.division}-${unit.kind}`)
      expect(nameOf.has(unit.division)).toBe(true)
      expect(known.has(unit.kind)).toBe(true)
      expect(unit.lines.every((line) => lineCodes.has(line))).toBe(true)
      if (unit.parent) expect(unitOf.has(unit.parent)).toBe(true)
    }
  })

  it('are held by known accounts, each account by somebody, each unit that may lead by a handler and a leader', () => {
    const logins = new Set(accounts.map((account) => account.login))
    expect(unique(accounts.map((account) => account.login))).toBe(true)
    expect(unique(accounts.map((account) => account.phone))).toBe(true)
    expect(unique(posts.map((post) => post.code))).toBe(true)
    for (const account of accounts) {
      expect(account.login).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/)
      expect(account.phone).toMatch(/^1990000\d{4}$/)
      expect(account.name).toMatch(/^\p{Script=Han}{2,3}$/u)
    }
    const held = new Set<string>()
    const rolesOf = new Map<string, Set<string>>()
    for (const post of posts) {
      expect(unitOf.has(post.unit), post.code).toBe(true)
      expect(post.holders.length).toBeGreaterThan(0)
      for (const holder of post.holders) {
        expect(logins.has(holder), holder).toBe(true)
        held.add(holder)
      }
      rolesOf.set(post.unit, (rolesOf.get(post.unit) ?? new Set()).add(post.role))
    }
    expect(held.size).toBe(logins.size)
    for (const unit of units) {
      if (unit.limited || ['command', 'leading-group', 'experts'].includes(unit.kind)) continue
      expect([...(rolesOf.get(unit.code) ?? [])], unit.code).toEqual(expect.arrayContaining(['handler', 'unitLeader']))
    }
    for (const town of towns)
      expect([...rolesOf.get(`${town}-command`)!]).toEqual(
        expect.arrayContaining(['intakeClerk', 'dutyChief', 'dispatcher']),
      )
  })

  it('give every governed village two grid workers at least, so that a check is never done by the first witness alone', () => {
    for (const village of governed) {
      const workers = posts.filter((post) => post.role === 'gridWorker' && post.division.startsWith(village))
      expect(new Set(workers.flatMap((post) => post.holders)).size).toBeGreaterThanOrEqual(2)
    }
  })

  it('nobody holds both sides of one case: handling and signing, or intake and closing', () => {
    const rolesOf = new Map<string, Set<string>>()
    for (const post of posts)
      for (const login of post.holders) rolesOf.set(login, (rolesOf.get(login) ?? new Set()).add(post.role))
    for (const roles of rolesOf.values()) {
      expect(roles.has('handler') && (roles.has('unitLeader') || roles.has('gridWorker'))).toBe(false)
      expect(roles.has('dutyChief') && (roles.has('handler') || roles.has('gridWorker'))).toBe(false)
      expect(roles.has('auditor') && roles.size > 1).toBe(false)
    }
  })
})

describe('grants', () => {
  const permissions =
    `process.case.view loop.report.submit duties.ruling.make loop.report.intake loop.report.file loop.report.dispatch loop.report.handle
    loop.report.sign_reply loop.report.inspect loop.report.close loop.report.supervise loop.report.instruct joint_review.request.submit
    joint_review.request.accept joint_review.opinion.sign joint_review.score.submit joint_review.minutes.record
    org.unit.manage org.account.manage access.grant.manage process.definition.manage duties.list.manage
    calendar.day.manage evidence.log.verify access.audit.read rollup.number.view`.split(/\s+/)

  it('name known permissions, and leave none without a holder', () => {
    const granted = new Set(grants.flatMap((grant) => grant.permissions))
    expect([...granted].sort()).toEqual([...permissions].sort())
  })

  it('each fit at least one post', () => {
    for (const grant of grants) {
      const fits = posts.some((post) => {
        const unit = unitOf.get(post.unit)!
        return (
          post.role === grant.role &&
          (grant.unitLevel === '*' || unit.level === grant.unitLevel) &&
          (grant.unitKind === '*' || unit.kind === grant.unitKind)
        )
      })
      expect(fits, JSON.stringify(grant)).toBe(true)
      expect(['unit', 'post', 'village']).toContain(grant.scope)
      expect(['own', 'all']).toContain(grant.lines)
    }
  })

  it('keep the auditor away from every act', () => {
    for (const grant of grants.filter((item) => item.role === 'auditor'))
      for (const permission of grant.permissions) expect(permission).toMatch(/\.(view|read|verify)$/)
  })
})
