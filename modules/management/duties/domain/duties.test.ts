import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Duties, type DutyBook } from '#modules/management/duties/domain/duties.ts'
import {
  type DutyClass,
  type DutyItem,
  type DutyRuling,
  isDocumentNumber,
  mayLead,
  parseUnit,
} from '#modules/management/duties/domain/duty.ts'
import { loadWording } from '#platform/i18n/wording.ts'
import type { Directory, UnitRef } from '#platform/process/directory.ts'

const COUNTY = '320506'
const TOWN = '320506103'
const VILLAGE = '320506103001'
const AT = new Date('2026-09-30T16:47:00+08:00')

const units: UnitRef[] = [
  unit(1, COUNTY, 'fire', '区消防救援大队'),
  unit(2, COUNTY, 'water', '区水务局'),
  unit(3, TOWN, 'enforcement', '木渎执法局'),
  unit(4, TOWN, 'safety', '木渎安监办'),
  unit(5, VILLAGE, 'committee', '香溪社区'),
  unit(6, VILLAGE, 'property', '香溪物业'),
  unit(7, COUNTY, 'command', '区指挥中心'),
]

function unit(id: number, division: string, kind: string, shortName: string): UnitRef {
  return { id, code: `${division}-${kind}`, name: shortName, shortName, kind, division, lines: [] }
}

const directory = {
  unitAt: (division: string, kind: string) => units.find((u) => u.division === division && u.kind === kind),
  triage: () => units.find((u) => u.kind === 'command'),
} as unknown as Directory

const limit = { value: 1, unit: 'workday' } as const
function dutyClass(code: string, name: string, keywords: string[], danger: string[] = []): DutyClass {
  return {
    code,
    kind: 'governance',
    majorCode: '02',
    majorName: '安全隐患',
    name,
    fullName: `安全隐患—${name}`,
    lineCode: 'emergency-fire',
    severity: 1,
    secrecy: 'public',
    limits: { verify: limit, sign: limit, handle: limit, inspect: limit, reply: limit },
    conditionalLimits: [],
    filingConditions: [],
    closingCriteria: [],
    keywords,
    dangerWords: danger,
    dangerCalls: danger.length > 0 ? ['119'] : [],
    marking: {},
  }
}

function item(id: number, placeKind: string, lead: string, extra: Partial<DutyItem> = {}): DutyItem {
  return {
    id,
    code: `B-00${id}`,
    classCode: 'G0206',
    placeKind,
    list: lead.startsWith('county') ? 'assist' : 'basic',
    clauseNumber: `第一类第 ${id} 条`,
    clause: '',
    lead,
    co: [],
    documentNumber: '吴编办〔2026〕6 号',
    validFrom: new Date('2026-01-01T00:00:00+08:00'),
    validTo: null,
    ...extra,
  }
}

function ruling(number: string, placeKinds: string[], lead: string, decidedAt: string): DutyRuling {
  return {
    id: Number(number.at(-1)),
    number,
    classCode: 'G0206',
    placeKinds,
    decision: '区消防救援大队主办。',
    lead,
    co: ['town:enforcement', 'village:property'],
    decidedAt: new Date(decidedAt),
    endedAt: null,
  }
}

const book: DutyBook = {
  classes: [
    dutyClass('G0206', '飞线充电', ['飞线', '拉线充电', '楼道充电'], ['冒烟']),
    dutyClass('C0102', '污水井盖', ['污水井盖', '井盖']),
    dutyClass('C0103', '雨水井盖', ['雨水井盖', '井盖']),
  ],
  placeKinds: [
    { code: 'any', name: '不限', within: null },
    { code: 'housing-estate', name: '住宅小区', within: null },
    { code: 'stairwell', name: '住宅共用楼道', within: 'housing-estate' },
    { code: 'village', name: '村庄', within: null },
  ],
  items: [
    item(1, 'any', 'county:fire', { co: ['town:enforcement', 'village:missing'] }),
    item(2, 'housing-estate', 'town:enforcement', { co: ['village:property'] }),
    item(3, 'village', 'town:safety', { validFrom: new Date('2026-10-01T00:00:00+08:00') }),
  ],
  rulings: [ruling('CD-2026-017', ['stairwell'], 'county:fire', '2026-09-30T17:20:00+08:00')],
}

const route = (placeKind: string | null, extra: object = {}, from: DutyBook = book) =>
  new Duties(from).route(
    { classCode: 'G0206', placeKind, townCode: TOWN, villageCode: VILLAGE, at: AT, ...extra },
    directory,
    COUNTY,
  )
const withItems = (...items: DutyItem[]) => ({ ...book, items, rulings: [] })
const keys = (parts: readonly { key: string }[]) => parts.map((part) => part.key.replace('duties.why.', ''))

describe('routing', () => {
  it('takes the clause of the place, else of the wider place, else of any', () => {
    expect(route('housing-estate')).toMatchObject({ lead: { id: 3 }, list: 'basic', itemId: 2 })
    expect(route('stairwell')).toMatchObject({ lead: { id: 3 }, itemId: 2 })
    expect(keys(route('stairwell').why)).toContain('wider')
    expect(route('village')).toMatchObject({ lead: { id: 1 }, list: 'assist', itemId: 1 })
    expect(route(null)).toMatchObject({ lead: { id: 1 }, itemId: 1 })
    expect(keys(route(null).why)).toContain('match_class')
  })

  it('follows a ruling from the instant it was decided, and says whose clause it sets aside', () => {
    const at = new Date('2026-09-30T17:20:00+08:00')
    expect(route('stairwell', { at: new Date(at.getTime() - 1) }).rulingNumber).toBeUndefined()
    const ruled = route('stairwell', { at })
    expect(ruled).toMatchObject({ lead: { id: 1 }, rulingNumber: 'CD-2026-017', clauseNumber: '第一类第 2 条' })
    expect(ruled.co.map((u) => u.id)).toEqual([3, 6])
    expect(keys(ruled.why)).toEqual(['lead', 'match', 'ruling', 'otherwise', 'co'])
    // The estate around the stairwell is not what was decided on.
    expect(route('housing-estate', { at }).rulingNumber).toBeUndefined()
  })

  it('takes the version of the day', () => {
    expect(route('village', { at: new Date('2026-09-30T23:59:59+08:00') }).itemId).toBe(1)
    expect(route('village', { at: new Date('2026-10-01T00:00:00+08:00') }).itemId).toBe(3)
    const ended = withItems(item(1, 'any', 'county:fire', { validTo: new Date('2026-09-30T00:00:00+08:00') }))
    expect(route('any', {}, ended)).toMatchObject({ itemId: null })
    expect(route('any', {}, ended).lead).toBeUndefined()
  })

  it('leaves out helpers that do not exist there', () => {
    expect(route('village').co.map((u) => u.id)).toEqual([3])
    expect(route('housing-estate', { villageCode: null }).co).toEqual([])
  })

  it('gives to the triage desk what has no place, no class, no clause or no unit', () => {
    const cases: [ReturnType<typeof route>, string][] = [
      [route('stairwell', { townCode: null, villageCode: null }), 'place_unknown'],
      [route('stairwell', { classCode: null }), 'class_unknown'],
      [route('stairwell', { classCode: 'C0102' }), 'no_item'],
      [route('housing-estate', { townCode: '320506104', villageCode: null }), 'unit_missing'],
    ]
    for (const [found, reason] of cases) {
      expect(found.lead).toBeUndefined()
      expect(keys(found.why)[0]).toBe('triage')
      expect(keys(found.why)).toContain(reason)
    }
    expect(route('housing-estate', { townCode: null }).lead?.id).toBe(3)
  })

  it('never leads a township into what the county took back, by clause or by ruling', () => {
    const wrong = withItems(item(1, 'any', 'town:safety', { list: 'recovered' }))
    expect(route('any', {}, wrong).lead).toBeUndefined()
    expect(route('any', {}, wrong).conflict?.key).toBe('duties.conflict.recovered_to_town')
    const overruled = {
      ...withItems(item(1, 'any', 'county:fire', { list: 'recovered' })),
      rulings: [ruling('CD-2026-001', ['any'], 'town:safety', '2026-02-01T00:00:00+08:00')],
    }
    expect(route('any', {}, overruled)).toMatchObject({
      lead: { id: 1 },
      conflict: { key: 'duties.conflict.ruling_recovered' },
    })
    expect(route('any', {}, overruled).rulingNumber).toBeUndefined()
  })

  it('names contradictions', () => {
    const twice = withItems(item(1, 'any', 'county:fire'), item(2, 'any', 'county:water'))
    expect(route('any', {}, twice).conflict?.key).toBe('duties.conflict.items')
    const rivals = {
      ...book,
      rulings: [
        ruling('CD-2026-001', ['any'], 'county:water', '2026-02-01T00:00:00+08:00'),
        ruling('CD-2026-002', ['any'], 'county:fire', '2026-03-01T00:00:00+08:00'),
      ],
    }
    expect(route('any', {}, rivals)).toMatchObject({ rulingNumber: 'CD-2026-002' })
    expect(route('any', {}, rivals).conflict?.key).toBe('duties.conflict.rulings')
    const newer = {
      ...withItems(item(1, 'any', 'county:fire', { validFrom: new Date('2026-06-01T00:00:00+08:00') })),
      rulings: [ruling('CD-2026-001', ['any'], 'county:water', '2026-02-01T00:00:00+08:00')],
    }
    expect(route('any', {}, newer).conflict?.key).toBe('duties.conflict.newer_item')
  })

  it('says everything in words of both languages', () => {
    const wording = loadWording()
    const said = [
      route('stairwell'),
      route(null),
      route('stairwell', { at: new Date('2026-10-01T00:00:00+08:00') }),
      route('stairwell', { townCode: null, villageCode: null }),
      route('stairwell', { classCode: null }),
      route('any', {}, withItems(item(1, 'any', 'town:safety', { list: 'recovered' }))),
      route('any', {}, withItems(item(1, 'any', 'county:fire'), item(2, 'any', 'county:water'))),
    ].flatMap((found) => [...found.why, ...(found.conflict ? [found.conflict] : [])])
    for (const part of said)
      for (const locale of ['zh-CN', 'en'] as const) {
        expect(wording.has(locale, `text.${part.key}`)).toBe(true)
        expect(wording.say(locale, `text.${part.key}`, part.params)).not.toMatch(/[{}]/)
      }
    const why = route('stairwell', { at: new Date('2026-10-01T00:00:00+08:00') }).why
    expect(why.map((part) => wording.say('zh-CN', `text.${part.key}`, part.params)).join('')).toBe(
      '为什么是区消防救援大队：类别“安全隐患—飞线充电”×“住宅共用楼道”；裁定 CD-2026-017：区消防救援大队主办。裁定后不得再退。' +
        '此前按第一类第 2 条由木渎执法局主办，以裁定为准。协办：木渎执法局、香溪物业。',
    )
    // However the decision was put, that it cannot be returned is said once, as a sentence of its own.
    const [known] = book.rulings.filter((one) => one.number === 'CD-2026-017')
    for (const decision of ['区消防救援大队主办，香溪物业协办；裁定后不得再退。', '区消防救援大队主办，香溪物业协办']) {
      const part = route(
        'stairwell',
        { at: new Date('2026-10-01T00:00:00+08:00') },
        {
          ...book,
          rulings: [{ ...known!, decision }],
        },
      ).why.find(({ key }) => key === 'duties.why.ruling')!
      expect(wording.say('zh-CN', `text.${part.key}`, part.params)).toBe(
        '裁定 CD-2026-017：区消防救援大队主办，香溪物业协办。裁定后不得再退。',
      )
    }
  })
})

describe('classes of a text', () => {
  const duties = new Duties(book)

  it('lets the longest word win and names it', () => {
    const found = duties.suggestClasses('门口的污水井盖被压坏了，旁边楼道充电', 5)
    expect(found.map(({ code, words }) => [code, words])).toEqual([
      ['C0102', ['污水井盖']],
      ['G0206', ['楼道充电']],
    ])
    expect(duties.suggestClasses('井盖没了', 5).map(({ code }) => code)).toEqual(['C0102', 'C0103'])
    expect(duties.suggestClasses('井盖没了', 1)).toHaveLength(1)
    expect(duties.suggestClasses('天气不错', 5)).toEqual([])
  })

  it('only ever names words that stand in the text', () => {
    const piece = fc.constantFrom('井', '盖', '污水', '雨水井盖', '飞线', '充电', '楼道', '，', '拉线')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        for (const { code, words } of duties.suggestClasses(text, 9)) {
          expect(words.length).toBeGreaterThan(0)
          const own = [duties.classOf(code)!.name, ...duties.classOf(code)!.keywords]
          for (const word of words) expect(text.includes(word) && own.includes(word)).toBe(true)
        }
      }),
    )
  })

  it('knows danger by its words', () => {
    expect(duties.dangerIn('充电的地方在冒烟')).toEqual({ words: ['冒烟'], calls: ['119'] })
    expect(duties.dangerIn('充电的地方在冒烟', 'C0102')).toBeUndefined()
    expect(duties.dangerIn('楼道充电')).toBeUndefined()
  })
})

describe('what may be entered', () => {
  it('asks for a number of the establishment office', () => {
    expect(['吴编办〔2026〕6 号', '吴编办〔2026〕6 号（演示）', '吴委编办发〔2025〕12号'].every(isDocumentNumber)).toBe(
      true,
    )
    expect(['', '  ', '2026', '领导口头同意', '吴编办 6 号', '〔2026〕6 号'].some(isDocumentNumber)).toBe(false)
  })

  it('lets townships lead the first list only', () => {
    expect(mayLead('basic', 'town') && mayLead('basic', 'village')).toBe(true)
    expect(mayLead('basic', 'county')).toBe(false)
    for (const list of ['assist', 'recovered'] as const)
      expect([mayLead(list, 'county'), mayLead(list, 'town'), mayLead(list, 'village')]).toEqual([true, false, false])
    expect(parseUnit('town:')).toBeUndefined()
    expect(parseUnit('city:police')).toBeUndefined()
  })
})

describe('the shipped list', () => {
  const read = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, '../seed', name), 'utf8'))
  const { items, placeKinds } = read('duty-list.json') as {
    items: {
      id: string
      classCode: string
      placeKind: string
      list: DutyItem['list']
      lead: string
      documentNumber: string
    }[]
    placeKinds: { code: string }[]
  }
  const { classes } = read('event-classes.json') as { classes: { code: string }[] }

  it('keeps the rules that officials are held to', () => {
    for (const entry of items) {
      expect([entry.id, mayLead(entry.list, parseUnit(entry.lead)!.level)]).toEqual([entry.id, true])
      expect(isDocumentNumber(entry.documentNumber)).toBe(true)
      expect(placeKinds.some(({ code }) => code === entry.placeKind)).toBe(true)
    }
    expect(new Set(items.map(({ classCode, placeKind }) => `${classCode} ${placeKind}`)).size).toBe(items.length)
  })

  it('has a clause for every class at any place', () => {
    const covered = new Set(items.filter(({ placeKind }) => placeKind === 'any').map(({ classCode }) => classCode))
    expect(classes.filter(({ code }) => !covered.has(code))).toEqual([])
  })
})
