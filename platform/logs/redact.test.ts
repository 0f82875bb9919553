import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskNumbers } from '#platform/logs/redact.ts'

describe('numbers of persons in what people write', () => {
  it.each([
    ['18357902464', '183****2464'],
    ['１８３５７９０２４６４', '183****2464'],
    ['183 579 02464', '183****2464'],
    ['183.5790.2464', '183****2464'],
    ['183—5790—2464', '183****2464'],
    ['183 - 5790 - 2464', '183****2464'],
    ['＋86（183）5790－2464', '183****2464'],
    ['183​5790​2464', '183****2464'],
    ['一八三五七九〇二四六四', '一八三****二四六四'],
    ['幺八三五七九零二四六四', '幺八三****二四六四'],
    ['0512-66251234', '051****1234'],
    ['（0512）66251234', '（051****1234'],
    ['０５１２—６６２５—１２３４', '051****1234'],
    ['010 8888 1234', '010****1234'],
    ['32099919800101123X', '320999***'],
    ['３２０９９９ 19800101 123x', '320999***'],
    ['6222 0212 3456 7890 123', '622****0123'],
  ])('%s', (number, masked) => {
    expect(maskNumbers(number)).toBe(masked)
    expect(maskNumbers(`已电话联系${number}，本人“同意”；（见附件）。`)).toBe(
      `已电话联系${masked}，本人“同意”；（见附件）。`,
    )
    expect(maskNumbers(`No.${number}、${number}`)).toBe(`No.${masked}、${masked}`)
  })

  it('a local number only where it is said to be a telephone', () => {
    expect(maskNumbers('家里座机：６６２５１２３４')).toBe('家里座机：***')
    expect(maskNumbers('合同金额 66251234 元')).toBe('合同金额 66251234 元')
  })

  it('an office keeps its landline where that is asked for, nobody keeps a mobile number', () => {
    expect(maskNumbers('请拨 0512-66251234 或 183 5790 2464', { landlines: false })).toBe(
      '请拨 0512-66251234 或 183****2464',
    )
  })

  it.each([
    '2026-09-30 16:20:05 受理，10-01 17:20 前办结',
    'WZ-MD-20260930-0001、CD-2026-017',
    '192.168.113.45 与 10.13.14.15:8080',
    '吴编办〔2026〕6 号 第一类第 12 条',
    '320506103001003 网格，12345 热线，110、119、120',
    '金额 12345678901.50 元，长 13.812345678 米',
    '一九八四年建，三十八户',
    '①②③④⑤⑥⑦⑧⑨',
  ])('what is none stays: %s', (text) => expect(maskNumbers(text)).toBe(text))

  it('any mobile number, however wide and grouped, in any surroundings', () => {
    const number = fc
      .tuple(fc.integer({ min: 3, max: 9 }), fc.integer({ min: 0, max: 999_999_999 }))
      .map(([second, rest]) => `1${second}${String(rest).padStart(9, '0')}`)
    const around = fc.string({ unit: 'grapheme' }).filter((text) => !/[\d.]/.test(text.normalize('NFKC')))
    const gaps = fc.array(fc.constantFrom('', '', '', ' ', '-', '—', '　', '–'), { minLength: 10, maxLength: 10 })
    fc.assert(
      fc.property(number, around, around, gaps, fc.boolean(), (digits, before, after, between, wide) => {
        const written = [...digits]
          .map((digit, i) => (wide ? String.fromCodePoint(0xff10 + Number(digit)) : digit) + (between[i] ?? ''))
          .join('')
        const kept = maskNumbers(before + written + after)
          .normalize('NFKC')
          .replace(/\D/g, '')
        expect(kept).not.toContain(digits)
        expect(maskNumbers(before + after)).toBe(before + after)
      }),
    )
  })
})
