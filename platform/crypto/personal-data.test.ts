import { describe, expect, it } from 'vitest'
import { generateKeyRing } from './key-ring.ts'
import { maskIdNumber, maskName, maskPhone } from './mask.ts'
import { namePinyin, nameQueryTokens, nameTokens } from './name-tokens.ts'
import { normalisePhone } from './phone.ts'

describe('telephone numbers', () => {
  it.each([
    ['13812345678', '13812345678'],
    [' 138-1234-5678 ', '13812345678'],
    ['+86 138 1234 5678', '13812345678'],
    ['008613812345678', '13812345678'],
    ['8613812345678', '13812345678'],
    ['１３８１２３４５６７８', '13812345678'],
    ['(0512) 6525-1234', '051265251234'],
    ['+86 512 6525 1234', '051265251234'],
    ['+86 10 6525 1234', '01065251234'],
    ['010－65251234', '01065251234'],
    ['400-800-1234', '4008001234'],
    ['12345', '12345'],
    ['119', '119'],
  ])('%s is %s', (text, number) => expect(normalisePhone(text)).toBe(number))

  it.each(['', '无', '1381234567', '138123456789', '12812345678', '0512', '138123x5678', '6525123'])(
    '%s is none',
    (text) => expect(normalisePhone(text)).toBeUndefined(),
  )
})

describe('names', () => {
  const ring = generateKeyRing({ county: 'wuzhong', now: new Date('2026-09-30T08:00:00Z') })
  const finds = (query: string, name: string) => {
    const stored = nameTokens(ring, name).map((token) => token.toString('hex'))
    return nameQueryTokens(ring, query).some((token) => stored.includes(token.toString('hex')))
  }

  it('are read as surnames are read', () => {
    expect(namePinyin('单雄信')).toEqual({ full: 'shanxiongxin', initials: 'sxx' })
    expect(namePinyin('曾国强')).toEqual({ full: 'zengguoqiang', initials: 'zgq' })
    expect(namePinyin('吕布')).toEqual({ full: 'lvbu', initials: 'lb' })
  })

  it('are found by characters, pinyin and initials', () => {
    for (const query of ['王小明', ' 王 小明', 'wangxiaoming', 'Wang Xiaoming', 'wxm'])
      expect(finds(query, '王小明')).toBe(true)
    expect(finds('阿卜杜拉买买提', '阿卜杜拉·买买提')).toBe(true)
    expect(finds('smith', 'Smith')).toBe(true)
    for (const query of ['王小', '王晓明', 'wangming', 'wx', '']) expect(finds(query, '王小明')).toBe(false)
  })
})

describe('masks', () => {
  it('keep enough to recognise', () => {
    expect(maskPhone('13812345678')).toBe('138****5678')
    expect(maskPhone('051265251234')).toBe('********1234')
    expect(maskPhone('119')).toBe('***')
    expect([maskName('王小明'), maskName('王明'), maskName('欧阳小明'), maskName('𠮷田')]).toEqual([
      '王*明',
      '王*',
      '欧**明',
      '𠮷*',
    ])
    expect(maskIdNumber('320999199001011234')).toBe('320999**********34')
  })
})
