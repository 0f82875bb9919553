import { describe, expect, it } from 'vitest'
import { AppError } from '#platform/errors/app-error.ts'
import { type DocumentTemplate, fillTemplate, parseTemplate } from './template.ts'

const reply: DocumentTemplate = {
  title: '关于{{subject}}的答复',
  number: '{{number}}',
  secrecy: '{{secrecy?}}',
  issuer: '{{unit.name}}',
  recipient: '反映人',
  body: [
    { type: 'paragraph', text: '您于{{reportedAt | dateTime}}反映的问题已办结。' },
    { type: 'paragraph', unless: 'measures', text: '经核实，反映情况不属实。' },
    {
      type: 'group',
      when: 'measures',
      blocks: [
        { type: 'heading', level: 1, text: '整改措施' },
        {
          type: 'paragraph',
          each: 'measures',
          text: '{{index}}．{{item.text}}（{{unit.name}}，{{item.doneOn | date}}）',
        },
      ],
    },
    {
      type: 'table',
      when: 'costs',
      columns: [{ title: '项目' }, { title: '金额（元）', align: 'right' }],
      rows: [
        { each: 'costs', cells: ['{{item.name}}', '{{item.cents | yuan}}'] },
        { cells: ['合计', '{{total | yuan}}'] },
      ],
    },
  ],
  attachments: [{ each: 'photos', text: '{{item.name}}' }],
  signature: { issuers: ['{{unit.name}}'], date: '{{decidedAt | date}}' },
}

const facts = {
  subject: '楼道飞线充电',
  number: '吴消答〔2026〕31号',
  unit: { name: '区消防救援大队' },
  reportedAt: new Date('2026-09-30T08:20:05Z'),
  decidedAt: '2026-10-01T03:25:00Z',
  measures: [
    { text: '清除{{subject}}线路', doneOn: new Date('2026-10-01T02:12:00Z') },
    { text: '责令限期改正', doneOn: new Date('2026-09-30T11:30:00Z') },
  ],
  costs: [{ name: '充电柜', cents: 6_000_000 }],
  total: 6_000_000,
  photos: [{ name: '整改前后照片' }],
}

function failure(work: () => unknown): AppError {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('did not fail')
}

describe('fillTemplate', () => {
  it('puts facts in, repeats, leaves out, and never reads a fact as a template', () => {
    const document = fillTemplate(parseTemplate(structuredClone(reply)), facts)
    expect(document).toEqual({
      title: '关于楼道飞线充电的答复',
      number: '吴消答〔2026〕31号',
      issuer: '区消防救援大队',
      recipient: '反映人',
      body: [
        { type: 'paragraph', text: '您于2026年9月30日16时20分反映的问题已办结。' },
        { type: 'heading', level: 1, text: '整改措施' },
        { type: 'paragraph', text: '1．清除{{subject}}线路（区消防救援大队，2026年10月1日）' },
        { type: 'paragraph', text: '2．责令限期改正（区消防救援大队，2026年9月30日）' },
        {
          type: 'table',
          columns: [{ title: '项目' }, { title: '金额（元）', align: 'right' }],
          rows: [
            ['充电柜', '60,000.00'],
            ['合计', '60,000.00'],
          ],
        },
      ],
      attachments: ['整改前后照片'],
      signature: { issuers: ['区消防救援大队'], date: '2026年10月1日' },
    })
  })

  it('takes the other branch when a list is empty', () => {
    const document = fillTemplate(reply, { ...facts, measures: [], costs: undefined })
    expect(document.body.map((block) => ('text' in block ? block.text : block.type))).toEqual([
      '您于2026年9月30日16时20分反映的问题已办结。',
      '经核实，反映情况不属实。',
    ])
  })

  it('names every missing fact at once', () => {
    const error = failure(() => fillTemplate(reply, { ...facts, number: '', unit: {}, photos: undefined }))
    expect(error.code).toBe('documents.facts_missing')
    expect(error.params.paths).toBe('number、unit.name、photos')
  })

  it('does not reach behind the facts', () => {
    const error = failure(() =>
      fillTemplate({ title: '{{constructor.name}}', issuer: '{{unit.toString}}', body: [] }, facts),
    )
    expect(error.params.paths).toBe('constructor.name、unit.toString')
  })
})

describe('parseTemplate', () => {
  it('refuses unknown parts, unknown formats and braces left over', () => {
    const bad: [unknown, string][] = [
      [{ ...reply, subtitle: 'x' }, '/subtitle'],
      [{ ...reply, body: [{ type: 'picture' }] }, '/body/0'],
      [{ ...reply, title: '{{subject | upper}}' }, '{{subject | upper}}'],
      [{ ...reply, title: '关于{{subject}的答复' }, '关于{{subject}'],
      [{ ...reply, title: '{{a b}}' }, '{{a b}}'],
    ]
    for (const [template, where] of bad) {
      const error = failure(() => parseTemplate(template))
      expect(error.code).toBe('documents.template_invalid')
      expect(error.params.where).toContain(where)
    }
  })
})
