import { describe, expect, it } from 'vitest'
import { fill, gather } from '#ui/i18n/catalogue.ts'

describe('wording', () => {
  it('puts values in and leaves unknown places visible', () => {
    expect(fill('共 {n} 件，{who}', { n: 3 })).toBe('共 3 件，{who}')
    expect(fill('{a}', { a: null })).toBe('')
    expect(fill('{n} {n|item|items}', { n: 1 })).toBe('1 item')
    expect(fill('{n} {n|item|items}', { n: 2 })).toBe('2 items')
    const params = { clock: '处置', 'clock@en': 'Handling' }
    expect([fill('{clock}', params), fill('{clock}', params, 'en'), fill('{clock}', { clock: 'x' }, 'en')]).toEqual([
      '处置',
      'Handling',
      'x',
    ])
  })

  it('lets a later file reword an earlier one', () => {
    const c = gather('zh-CN', [{ text: { a: '甲', b: '乙' } }, { text: { a: '丙' }, errors: { 'x.y': '错' } }, {}])
    expect([c.text.get('a'), c.text.get('b'), c.errors.get('x.y')]).toEqual(['丙', '乙', '错'])
  })

  it('reads nested keys, and sections under their own name', () => {
    const c = gather('zh-CN', [{ text: { duties: { why: { lead: '甲' } } }, permission: { 'org.unit.manage': '乙' } }])
    expect([c.text.get('duties.why.lead'), c.text.get('permission.org.unit.manage')]).toEqual(['甲', '乙'])
  })
})
