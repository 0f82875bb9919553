import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changesTo, reversed, same, targetAt, targetWith, withChanges } from '#modules/management/duties/domain/book.ts'
import { findConflicts } from '#modules/management/duties/domain/conflicts.ts'
import { Duties } from '#modules/management/duties/domain/duties.ts'
import type { DutyClass, DutyItem, VillageItem } from '#modules/management/duties/domain/duty.ts'
import { tryOnHistory } from '#modules/management/duties/domain/history.ts'
import { parseLimit, writeLimit } from '#modules/management/duties/domain/limit-words.ts'
import type { Directory, UnitRef } from '#platform/process/directory.ts'

const COUNTY = '320506'
const TOWN = '320506103'
const VILLAGE = '320506103001'
const DAY = 86_400_000
const START = Date.parse('2026-01-01T00:00:00+08:00')
const day = (n: number) => new Date(START + n * DAY)
const LEADS = ['town:enforcement', 'town:safety', 'town:construction']

const unit = (id: number, division: string, kind: string): UnitRef => ({
  id,
  code: `${division}-${kind}`,
  name: kind,
  shortName: kind,
  kind,
  division,
  lines: [],
})
const refs = [
  ...LEADS.map((lead, i) => unit(i + 1, TOWN, lead.slice(5))),
  unit(8, VILLAGE, 'committee'),
  unit(9, COUNTY, 'command'),
  unit(10, COUNTY, 'water'),
]
const directory = {
  unitAt: (division: string, kind: string) => refs.find((one) => one.division === division && one.kind === kind),
  triage: () => refs.find((one) => one.kind === 'command'),
} as unknown as Directory
const units = {
  has: (code: string) => refs.some((one) => code.endsWith(`:${one.kind}`)),
  mayLead: (code: string) => code !== 'village:property',
  name: (code: string) => code,
}

const limit = { value: 1, unit: 'workday' as const }
const classOf = (code: string, more: Partial<DutyClass> = {}): DutyClass => ({
  code,
  kind: 'event',
  majorCode: '01',
  majorName: '市容',
  name: code,
  fullName: `市容—${code}`,
  lineCode: 'city',
  severity: 4,
  secrecy: 'public',
  limits: { verify: limit, sign: limit, handle: limit, inspect: limit, reply: limit },
  conditionalLimits: [],
  filingConditions: ['有'],
  closingCriteria: ['无'],
  keywords: [],
  dangerWords: [],
  dangerCalls: [],
  marking: {},
  ...more,
})
const itemOf = (id: number, more: Partial<DutyItem> = {}): DutyItem => ({
  id,
  code: `B-${id}`,
  classCode: 'E0101',
  placeKind: 'any',
  list: 'basic',
  clauseNumber: `第 ${id} 条`,
  clause: '条款',
  lead: 'town:enforcement',
  co: [],
  documentNumber: '吴编办〔2026〕1 号',
  validFrom: day(0),
  validTo: null,
  ...more,
})
const bookOf = (items: DutyItem[], classes = [classOf('E0101'), classOf('E0102')], villageItems: VillageItem[] = []) =>
  new Duties({ classes, placeKinds: [{ code: 'any', name: '不限', within: null }], items, rulings: [], villageItems })
const question = { classCode: 'E0101', placeKind: null, townCode: TOWN, villageCode: VILLAGE }

describe('versions of the book', () => {
  it('the version in force at an instant is what decides, whatever was prepared before or after', () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ on: fc.integer({ min: 1, max: 400 }), lead: fc.constantFrom(...LEADS) }), {
          selector: ({ on }) => on,
          maxLength: 8,
        }),
        fc.array(fc.integer({ min: 0, max: 401 * 24 }), { minLength: 1, maxLength: 12 }),
        (versions, hours) => {
          let duties = bookOf([itemOf(1)])
          const sorted = versions.sort((a, b) => a.on - b.on)
          for (const { on, lead } of sorted) {
            const target = targetAt(duties, day(on))
            const items = target.items.map((item) => ({ ...item, lead }))
            duties = withChanges(duties, changesTo(duties, { items }, day(on)), day(on))
          }
          for (const hour of hours) {
            const at = new Date(START + hour * 3_600_000)
            const holds = sorted.findLast(({ on }) => day(on) <= at)?.lead ?? 'town:enforcement'
            expect(duties.route({ ...question, at }, directory, COUNTY).lead?.kind).toBe(holds.slice(5))
          }
        },
      ),
    ))

  it('classes switch at their moment and not a second before', () => {
    const duties = new Duties({
      ...bookOf([itemOf(1)]).book,
      classes: [classOf('E0101'), classOf('E0102', { startsOn: day(3) })],
      coming: [
        { at: day(2), patches: [{ code: 'E0101', fields: { severity: 1 } }] },
        { at: day(4), patches: [{ code: 'E0101', fields: { selfHandle: true } }] },
      ],
    })
    const on = (at: Date) => {
      const { severity, selfHandle } = duties.at(at).classOf('E0101')!
      return [severity, selfHandle ?? false, duties.at(at).classOf('E0102') !== undefined]
    }
    expect(on(new Date(day(2).getTime() - 1))).toEqual([4, false, false])
    expect(on(day(2))).toEqual([1, false, false])
    expect(on(day(3))).toEqual([1, false, true])
    expect(on(day(4))).toEqual([1, true, true])
  })

  it('changes taken back give the book that was, and leave alone what others changed since', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ lead: fc.constantFrom(...LEADS), gone: fc.boolean(), clause: fc.string() }), {
          minLength: 1,
          maxLength: 6,
        }),
        (rows) => {
          const duties = bookOf(rows.map((_, i) => itemOf(i + 1, { placeKind: `k${i}` })))
          const base = targetAt(duties, day(5))
          const items = base.items.flatMap((item, i) =>
            rows[i]!.gone ? [] : [{ ...item, lead: rows[i]!.lead, clause: rows[i]!.clause }],
          )
          const changes = changesTo(duties, { items }, day(5))
          const changed = withChanges(duties, changes, day(5))
          const back = targetWith(changed, reversed(changes), day(6))
          const sort = (list: readonly { code: string }[] = []) => [...list].sort((a, b) => (a.code < b.code ? -1 : 1))
          expect(same(sort(back.items), sort(base.items))).toBe(true)
        },
      ),
    ))

  it('a file without a sheet leaves that kind as it is, and no class goes by a missing row', () => {
    const duties = bookOf([itemOf(1)])
    expect(changesTo(duties, {}, day(1))).toEqual([])
    expect(changesTo(duties, { classes: [] }, day(1))).toEqual([])
    expect(changesTo(duties, { items: [] }, day(1))).toMatchObject([{ sheet: 'items', code: 'B-1', after: null }])
  })
})

describe('contradictions', () => {
  const codes = (duties: Duties) =>
    findConflicts(duties, day(1), units)
      .filter(({ weight }) => weight === 'error')
      .map(({ code }) => code)

  it('are found: claimed twice, led by the wrong level, a village without its list, no such unit', () => {
    expect(codes(bookOf([itemOf(1), itemOf(2, { classCode: 'E0102' })]))).toEqual([])
    expect(codes(bookOf([itemOf(1), itemOf(2)]))).toEqual(['duties.claimed_twice'])
    expect(codes(bookOf([itemOf(1, { list: 'recovered' })]))).toEqual(['duties.lead_recovered'])
    expect(codes(bookOf([itemOf(1, { list: 'assist' })]))).toEqual(['duties.lead_assist'])
    expect(codes(bookOf([itemOf(1, { lead: 'county:water' })]))).toEqual(['duties.lead_basic'])
    expect(codes(bookOf([itemOf(1, { lead: 'town:nobody' })]))).toEqual(['duties.unit_unknown'])
    const led = [itemOf(1, { lead: 'village:committee' })]
    const listed = (share: 'lead' | 'assist'): VillageItem => ({
      id: 1,
      code: 'V-1',
      classCode: 'E0101',
      name: '劝导',
      share,
      documentNumber: '吴编办〔2026〕1 号',
      validFrom: day(0),
      validTo: null,
    })
    expect(codes(bookOf(led))).toEqual(['duties.village_not_listed'])
    expect(codes(bookOf(led, undefined, [listed('assist')]))).toEqual(['duties.village_not_listed'])
    expect(codes(bookOf(led, undefined, [listed('lead')]))).toEqual([])
  })

  it('a class that nobody answers for is told, unless the territory does', () => {
    const told = (classes: DutyClass[]) =>
      findConflicts(bookOf([itemOf(1)], classes), day(1), units).map(({ code, of }) => `${code} ${of}`)
    expect(told([classOf('E0101'), classOf('E0102')])).toEqual(['duties.class_without_owner E0102'])
    expect(told([classOf('E0101'), classOf('E0102', { fallback: 'town:construction' })])).toEqual([])
  })
})

describe('components', () => {
  it('unowned, they fall to the territory, and the reason says so; owned, the keeper is named', () => {
    const duties = bookOf(
      [itemOf(1)],
      [classOf('E0101', { fallback: 'town:construction', caretaker: 'county:water' }), classOf('E0102')],
    )
    const owned = duties.route({ ...question, at: day(1) }, directory, COUNTY)
    expect([owned.lead?.kind, owned.why.some(({ key }) => key === 'duties.why.caretaker')]).toEqual([
      'enforcement',
      true,
    ])
    const unowned = duties.route({ ...question, unowned: true, at: day(1) }, directory, COUNTY)
    expect([unowned.lead?.kind, unowned.why.at(-1)?.key]).toEqual(['construction', 'duties.why.territory'])
  })
})

describe('history', () => {
  it('counts a case among the moves exactly where routing it by itself would differ', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ code: fc.constantFrom('E0101', 'E0102', null), town: fc.boolean() }), { maxLength: 40 }),
        fc.constantFrom(...LEADS),
        (cases, lead) => {
          const before = bookOf([itemOf(1), itemOf(2, { classCode: 'E0102' })])
          const target = {
            items: targetAt(before, day(1)).items.map((one) => (one.code === 'B-1' ? { ...one, lead } : one)),
          }
          const after = withChanges(before, changesTo(before, target, day(1)), day(1))
          const groups = cases.map(({ code, town }, i) => ({
            classCode: code,
            placeKind: null,
            townCode: town ? TOWN : null,
            villageCode: null,
            ids: [i + 1],
            open: 1,
          }))
          const here = { directory, countyDivision: COUNTY }
          const at = day(1)
          const trial = tryOnHistory(groups, { duties: before, at }, { duties: after, at }, here)
          const alone = groups.filter((one) => {
            if (one.classCode === null) return false
            const asked = { ...one, at }
            return before.route(asked, directory, COUNTY).lead?.id !== after.route(asked, directory, COUNTY).lead?.id
          })
          expect(trial.moves.flatMap(({ ids }) => ids).sort((a, b) => a - b)).toEqual(alone.flatMap(({ ids }) => ids))
          expect([trial.looked, trial.changed]).toEqual([cases.length, alone.length])
        },
      ),
    ))
})

describe('limits in words', () => {
  it('are read back as written', () =>
    fc.assert(
      fc.property(
        fc.record({
          value: fc.integer({ min: 1, max: 3650 }),
          unit: fc.constantFrom('workHour' as const, 'urgentHour' as const, 'workday' as const, 'day' as const),
        }),
        (given) => {
          expect(parseLimit(writeLimit(given))).toEqual(given)
        },
      ),
    ))
  it('other words are no limit', () => {
    for (const words of ['', '尽快', '5', '-1工作日', '0工作日']) expect(parseLimit(words)).toBeUndefined()
    expect(parseLimit(' 4 个紧急工作小时')).toEqual({ value: 4, unit: 'urgentHour' })
  })
})
