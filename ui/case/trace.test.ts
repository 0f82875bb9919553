import { describe, expect, it } from 'vitest'
import { foldedAtFirst, groupHops, timeHops } from '#ui/case/trace.ts'
import { dayOf } from '#ui/clock/county-time.ts'
import { traceHops } from '#ui/testing/case-fixture.ts'

const grouped = () => groupHops(traceHops, (p) => p, dayOf)

describe('trace', () => {
  it('times every hop from the one before', () => {
    const times = timeHops(traceHops).map((h) => h.waitedMs)
    expect(times[0]).toBeUndefined()
    expect(times.slice(1, 6)).toEqual([125_000, 21_000, 34_000, 1_093_000, 164_000])
  })

  it('adds phases up without losing a second', () => {
    const phases = grouped()
    expect(phases.map((p) => [p.names.join(' · '), p.hops.length, p.ms])).toEqual([
      ['报事 · 受理 · 核实', 6, 1_437_000],
      ['派遣 · 裁定 · 签收', 6, 2_521_000],
      ['处置 · 核查', 4, 62_070_000],
      ['答复', 1, 697_000],
    ])
    const whole = Date.parse(traceHops.at(-1)!.at) - Date.parse(traceHops[0]!.at)
    expect(phases.reduce((sum, p) => sum + p.ms, 0)).toBe(whole)
  })

  it('folds the oldest phases of a long trace and never the last', () => {
    const phases = grouped()
    expect(foldedAtFirst(phases)).toEqual(new Set([phases[0]!.id]))
    expect(foldedAtFirst(phases, 1)).toEqual(new Set([phases[0]!.id, phases[2]!.id]))
    expect(foldedAtFirst(phases.slice(0, 2)).size).toBe(0)
  })
})
