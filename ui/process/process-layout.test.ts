import { describe, expect, it } from 'vitest'
import { type DrawnDefinition, layOutProcess, stepsOf } from '#ui/process/process-layout.ts'

const w = (zh: string) => ({ 'zh-CN': zh, en: zh })
const definition: DrawnDefinition = {
  initial: 'reported',
  phases: [
    { key: 'intake', name: w('受理') },
    { key: 'handling', name: w('处置') },
    { key: 'closing', name: w('结案') },
  ],
  states: {
    reported: { name: w('待受理'), phase: 'intake' },
    accepted: { name: w('待立案'), phase: 'intake' },
    handling: { name: w('处置中'), phase: 'handling' },
    closed: { name: w('已结案'), phase: 'closing', final: true },
  },
  actions: {
    accept: { name: w('受理'), from: ['reported'], to: 'accepted', kind: 'main' },
    file: { name: w('立案'), from: ['accepted'], to: 'handling', kind: 'main' },
    note: { name: w('记录'), from: ['handling'], to: 'stay', kind: 'side' },
    back: { name: w('退回'), from: ['handling'], to: 'accepted', kind: 'side' },
    pass: {
      name: w('核查'),
      from: ['handling'],
      to: [{ when: 'form.good', to: 'closed' }, { to: 'accepted' }],
      kind: 'main',
    },
  },
}

describe('process drawing', () => {
  it('follows every way an action can go, and draws none for staying', () => {
    expect(stepsOf(definition).map((s) => `${s.action}:${s.from}>${s.to}`)).toEqual([
      'accept:reported>accepted',
      'file:accepted>handling',
      'back:handling>accepted',
      'pass:handling>closed',
      'pass:handling>accepted',
    ])
  })

  it('puts phases in columns and states under one another', () => {
    const layout = layOutProcess(definition)
    expect(layout.nodes.map((n) => [n.state, n.column, n.row])).toEqual([
      ['reported', 0, 0],
      ['accepted', 0, 1],
      ['handling', 1, 0],
      ['closed', 2, 0],
    ])
    expect(layout.edges.map((e) => [e.from, e.to, e.way, e.actions.join('+')])).toEqual([
      ['reported', 'accepted', 'down', 'accept'],
      ['accepted', 'handling', 'on', 'file'],
      ['handling', 'accepted', 'back', 'back+pass'],
      ['handling', 'closed', 'on', 'pass'],
    ])
  })

  it('can leave out the exits that break a case off', () => {
    const cancelled = {
      ...definition,
      states: { ...definition.states, cancelled: { name: w('已作废'), phase: 'closing', final: true } },
      actions: {
        ...definition.actions,
        cancel: { name: w('作废'), from: ['reported', 'accepted'], to: 'cancelled', kind: 'danger' },
      },
    }
    expect(layOutProcess(cancelled).nodes.map((n) => n.state)).toContain('cancelled')
    expect(layOutProcess(cancelled, false).nodes.map((n) => n.state)).not.toContain('cancelled')
  })

  it('draws states that nothing leads to as well', () => {
    const lost = { ...definition, states: { ...definition.states, lost: { name: w('孤立'), phase: 'closing' } } }
    expect(layOutProcess(lost).nodes.map((n) => n.state)).toContain('lost')
  })
})
