import { describe, expect, it } from 'vitest'
import { fill, gather } from '#ui/i18n/catalogue.ts'
import type { Text } from '#ui/i18n/TextProvider.tsx'
import { type CasePage, toHops } from './case-view.ts'

const catalogue = gather('zh-CN', [
  {
    text: {
      'why.lead': '为什么是{unit}：',
      'why.item': '职责清单第一类归{unit}',
      'why.due': '最迟 {dueAt}',
      'ui.yes': '是',
      'ui.no': '否',
    },
  },
])
const text: Text = {
  language: 'zh-CN',
  t: (key, params) => fill(catalogue.text.get(key) ?? key, params),
  has: (key) => catalogue.text.has(key),
  error: () => undefined,
  setLanguage: () => {},
}
const hop = (n: number, from: string | null, to: string, more: Partial<CasePage['trace'][number]> = {}) =>
  ({
    hop: n,
    at: `2026-09-30T08:0${n}:00.000Z`,
    action: `a${n}`,
    actionName: { 'zh-CN': `动作${n}`, en: `a${n}` },
    fromState: from,
    toState: to,
    phase: 'p',
    actorKind: 'staff',
    actorName: '孙*',
    unitName: '区消防救援大队',
    roleName: null,
    acting: false,
    note: null,
    form: null,
    why: [],
    deviceAt: null,
    ...more,
  }) as CasePage['trace'][number]
const page = (trace: CasePage['trace']) => ({ trace, names: { 'unit:7': '区消防救援大队' } }) as unknown as CasePage

describe('the trace as the screen tells it', () => {
  it('marks the way back, and not the way forward again', () => {
    const hops = toHops(
      page([
        hop(1, null, 'handling'),
        hop(2, 'handling', 'handled'),
        hop(3, 'handled', 'inspecting'),
        hop(4, 'inspecting', 'handling'),
        hop(5, 'handling', 'handled'),
        hop(6, 'handled', 'handled'),
      ]),
      text,
      () => undefined,
    )
    expect(hops.map((h) => h.mark)).toEqual(['plain', 'plain', 'plain', 'back', 'plain', 'plain'])
  })

  it('takes a sentence that ends in a colon as the heading of the reasons', () => {
    const [only] = toHops(
      page([
        hop(1, null, 'filed', {
          why: [
            { key: 'why.lead', params: { unit: '消防' } },
            { key: 'why.item', params: { unit: '消防' } },
            { key: 'why.item', params: { unit: '综治' } },
            { key: 'why.due', params: { dueAt: '2026-10-13T09:30:00.000Z' } },
          ],
        }),
      ]),
      text,
      () => undefined,
    )
    expect(only!.why).toEqual({
      title: '为什么是消防：',
      text: '职责清单第一类归消防；职责清单第一类归综治；最迟 2026-10-13 17:30',
    })
    expect(only!.mark).toBe('key')
  })

  it('shows what was filled in once, not again under the note', () => {
    const [only] = toHops(
      page([hop(1, null, 'handled', { note: '已拆除', form: { result: '已拆除', parts: 2 } })]),
      text,
      () => ({ properties: { result: { type: 'string', title: '结果' }, parts: { type: 'integer', title: '处数' } } }),
    )
    expect(only!.details).toEqual([{ key: 'parts', label: '处数', value: '2' }])
  })

  it('names the unit that was chosen', () => {
    const [only] = toHops(page([hop(1, null, 'dispatched', { form: { unitId: 7 } })]), text, () => ({
      properties: { unitId: { type: 'integer', format: 'unit', title: '主办单位' } },
    }))
    expect(only!.details).toEqual([{ key: 'unitId', label: '主办单位', value: '区消防救援大队' }])
  })
})
