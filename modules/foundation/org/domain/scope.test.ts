import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  areasOf,
  covers,
  coversAll,
  permissionWithin,
  resolveGrant,
  withoutContained,
} from '#modules/foundation/org/domain/scope.ts'
import { type EffectiveGrant, holdsPermission, type StaffActor } from '#platform/access/actor.ts'

const COUNTY = '320506'
const TOWN = '320506103'
const VILLAGE = '320506103001'
const GRID = '320506103001003'

describe('covering', () => {
  it('takes the subtree and one line, or every line', () => {
    expect(covers([{ division: COUNTY, line: null }], { division: VILLAGE, line: 'water' })).toBe(true)
    expect(covers([{ division: TOWN, line: 'water' }], { division: VILLAGE, line: 'water' })).toBe(true)
    expect(covers([{ division: TOWN, line: 'water' }], { division: VILLAGE, line: 'transport' })).toBe(false)
    expect(covers([{ division: TOWN, line: 'water' }], { division: VILLAGE, line: null })).toBe(false)
    expect(covers([{ division: TOWN, line: null }], { division: COUNTY, line: null })).toBe(false)
    expect(covers([{ division: '320506100', line: null }], { division: TOWN, line: null })).toBe(false)
  })

  it('asks for every line of a unit, from one grant or several', () => {
    const unit = areasOf({ division: TOWN, lines: ['water', 'transport'] })
    expect(coversAll([{ division: COUNTY, line: 'water' }], unit)).toBe(false)
    const both = [
      { division: COUNTY, line: 'water' },
      { division: TOWN, line: 'transport' },
    ]
    expect(coversAll(both, unit)).toBe(true)
    expect(coversAll([{ division: COUNTY, line: 'water' }], areasOf({ division: TOWN, lines: [] }))).toBe(false)
  })
})

describe('what a grant means for a post', () => {
  const holder = { unitDivision: VILLAGE, postDivision: GRID, lines: ['civil-affairs', 'party-government'] }

  it('follows the unit, the post, or its own division', () => {
    const of = (divisionCode: string | null) =>
      resolveGrant({ permission: 'a.b', divisionCode, lineCode: null }, holder)
    expect(of(null)).toEqual([{ permission: 'a.b', division: VILLAGE, line: null }])
    expect(of('post')).toEqual([{ permission: 'a.b', division: GRID, line: null }])
    expect(of(TOWN)).toEqual([{ permission: 'a.b', division: TOWN, line: null }])
    const wide = resolveGrant(
      { permission: 'a.b', divisionCode: 'post', lineCode: null },
      { ...holder, postDivision: null },
    )
    expect(wide).toEqual([{ permission: 'a.b', division: VILLAGE, line: null }])
  })

  it('gives one grant for each line of the unit, none for a unit without lines', () => {
    const row = { permission: 'a.b', divisionCode: null, lineCode: 'unit' }
    expect(resolveGrant(row, holder).map((grant) => grant.line)).toEqual(['civil-affairs', 'party-government'])
    expect(resolveGrant(row, { ...holder, lines: [] })).toEqual([])
  })
})

describe('permissions', () => {
  it('knows a prefix', () => {
    expect(permissionWithin('loop.report.file', 'loop.*')).toBe(true)
    expect(permissionWithin('loop.report.*', 'loop.*')).toBe(true)
    expect(permissionWithin('loop.*', 'loop.report.*')).toBe(false)
    expect(permissionWithin('loopy.report.file', 'loop.*')).toBe(false)
  })
})

const grant = fc.record({
  permission: fc.constantFrom('a.b.c', 'a.b.d', 'a.b.*', 'a.*'),
  division: fc.constantFrom(COUNTY, TOWN, VILLAGE, '320506100'),
  line: fc.constantFrom(null, 'water', 'transport'),
})

describe('dropping contained grants', () => {
  it('never changes what is allowed, and leaves none that another contains', () => {
    const area = fc.record({
      division: fc.constantFrom(COUNTY, TOWN, VILLAGE, GRID, '320506100'),
      line: fc.constantFrom(null, 'water', 'transport'),
    })
    const permission = fc.constantFrom('a.b.c', 'a.b.d', 'a.x.y')
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 8 }), permission, area, (grants, wanted, place) => {
        const kept = withoutContained(grants)
        const allowed = (list: readonly EffectiveGrant[]) =>
          covers(
            list.filter((item) => permissionWithin(wanted, item.permission)),
            place,
          )
        expect(allowed(kept)).toBe(allowed(grants))
        const actor = { kind: 'staff', grants: kept } as unknown as StaffActor
        const all = { kind: 'staff', grants } as unknown as StaffActor
        expect(holdsPermission(actor, wanted)).toBe(holdsPermission(all, wanted))
        expect(withoutContained(kept)).toEqual(kept)
      }),
    )
  })
})
