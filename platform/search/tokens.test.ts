import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { indexWords, queryTerms } from './tokens.ts'

describe('entries of the index', () => {
  it('are pairs of characters, words and numbers, with what follows a number', () => {
    expect(indexWords('香溪社区3幢，ＡＰＰ打不开。井')).toEqual([
      '香溪',
      '溪社',
      '社区',
      '3',
      '3幢',
      '幢',
      'app',
      'app打',
      '打不',
      '不开',
      '井',
    ])
  })

  it('never hold a telephone or identity number, however it is written', () => {
    for (const number of [
      '13812345678',
      '138 1234 5678',
      '138-1234-5678',
      '0512-65251234',
      '１３８１２３４５６７８',
      '32050619800101123X',
    ]) {
      const words = indexWords(`请联系${number}张先生`)
      expect(words.filter((word) => /\d/.test(word))).toEqual([])
    }
  })

  it('stay small for any text', () => {
    expect(indexWords('很长的投诉内容，'.repeat(1_000_000)).length).toBeLessThan(20)
    const all = Array.from({ length: 200_000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000))).join('')
    expect(indexWords(all).length).toBeLessThanOrEqual(4000)
  })
})

describe('what was typed', () => {
  it('must occur as a whole', () => {
    expect(queryTerms('飞线充电')).toEqual(["'飞线'", "'线充'", "'充电'"])
    expect(queryTerms('3幢 楼道')).toEqual(["'3幢'", "'楼道'"])
    expect(queryTerms('井')).toEqual(["'井':*"])
    expect(queryTerms('app')).toEqual(["'app':*"])
  })

  it('may be nothing', () => {
    for (const typed of ['', ' ', '，。', '&|!()', "'", '\\', '13812345678']) expect(queryTerms(typed)).toEqual([])
  })
})

describe('in the database', () => {
  let client: pg.Client
  beforeAll(async () => {
    client = new pg.Client({ connectionString: inject('serverUrl') })
    await client.connect()
  })
  afterAll(() => client.end())

  const finds = async (text: string, typed: string): Promise<boolean> => {
    const { rows } = await client.query<{ found: boolean }>(
      'select array_to_tsvector($1::text[]) @@ $2::tsquery as found',
      [indexWords(text), queryTerms(typed).join(' & ')],
    )
    return rows[0]!.found
  }

  it('a text is found by every part of it', async () => {
    const text = '木渎镇香溪社区3幢2单元楼道有人飞线充电，A7县松雅湖边的app打不开'
    for (const part of ['香溪', '溪社区', '飞线充电', '3幢', '松雅湖', 'APP', '楼道 充电', '木', 'a7县'])
      expect(await finds(text, part), part).toBe(true)
    for (const other of ['香溪路', '充电桩', '3单元', '电充']) expect(await finds(text, other), other).toBe(false)
  })

  it('no input is a syntax error or too long', async () => {
    const letters = fc.string({ unit: fc.constantFrom(...'木渎井aZ9０3 \'"\\:*&|!()<->@%_\u0000𠮷，'), maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), letters), async (typed) => {
        const found = await finds(typed, typed)
        if (queryTerms(typed).length > 0 && typed.length <= 200) expect(found).toBe(true)
      }),
      { numRuns: 300 },
    )
    const long = Array.from({ length: 60_000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000))).join('')
    expect(await finds(long, long.slice(100, 110))).toBe(true)
  })
})
