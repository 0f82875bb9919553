import { describe, expect, it } from 'vitest'
import { normaliseText, segment, tokenize, tokenizeForSearch } from './tokenize.ts'

describe('tokens', () => {
  it('are words in order, without punctuation, folded to one form', () => {
    expect(tokenize('楼道里有人飞线充电，ＡＢＣ小区！')).toEqual(['楼道', '里', '有人', '飞线', '充电', 'abc', '小区'])
  })

  it('for an index also hold the short words in long ones', () => {
    expect(tokenizeForSearch('幼儿园')).toEqual(['幼儿', '幼儿园'])
  })

  it('lose nothing when cut', () => {
    const text = normaliseText('木渎镇香溪社区3幢，电瓶车停在过道。\n  请处理𠮷！')
    expect(segment(text).join('')).toBe(text)
  })

  it('of nothing are none', () => {
    expect(tokenize('')).toEqual([])
    expect(tokenize('，。！ \n')).toEqual([])
  })
})
