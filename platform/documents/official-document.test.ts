import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chineseDate, chineseDateTime, chineseDuration, secondsStamp } from './chinese-time.ts'
import { attachmentLines, chineseNumber, cleanText, layOutBlocks, titleLines } from './official-document.ts'

describe('numbers and times on paper', () => {
  it('writes numbers as people do', () => {
    expect([0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 999].map(chineseNumber)).toEqual([
      '零',
      '一',
      '十',
      '十一',
      '二十',
      '二十一',
      '一百',
      '一百零一',
      '一百一十',
      '一百一十一',
      '九百九十九',
    ])
    expect(() => chineseNumber(1000)).toThrow(RangeError)
  })

  it('keeps Chinese time wherever the server stands', () => {
    const at = new Date('2026-10-12T16:30:05Z')
    expect(chineseDate(at)).toBe('2026年10月13日')
    expect(chineseDateTime(at)).toBe('2026年10月13日0时30分')
    expect(secondsStamp(at)).toBe('2026-10-13 00:30:05')
  })

  it('names the two largest units of a duration', () => {
    expect([0, 23, 60, 1001, 7500, 273_600].map(chineseDuration)).toEqual([
      '0 秒',
      '23 秒',
      '1 分',
      '16 分 41 秒',
      '2 小时 5 分',
      '3 天 4 小时',
    ])
  })
})

describe('text of a document', () => {
  it('numbers headings without gaps and starts anew under each higher one', () => {
    const heading = (level: 1 | 2 | 3 | 4, text: string, numbered?: boolean) => ({
      type: 'heading' as const,
      level,
      text,
      numbered,
    })
    const texts = layOutBlocks([
      heading(1, '甲'),
      heading(2, '乙'),
      heading(2, '丙'),
      heading(3, '丁'),
      heading(4, '戊'),
      heading(1, '己'),
      heading(2, '庚'),
      heading(1, '附则', false),
      heading(1, '辛'),
    ]).map((block) => ('text' in block ? block.text : ''))
    expect(texts).toEqual([
      '一、甲',
      '（一）乙',
      '（二）丙',
      '1. 丁',
      '（1）戊',
      '二、己',
      '（一）庚',
      '附则',
      '三、辛',
    ])
  })

  it('makes paragraphs of line breaks and fills short table rows', () => {
    expect(layOutBlocks([{ type: 'paragraph', text: '第一段\r\n\n第二段\n' }])).toEqual([
      { type: 'paragraph', text: '第一段' },
      { type: 'paragraph', text: '第二段' },
    ])
    const [table] = layOutBlocks([
      { type: 'table', columns: [{ title: '甲' }, { title: '乙' }], rows: [['1'], ['1', '2', '3']] },
    ])
    expect(table).toMatchObject({
      rows: [
        ['1', ''],
        ['1', '2'],
      ],
    })
  })

  it('numbers attachments only when there are several', () => {
    expect(attachmentLines(['目录'])).toEqual(['目录'])
    expect(attachmentLines(['目录', '承诺书'])).toEqual(['1. 目录', '2. 承诺书'])
  })

  it('drops what breaks XML or turns the reading direction', () => {
    expect(cleanText('甲\u0000乙\u202e丙\ud800丁\t戊')).toBe('甲乙丙\ufffd丁 戊')
  })

  it('breaks titles between words, evenly, losing nothing', () => {
    expect(titleLines('关于楼道飞线充电问题办理情况的答复', 18)).toEqual(['关于楼道飞线充电问题办理情况的答复'])
    expect(titleLines('关于商请提供小区名称等公共数据资源的复函', 18)).toEqual([
      '关于商请提供小区名称',
      '等公共数据资源的复函',
    ])
    const characters = fc.array(fc.constantFrom(...'关于苏州市吴中区木渎镇充电设施布点测算的复函、《》2026年'), {
      minLength: 1,
      maxLength: 60,
    })
    fc.assert(
      fc.property(characters, (letters) => {
        const title = letters.join('')
        const lines = titleLines(title, 18)
        expect(lines.join('')).toBe(title)
        expect(lines.length).toBeLessThanOrEqual(Math.ceil(letters.length / 18))
      }),
    )
  })
})
