import { describe, expect, it } from 'vitest'
import { maskForm } from '#platform/process/form.ts'

describe('a form as it is kept', () => {
  const schema = {
    properties: {
      result: { type: 'string', format: 'multiline' },
      reply: { type: 'string', format: 'multiline', 'x-office-number': true },
      reason: { type: 'string', enum: ['拨打 18357902464'] },
      day: { type: 'string', format: 'date' },
      photo: { type: 'string', format: 'file' },
      rows: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
    },
  }

  it('masks what was typed at any depth, also where the form does not name the field', () => {
    expect(
      maskForm(schema, {
        result: '已电话联系 １８３ 5790 2464、0512-66251234',
        rows: [{ name: '王 18357902464', count: 2 }],
        other: '18357902464',
      }),
    ).toEqual({
      result: '已电话联系 183****2464、051****1234',
      rows: [{ name: '王 183****2464', count: 2 }],
      other: '183****2464',
    })
    expect(maskForm(undefined, { text: '18357902464' })).toEqual({ text: '183****2464' })
  })

  it('leaves choices, dates, identities and numbers, and the landline an office gives in a reply', () => {
    const form = {
      reason: '拨打 18357902464',
      day: '2026-10-12',
      photo: '01383123-4567-8901-8357-902464000000',
      reply: '请拨 0512-66251234',
      score: 5,
    }
    expect(maskForm(schema, form)).toEqual(form)
    expect(maskForm(schema, { reply: '请拨 18357902464' })).toEqual({ reply: '请拨 183****2464' })
  })
})
