import { describe, expect, it } from 'vitest'
import { cleanCode, groupCode, type KeptReport, parseKept, withReport } from './kept-reports.ts'

const report = (n: number): KeptReport => ({
  number: `WZ-2026-${n}`,
  followCode: 'K7M29QXP',
  title: `第 ${n} 件`,
  at: new Date(Date.UTC(2026, 8, 30, 0, n)).toISOString(),
})

describe('the reports that a phone keeps', () => {
  it('are the newest thirty, each once', () => {
    let list: KeptReport[] = []
    for (let n = 0; n < 40; n++) list = withReport(list, report(n))
    expect(list).toHaveLength(30)
    expect(list[0]!.number).toBe('WZ-2026-39')
    expect(withReport(list, report(39))).toHaveLength(30)
  })

  it('learn without forgetting what was known', () => {
    const sent = { answerBy: null, danger: [], quarantined: true }
    const [kept] = withReport([{ ...report(1), sent }], { ...report(1), title: '新标题' })
    expect(kept).toMatchObject({ title: '新标题', sent })
  })

  it('survive anything that may lie in a phone', () => {
    for (const junk of [
      null,
      '',
      '{',
      '{}',
      '[1,null,{"number":1}]',
      '[{"number":"a","followCode":"b","title":"c","at":"x"}]',
    ])
      expect(parseKept(junk)).toEqual([])
    expect(parseKept(JSON.stringify([report(1), 'junk', report(2)])).map((one) => one.number)).toEqual([
      'WZ-2026-2',
      'WZ-2026-1',
    ])
  })
})

describe('a code', () => {
  it('is read as it was typed', () => {
    expect(cleanCode(' k7m2 9qxp ')).toBe('K7M29QXP')
    expect(cleanCode('ｗｚ－2026')).toBe('WZ-2026')
  })
  it('is shown in groups', () => {
    expect(groupCode('K7M29QXP')).toBe('K7M2 9QXP')
    expect(groupCode('K7M29')).toBe('K7M2 9')
  })
})
