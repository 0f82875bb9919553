import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { indexWords } from '#platform/search/tokens.ts'
import { commonWords } from './common-words.ts'
import { askedWords, likeness, matterLogit, metresBetween, type Nearness, probability, textFeatures } from './score.ts'
import { wordShares } from './word-shares.ts'

const shares = wordShares()
const NOWHERE: Nearness = { metres: null, division: 'unknown', days: 1, sameClass: null }

function compare(asked: string, found: string, nearness: Partial<Nearness> = {}) {
  const words = indexWords(asked)
  const other = indexWords(found)
  const features = textFeatures(askedWords(words, shares), {
    shared: other.filter((word) => words.includes(word)),
    size: other.length,
    marks: other.filter((word) => /^\d+[幢号]$/.test(word)),
  })
  return { features, score: probability(matterLogit(features, { ...NOWHERE, ...nearness })) }
}

const CABLE = '香溪花苑12幢二单元楼道有人从家里拉电线给电动车充电，整夜插着，很不安全，请尽快派人来看'

describe('score of a candidate', () => {
  it('tells the same matter in other words from another matter', () => {
    expect(compare(CABLE, '香溪花苑12幢楼道里给电动车充电，电线从家里拉出来整夜插着').score).toBeGreaterThan(0.7)
    expect(compare(CABLE, '香溪花苑门口垃圾桶满了没人清，苍蝇很多，请尽快派人来处理').score).toBeLessThan(0.1)
    expect(compare(CABLE, CABLE).score).toBeGreaterThan(0.98)
    expect(compare(CABLE, '').score).toBeLessThan(0.01)
  })

  it('the same few words in two towns are two matters, at one spot one', () => {
    const lamp = '路口路灯不亮'
    expect(compare(lamp, lamp, { division: 'other-town' }).score).toBeLessThan(0.1)
    expect(compare(lamp, lamp, { metres: 4000 }).score).toBeLessThan(0.1)
    expect(compare(lamp, lamp, { metres: 30, days: 0 }).score).toBeGreaterThan(0.95)
  })

  it('other words about one spot are worth a look, other words about another are not', () => {
    const other = '楼道飞线充电，半夜电线还插着'
    expect(compare(CABLE, other, { metres: 20, days: 0, sameClass: true }).score).toBeGreaterThan(0.2)
    expect(compare(CABLE, other, { metres: 2000, days: 0, sameClass: true }).score).toBeLessThan(0.2)
  })

  it('sees that another building is named', () => {
    expect(compare('3幢楼顶漏水', '5幢楼顶漏水').features.otherNumber).toBe(1)
    expect(compare('3幢楼顶漏水', '3幢楼顶漏水').features.otherNumber).toBe(0)
    expect(compare('3幢楼顶漏水', '楼顶漏水').features.otherNumber).toBe(0)
  })

  it('falls with distance and time and never leaves 0 to 1', () => {
    const text = fc.string({ unit: fc.constantFrom(...'路灯不亮香溪花苑垃圾充电楼道12幢，。'), maxLength: 60 })
    const metres = fc.integer({ min: 0, max: 5000 })
    fc.assert(
      fc.property(text, text, metres, metres, fc.nat(400), fc.nat(400), (a, b, m1, m2, d1, d2) => {
        const at = (m: number, days: number) => compare(a, b, { metres: m, days }).score
        const [near, far] = [Math.min(m1, m2), Math.max(m1, m2)]
        const [soon, late] = [Math.min(d1, d2), Math.max(d1, d2)]
        expect(at(near, soon)).toBeGreaterThanOrEqual(at(far, soon))
        expect(at(near, soon)).toBeGreaterThanOrEqual(at(near, late))
        const { features, score } = compare(a, b)
        for (const value of [score, likeness(features)]) {
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('measures in metres', () => {
    const home = { lon: 120.51, lat: 31.25 }
    expect(metresBetween(home, { lon: 120.51, lat: 31.251 })).toBeCloseTo(111, 0)
    expect(metresBetween(home, { lon: 120.511, lat: 31.25 })).toBeCloseTo(95, 0)
  })
})

describe('words in common', () => {
  it('are named as a person would name them, the telling ones first, and only shared ones', () => {
    const shared = new Set(indexWords('香溪花苑12幢楼道里给电动车充电'))
    const words = commonWords(CABLE, shared, shares)
    expect(words.join('、')).toContain('电动车')
    expect(words.length).toBeLessThanOrEqual(4)
    for (const word of words) {
      expect(CABLE).toContain(word)
      for (const entry of indexWords(word)) expect(shared.has(entry), word).toBe(true)
    }
    expect(commonWords(CABLE, new Set(), shares)).toEqual([])
  })
})
