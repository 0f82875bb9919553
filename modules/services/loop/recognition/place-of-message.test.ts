import { describe, expect, it } from 'vitest'
import { PLACE_OUTSIDE, PLACE_UNKNOWN, placeOfMessage, sampleDivisions } from './place-of-message.ts'

const nameOf = (code: string | null) => sampleDivisions.find((division) => division.code === code)?.name

describe('the place of a message', () => {
  it.each([
    ['A7县泉塘街道的路灯坏了', 'A7县', '泉塘街道'],
    ['反映A3区雨厂坪镇的垃圾站', 'A3区', '雨敞坪镇'],
    ['Ａ８县市流沙河镇', 'A8县', '流沙河镇'],
    ['A2区的事，A4区也有', 'A2区', undefined],
    ['A市C5市中路798号私占消防通道', '地点不明', undefined],
    ['请问地铁几点开门', '地点不明', undefined],
    ['K3县乡村医生', 'A市以外', undefined],
  ])('%s', (title, district, town) => {
    const place = placeOfMessage(title)
    expect(nameOf(place.townCode)).toBe(district)
    expect(nameOf(place.villageCode)).toBe(town)
  })

  it('is the one named most often, the title counting double', () => {
    expect(nameOf(placeOfMessage('A1区停电', '以前住A2区。').townCode)).toBe('A1区')
    expect(nameOf(placeOfMessage('A1区停电', '其实在A2区，是A2区，A2区西边。').townCode)).toBe('A2区')
  })

  it('has codes that nest and occur once', () => {
    const codes = sampleDivisions.map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
    for (const { code, level, parent } of sampleDivisions) {
      expect(code).toHaveLength(level)
      if (parent === null) expect(level).toBe(6)
      else {
        expect(codes).toContain(parent)
        expect(code.startsWith(parent)).toBe(true)
      }
    }
    expect(codes).toContain(PLACE_UNKNOWN)
    expect(codes).toContain(PLACE_OUTSIDE)
  })
})
