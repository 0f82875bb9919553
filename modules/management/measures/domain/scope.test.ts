import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Area, areasOf, both, common, piecesOf } from '#modules/management/measures/domain/scope.ts'

const place = fc.constantFrom('', '320506100', '320506103', '320506100001', '320506100002', '320506103001')
const line = fc.constantFrom('', 'water', 'fire')
const area = fc.record<Area>({ place, line })

/** Every kind of case there can be: a village (or none below the town) and a line. */
const cases = ['', '320506100', '320506103', '320506100001', '320506100002', '320506103001', '320506103009'].flatMap(
  (at) => ['', 'water', 'fire', 'other'].map((on) => ({ place: at, line: on })),
)
const inside = (one: { place: string; line: string }, { place: at, line: on }: Area) =>
  one.place.startsWith(at) && (on === '' || on === one.line)

describe('areas', () => {
  it('pieces add up to the union of areas, however they overlap', () => {
    fc.assert(
      fc.property(fc.array(area, { maxLength: 6 }), (areas) => {
        const pieces = piecesOf(areas)
        for (const one of cases) {
          const sum = pieces.reduce((total, piece) => total + (inside(one, piece) ? piece.sign : 0), 0)
          expect(sum).toBe(areas.some((each) => inside(one, each)) ? 1 : 0)
        }
      }),
    )
  })

  it('what two permissions have in common holds just the cases that lie in both', () => {
    fc.assert(
      fc.property(fc.array(area, { maxLength: 4 }), fc.array(area, { maxLength: 4 }), (a, b) => {
        const shared = common(a, b)
        for (const one of cases) {
          const held = a.some((each) => inside(one, each)) && b.some((each) => inside(one, each))
          expect(shared.some((each) => inside(one, each))).toBe(held)
        }
      }),
    )
    expect(both({ place: '320506100', line: '' }, { place: '320506103', line: '' })).toBeUndefined()
  })

  it('grants narrower than a village are none', () => {
    const grant = (division: string) => ({ permission: 'measures.read', division, line: null })
    expect(areasOf([grant('320506103001002')])).toEqual([])
    expect(areasOf([grant('320506'), grant('320506103001')])).toEqual([
      { place: '', line: '' },
      { place: '320506103001', line: '' },
    ])
  })
})
