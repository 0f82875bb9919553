import { describe, expect, it } from 'vitest'
import {
  checkForm,
  cleanForm,
  describeForm,
  type FormSchema,
  fieldKind,
  fitsInView,
  optionsOf,
  orderedFields,
  startValues,
} from '#ui/schema-form/form-schema.ts'

const schema: FormSchema = {
  type: 'object',
  required: ['reason', 'papers'],
  properties: {
    reason: { type: 'string', title: '理由', format: 'multiline', minLength: 4, maxLength: 10 },
    severity: { type: 'integer', title: '级别', enum: [1, 2, 3, 4], 'x-names': ['红', '橙', '黄', '蓝'] },
    days: { type: 'integer', title: '天数', minimum: 1, maximum: 60 },
    urgent: { type: 'boolean', title: '加急', default: false },
    papers: { type: 'array', title: '附件', items: { type: 'string', format: 'file' }, maxItems: 2 },
    units: { type: 'array', title: '会签单位', items: { type: 'integer', format: 'unit' } },
    on: { type: 'string', format: 'date', title: '日期' },
  },
}

describe('which control fills in a field', () => {
  it.each([
    ['reason', 'textarea'],
    ['severity', 'choice'],
    ['days', 'number'],
    ['urgent', 'yesno'],
    ['papers', 'files'],
    ['units', 'units'],
    ['on', 'date'],
  ])('%s: %s', (key, kind) => {
    expect(fieldKind(schema.properties![key]!)).toBe(kind)
  })

  it('takes free words where an array has no choices', () => {
    expect(fieldKind({ type: 'array', items: { type: 'string', maxLength: 60 } })).toBe('words')
    expect(fieldKind({ type: 'array', items: { type: 'string', enum: ['a'] } })).toBe('choices')
  })

  it('takes a class, one unit and one account by format', () => {
    expect(fieldKind({ type: 'array', format: 'units', items: { type: 'integer' } })).toBe('units')
    expect(fieldKind({ type: 'string', format: 'class' })).toBe('class')
    expect(fieldKind({ type: 'integer', format: 'case' })).toBe('case')
    expect(fieldKind({ type: 'array', items: { type: 'string', maxLength: 500 } })).toBe('lines')
    expect(fieldKind({ type: 'array', items: { type: 'string' } })).toBe('words')
    expect(fieldKind({ type: 'integer', format: 'unit' })).toBe('unit')
    expect(fieldKind({ type: 'integer', format: 'account' })).toBe('account')
  })
})

it('shows few and short choices open', () => {
  const of = (...labels: string[]) => labels.map((label) => ({ value: label, label }))
  expect(fitsInView(of('占道施工', '老旧小区加装电梯', '户外广告', '集市设置', '店招改造', '其他'))).toBe(true)
  expect(fitsInView(of(...Array.from({ length: 9 }, (_, i) => String(i))))).toBe(false)
  expect(fitsInView(of(...Array.from({ length: 5 }, () => '这是一条很长的选项文字说明')))).toBe(false)
})

it('asks for choices first, long answers and files last', () => {
  const order = orderedFields({
    properties: {
      opinion: { type: 'string', format: 'multiline' },
      papers: { type: 'array', items: { format: 'file' } },
      days: { type: 'integer' },
      classCode: { type: 'string', format: 'class' },
      first: { type: 'string', format: 'multiline', 'x-order': -1 },
    },
  }).map(([key]) => key)
  expect(order).toEqual(['first', 'classCode', 'days', 'opinion', 'papers'])
})

describe('checking', () => {
  it('names every field that is wrong, with the code the server would use', () => {
    expect(checkForm(schema, { reason: '不行', days: 61 })).toEqual({
      reason: { code: 'form.minLength', params: { limit: 4 } },
      days: { code: 'form.maximum', params: { limit: 60 } },
      papers: { code: 'form.required', params: {} },
    })
  })

  it('counts characters, not code units', () => {
    expect(checkForm(schema, { reason: '𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷', papers: ['a'] })).toEqual({})
  })

  it('lets optional blanks pass', () => {
    expect(checkForm(schema, { reason: '理由充分', papers: ['a'], on: '' })).toEqual({})
  })
})

describe('sending and showing', () => {
  it('leaves blanks out and trims', () => {
    expect(cleanForm(schema, { reason: ' 理由充分 ', on: '', units: [], urgent: false, stray: 1 })).toEqual({
      reason: '理由充分',
      urgent: false,
    })
  })

  it('starts from defaults and what is given', () => {
    expect(startValues(schema, { days: 3 })).toEqual({ days: 3, urgent: false })
  })

  it('says choices and yes or no in words', () => {
    expect(optionsOf(schema.properties!.severity!, 'zh-CN')[0]).toEqual({ value: 1, label: '红' })
    expect(describeForm(schema, { severity: 2, urgent: true, extra: 5 }, 'zh-CN', '是', '否')).toEqual([
      { key: 'severity', label: '级别', value: '橙' },
      { key: 'urgent', label: '加急', value: '是' },
      { key: 'extra', label: 'extra', value: '5' },
    ])
    const chosen: FormSchema = {
      properties: {
        unitId: { type: 'integer', format: 'unit', title: '主办单位' },
        experts: { type: 'array', format: 'account', title: '专家', items: { type: 'integer' } },
        co: { type: 'array', format: 'units', title: '协办单位', items: { type: 'integer' } },
      },
    }
    const names = { 'unit:7': '区消防救援大队', 'unit:8': '镇综合执法局', 'account:7': '方守诚' }
    const words = describeForm(chosen, { unitId: 7, experts: [7, 9], co: [7, 8] }, 'zh-CN', '是', '否', names)
    expect(words.map(({ value }) => value).sort()).toEqual([
      '区消防救援大队',
      '区消防救援大队、镇综合执法局',
      '方守诚、9',
    ])
  })
})
