import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const read = (...path: string[]) => JSON.parse(readFileSync(join(import.meta.dirname, ...path), 'utf8'))

type Limit = { value: number; unit: string }
const classes: {
  code: string
  kind: string
  name: string
  fullName: string
  majorName: string
  line: string
  severity: string
  secrecy: string
  clocks: Record<string, Limit>
  handleByCondition?: { condition: string; limit: Limit }[]
  filingConditions: string[]
  closingCriteria: string[]
  keywords: string[]
  danger?: { words: string[]; call: string[] }
}[] = read('event-classes.json').classes
const list: {
  placeKinds: { code: string }[]
  items: {
    id: string
    classCode: string
    placeKind: string
    list: string
    lead: string
    co: string[]
    clause: string
    clauseNumber: string
    documentNumber: string
  }[]
} = read('duty-list.json')
const rulings: {
  number: string
  classCode: string
  placeKinds: string[]
  lead: string
  co: string[]
  citedDuty: string
}[] = read('rulings.json').rulings
const kinds: { lines: { code: string }[]; county: { kind: string; limited?: boolean }[]; town: { kind: string }[] } =
  read('..', '..', '..', 'foundation', 'org', 'seed', 'unit-kinds.json')

const classOf = new Map(classes.map((item) => [item.code, item]))
const references = new Set([
  ...kinds.county.map((kind) => `county:${kind.kind}`),
  ...kinds.town.map((kind) => `town:${kind.kind}`),
  'village:committee',
  'village:property',
])
const limited = new Set([
  ...kinds.county.filter((kind) => kind.limited).map((kind) => `county:${kind.kind}`),
  'village:property',
])
const placeKinds = list.placeKinds.map((place) => place.code)

/** The rule of README.md: ruling, then the exact place, then any. */
function route(classCode: string, placeKind: string) {
  const ruling = rulings.find(
    (item) => item.classCode === classCode && (item.placeKinds.includes(placeKind) || item.placeKinds.includes('any')),
  )
  if (ruling) return { lead: ruling.lead, by: ruling.number }
  const items = list.items.filter((item) => item.classCode === classCode)
  const item = items.find((one) => one.placeKind === placeKind) ?? items.find((one) => one.placeKind === 'any')
  return item && { lead: item.lead, by: item.id }
}

describe('event classes', () => {
  it('cover the components and events of the standard and the governance extensions', () => {
    const count = (kind: string) => classes.filter((item) => item.kind === kind).length
    expect({ component: count('component'), event: count('event'), governance: count('governance') }).toEqual({
      component: 81,
      event: 58,
      governance: 74,
    })
    expect(classOf.size).toBe(classes.length)
    expect(new Set(classes.map((item) => item.fullName)).size).toBe(classes.length)
  })

  it('each carry every clock, a condition, a criterion, a line and words to be recognised by', () => {
    const lines = new Set(kinds.lines.map((line) => line.code))
    for (const item of classes) {
      expect(item.code).toMatch(/^[CEG]\d{4}$/)
      expect(item.fullName).toBe(`${item.majorName}—${item.name}`)
      expect(lines.has(item.line), item.line).toBe(true)
      expect(['red', 'orange', 'yellow', 'blue']).toContain(item.severity)
      expect(['public', 'internal', 'restricted']).toContain(item.secrecy)
      expect(Object.keys(item.clocks).sort()).toEqual(['handle', 'inspect', 'reply', 'sign', 'verify'])
      for (const limit of [...Object.values(item.clocks), ...(item.handleByCondition ?? []).map((one) => one.limit)]) {
        expect(limit.value).toBeGreaterThan(0)
        expect(['workHour', 'urgentHour', 'workday', 'day']).toContain(limit.unit)
      }
      for (const one of item.handleByCondition ?? []) expect(item.filingConditions).toContain(one.condition)
      for (const text of [...item.filingConditions, ...item.closingCriteria]) expect(text.length).toBeGreaterThan(1)
      expect(item.keywords.length).toBeGreaterThan(0)
      for (const number of item.danger?.call ?? []) expect(['119', '110', '120']).toContain(number)
      if (item.danger) expect(item.danger.words.length).toBeGreaterThan(0)
    }
  })

  it('warn of fire where cables are charged, and hide home violence from all but named people', () => {
    expect(classes.find((item) => item.name === '飞线充电')!.danger!.call).toContain('119')
    expect(classes.find((item) => item.name === '飞线充电')!.clocks.handle).toEqual({ value: 24, unit: 'urgentHour' })
    expect(classes.find((item) => item.name === '家庭暴力')!.secrecy).toBe('restricted')
    expect(classes.find((item) => item.name === '未成年人保护')!.secrecy).toBe('restricted')
  })
})

describe('duty list', () => {
  it('routes every class at every kind of place to a unit that may lead', () => {
    for (const item of classes)
      for (const place of placeKinds) {
        const found = route(item.code, place)
        expect(found, `${item.fullName} × ${place}`).toBeDefined()
        expect(references.has(found!.lead), found!.lead).toBe(true)
        expect(limited.has(found!.lead), `${found!.lead} leads`).toBe(false)
      }
  })

  it('has no two items for the same class and place, and quotes each clause once', () => {
    const keys = list.items.map((item) => `${item.classCode} ${item.placeKind}`)
    expect(new Set(keys).size).toBe(keys.length)
    expect(new Set(list.items.map((item) => item.id)).size).toBe(list.items.length)
    expect(new Set(list.items.map((item) => item.clauseNumber)).size).toBe(list.items.length)
    expect(new Set(list.items.map((item) => item.clause)).size).toBe(list.items.length)
  })

  it('names units, places and classes that exist, under a document marked 演示', () => {
    for (const item of list.items) {
      expect(classOf.has(item.classCode)).toBe(true)
      expect(placeKinds).toContain(item.placeKind)
      expect(references.has(item.lead)).toBe(true)
      expect(item.co).not.toContain(item.lead)
      for (const co of item.co) expect(references.has(co), co).toBe(true)
      expect(item.documentNumber).toContain('演示')
    }
  })

  it('keeps the three lists apart: a township leads only basic items, never a recovered one', () => {
    for (const item of list.items) {
      const byTown = /^(town|village):/.test(item.lead)
      expect(byTown, item.id).toBe(item.list === 'basic')
      if (item.list === 'recovered') expect(item.lead).toMatch(/^county:/)
    }
  })
})

describe('rulings', () => {
  it('cite an item of the list, and are told apart by number', () => {
    const ids = new Set(list.items.map((item) => item.id))
    for (const ruling of rulings) {
      expect(ids.has(ruling.citedDuty)).toBe(true)
      expect(references.has(ruling.lead)).toBe(true)
      expect(limited.has(ruling.lead)).toBe(false)
    }
    expect(new Set(rulings.map((ruling) => ruling.number)).size).toBe(rulings.length)
  })

  it('CD-2026-017 moves the charging cable in a shared stairwell from the township to the fire brigade', () => {
    const code = classes.find((item) => item.name === '飞线充电')!.code
    expect(list.items.find((item) => item.classCode === code && item.placeKind === 'housing-estate')!.lead).toBe(
      'town:enforcement',
    )
    expect(route(code, 'stairwell')).toEqual({ lead: 'county:fire', by: 'CD-2026-017' })
    expect(route(code, 'housing-estate')).toEqual({ lead: 'county:fire', by: 'CD-2026-017' })
  })
})
