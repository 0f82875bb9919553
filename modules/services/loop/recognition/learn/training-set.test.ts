import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { figuresOf } from './figures.ts'
import { type CountyExample, digestOf, LEAST_EXAMPLES, learnable, MOST_PER_LABEL, trainingSet } from './training-set.ts'

const example = (decided: string, correction = true, text = '路灯不亮'): CountyExample => ({
  decided,
  correction,
  title: null,
  text,
})
const shipped = [
  { label: 'transport', title: '公交', text: '公交车不到站', weight: 1 },
  { label: 'environment', title: '油烟', text: '油烟很大', weight: 1 },
]

const county = fc.array(
  fc.record({
    decided: fc.constantFrom('transport', 'environment', 'water', 'finance', 'rare'),
    correction: fc.boolean(),
    title: fc.option(fc.string(), { nil: null }),
    text: fc.string(),
  }),
  { maxLength: 60 },
)

describe('what a model is trained on', () => {
  it('lets corrections move a model further, and leaves kinds with too few cases to the counter-examples', () => {
    const few = Array.from({ length: LEAST_EXAMPLES - 1 }, () => example('water'))
    const set = trainingSet(shipped, [example('transport'), example('environment', false), ...few])
    expect(set.examples.slice(2).map(({ label, weight }) => [label, weight])).toEqual([
      ['transport', 3],
      ['environment', 1],
    ])
    expect(set.outside).toHaveLength(LEAST_EXAMPLES - 1)
    expect([set.shipped, set.corrections, set.confirmed]).toEqual([2, 1, 1])
    const enough = trainingSet(shipped, [...few, example('water')])
    expect(enough.outside).toEqual([])
    expect(enough.corrections).toBe(LEAST_EXAMPLES)
  })

  it('takes the newest of a kind that has very many', () => {
    const many = Array.from({ length: MOST_PER_LABEL + 7 }, (_, i) => example('water', true, `第${i}件`))
    const set = trainingSet([], many)
    expect(set.examples).toHaveLength(MOST_PER_LABEL)
    expect(set.examples.at(-1)!.text).toBe(`第${MOST_PER_LABEL - 1}件`)
  })

  it('loses no example and learns no kind that is too small, whatever was decided', () => {
    fc.assert(
      fc.property(county, (cases) => {
        const set = trainingSet(shipped, cases)
        expect(set.examples.length + set.outside.length).toBe(shipped.length + cases.length)
        expect(set.corrections + set.confirmed).toBe(set.examples.length - set.shipped)
        const counts: Record<string, number> = {}
        for (const { decided } of cases) counts[decided] = (counts[decided] ?? 0) + 1
        const may = new Set(['transport', 'environment', ...learnable(counts)])
        for (const { label } of set.examples) expect(may.has(label)).toBe(true)
      }),
    )
  })

  it('is the same by its digest only where the same was decided in the same order', () => {
    expect(digestOf([example('a'), example('b')])).toBe(digestOf([example('a'), example('b')]))
    expect(digestOf([example('a'), example('b')])).not.toBe(digestOf([example('b'), example('a')]))
    expect(digestOf([example('a', true)])).not.toBe(digestOf([example('a', false)]))
  })
})

describe('figures of what was held out', () => {
  it('tell the shipped messages and the county’s cases apart, and what was taken for what', () => {
    const truth = ['a', 'a', 'b', 'b', 'a']
    const heldOut = [
      { label: 'a', confidence: 0.9, none: false },
      { label: 'b', confidence: 0.6, none: false },
      { label: 'b', confidence: 0.8, none: false },
      { label: 'b', confidence: 0.4, none: true },
      { label: 'b', confidence: 0.7, none: false },
    ]
    const figures = figuresOf(truth, heldOut, 3, 4)
    expect(figures.shipped).toMatchObject({ count: 4, accuracy: 0.75 })
    expect(figures.county).toEqual({ count: 1, accuracy: 0 })
    expect(figures.confusion).toEqual([{ decided: 'a', said: 'b', count: 2 }])
    expect(figures.thresholds.find(({ threshold }) => threshold === 0.75)).toEqual({
      threshold: 0.75,
      toPerson: 0.6,
      right: 1,
    })
  })

  it('send no fewer to a person where the threshold is higher, whatever was said', () => {
    const said = fc.record({
      label: fc.constantFrom('a', 'b'),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      none: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b'), said), { minLength: 1, maxLength: 40 }), (pairs) => {
        const { thresholds } = figuresOf(
          pairs.map(([truth]) => truth),
          pairs.map(([, each]) => each),
          3,
          0,
        )
        for (let i = 1; i < thresholds.length; i++)
          expect(thresholds[i]!.toPerson).toBeGreaterThanOrEqual(thresholds[i - 1]!.toPerson)
      }),
    )
  })
})
