import { describe, expect, it } from 'vitest'
import { agoText, durationText } from '#ui/clock/durations.ts'

describe('durations of hops', () => {
  it.each([
    [34_000, '34秒'],
    [125_000, '2分05秒'],
    [7_146_000, '1时59分06秒'],
    [50_507_000, '14时01分47秒'],
    [2 * 86_400_000 + 3 * 3_600_000 + 59_000, '2日03时'],
    [0, '0秒'],
    [-5_000, '0秒'],
  ])('%d ms reads %s', (ms, words) => {
    expect(durationText(ms)).toBe(words)
  })

  it('speaks English', () => {
    expect(durationText(125_000, 'en')).toBe('2m 05s')
  })
})

describe('how long ago', () => {
  it.each([
    [30_000, '刚刚'],
    [5 * 60_000, '5 分钟前'],
    [2 * 3_600_000, '2 小时前'],
    [3 * 86_400_000, '3 天前'],
    [8 * 86_400_000, undefined],
  ])('%d ms reads %s', (ms, words) => {
    expect(agoText(ms)).toBe(words)
  })
})
