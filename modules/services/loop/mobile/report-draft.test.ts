import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attemptFor, emptyDraft, hasPlace, isEmpty, problemsOf, readDraft, toInput } from './report-draft.ts'

describe('a kept draft', () => {
  const draft = {
    text: '二单元一楼楼道飞线充电',
    placeText: '香溪花苑 12 幢',
    villageCode: '320506103001',
    place: { lon: 120.51, lat: 31.25, from: 'photo' as const },
    offered: ['k1'],
    name: '李',
    phone: '199 0000 5007',
  }

  it('comes back as it was', () => {
    expect(readDraft(JSON.stringify(draft))).toEqual(draft)
    expect(readDraft(null)).toEqual(emptyDraft)
    expect(isEmpty(readDraft(null))).toBe(true)
    expect(isEmpty(draft)).toBe(false)
  })

  it('survives anything that may lie in a phone', () => {
    for (const junk of ['', '{', '[]', '3', '"x"', '{"text":5,"place":{"lon":"a"},"villageCode":"drop"}'])
      expect(readDraft(junk)).toEqual(emptyDraft)
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(typeof readDraft(JSON.stringify(value)).text).toBe('string')
      }),
    )
  })

  it('becomes what the server takes, without what is empty', () => {
    expect(toInput(draft, ['f'])).toEqual({
      text: '二单元一楼楼道飞线充电',
      placeText: '香溪花苑 12 幢',
      place: { lon: 120.51, lat: 31.25 },
      placeDatum: 'wgs84',
      villageCode: '320506103001',
      reporterName: '李',
      reporterPhone: '19900005007',
      fileIds: ['f'],
      source: 'resident',
    })
    expect(toInput({ ...emptyDraft, text: ' 路灯不亮 ' }, [])).toEqual({ text: '路灯不亮', source: 'resident' })
    expect(toInput({ ...emptyDraft, text: '路灯不亮', townCode: '320506103' }, [])).toMatchObject({
      townCode: '320506103',
    })
  })
})

describe('what must be mended', () => {
  const keys = (text: string, phone = '') => problemsOf({ ...emptyDraft, text, phone }).map((problem) => problem.key)
  it('is the length of the text and a wrong number', () => {
    expect(keys('')).toEqual(['loop.m.text.empty'])
    expect(keys('   \n ')).toEqual(['loop.m.text.empty'])
    expect(keys('灯坏')).toEqual(['loop.m.text.short'])
    expect(keys('路灯不亮')).toEqual([])
    expect(keys('字'.repeat(2000))).toEqual([])
    expect(keys('字'.repeat(2001))).toEqual(['loop.m.text.long'])
    expect(keys('路灯不亮', '1234')).toEqual(['loop.m.phone.unknown'])
  })
  it('is never the place', () => {
    expect(hasPlace(emptyDraft)).toBe(false)
    expect(hasPlace({ ...emptyDraft, townCode: '320506103' })).toBe(true)
    expect(keys('路灯不亮')).toEqual([])
  })
})

describe('the key of a report', () => {
  it('stays for the same words and changes with them', () => {
    let n = 0
    const next = () => `key-${++n}`
    const first = attemptFor('a', undefined, next)
    expect(attemptFor('a', first, next)).toBe(first)
    expect(attemptFor('b', first, next)).toEqual({ body: 'b', key: 'key-2' })
  })
})
