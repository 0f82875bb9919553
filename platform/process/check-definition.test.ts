import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { loadWording } from '#platform/i18n/wording.ts'
import { type CheckDeps, checkDefinition, type Finding } from '#platform/process/check-definition.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import type { Directory, UnitRef } from '#platform/process/directory.ts'

const both = (text: string) => ({ 'zh-CN': text, en: text })

/** A flow that uses every part of the meta-schema once and has nothing wrong with it. */
function sound(): ProcessDefinition {
  return {
    key: 'sound',
    version: 1,
    name: both('试验'),
    numberPrefix: 'T-{town}',
    phases: [{ key: 'work', name: both('办理') }],
    initial: 'open',
    start: {
      name: both('开始'),
      permission: 'flow.start',
      form: { type: 'object', properties: { title: { type: 'string' } } },
      keep: ['title'],
      clocks: ['whole'],
      effects: [{ name: 'flow.note' }],
    },
    clocks: {
      whole: {
        name: both('总时限'),
        limit: { fallback: { value: 5, unit: 'workday' } },
        near: 0.8,
        escalate: [{ after: { value: 1, unit: 'workday' }, to: { unit: 'county:command', role: 'chief' } }],
      },
    },
    states: {
      open: {
        name: both('待办'),
        phase: 'work',
        assign: { unit: 'county:command', role: 'chief' },
        clock: 'whole',
      },
      votes: {
        name: both('会签'),
        phase: 'work',
        parallel: { over: 'data.units', by: 'unit', role: 'chief', join: { need: 'all', action: 'tally' } },
      },
      done: { name: both('办结'), phase: 'work', final: true },
    },
    actions: {
      ask: {
        name: both('会签'),
        kind: 'main',
        from: ['open'],
        to: [{ when: "form.way == 'end'", to: 'done' }, { to: 'votes' }],
        who: { assignee: true, permission: 'flow.ask' },
        form: { type: 'object', properties: { way: { type: 'string' }, units: { type: 'array' } } },
        keep: ['units'],
        guards: [{ cel: "form.way != ''", text: both('须选择') }],
        effects: [{ name: 'flow.note' }],
        clocks: { start: ['whole'], stop: ['whole'], pause: ['whole'], resume: ['whole'], extend: 'whole' },
        separate: ['start'],
      },
      vote: {
        name: both('提交'),
        kind: 'main',
        from: ['votes'],
        to: 'stay',
        who: { assignee: true },
        submission: true,
      },
      tally: { name: both('汇总'), kind: 'main', from: ['votes'], to: 'open', who: { system: true } },
    },
  }
}

const command: UnitRef = {
  id: 1,
  code: 'x-command',
  name: '指挥中心',
  shortName: '指挥中心',
  kind: 'command',
  division: '320506',
  lines: [],
}
const directory = {
  triage: () => command,
  unitByCode: (code: string) => (code === command.code ? command : undefined),
  unitAt: (division: string, kind: string) =>
    division === command.division && kind === command.kind ? command : undefined,
} as unknown as Directory

const ajv = new Ajv({ allErrors: true, strict: false })
addFormats.default(ajv)
const deps: CheckDeps = {
  ajv,
  effects: new Set(['flow.note']),
  permissions: new Set(['flow.start', 'flow.ask']),
  roles: new Set(['chief']),
  directory,
}

// biome-ignore lint/suspicious/noExplicitAny: faults are planted anywhere, also where the types forbid them
type Body = any
type Plant = [what: string, code: string, path: string, plant: (body: Body) => void, level?: Finding['level']]

const faults: Plant[] = [
  ['a required part is missing', 'shape', '/', (body) => delete body.phases],
  ['a member nobody knows', 'shape', '/states/open', (body) => Object.assign(body.states.open, { colour: 'red' })],
  [
    'a limit of nothing',
    'shape',
    '/clocks/whole/limit/fallback/value',
    (body) => {
      body.clocks.whole.limit.fallback.value = 0
    },
  ],
  ['it begins in a state that is not there', 'unknown_state', '/initial', (body) => (body.initial = 'nowhere')],
  [
    'an action from a state that is not there',
    'unknown_state',
    '/actions/ask/from',
    (body) => body.actions.ask.from.push('nowhere'),
  ],
  [
    'an action to a state that is not there',
    'unknown_state',
    '/actions/tally/to',
    (body) => (body.actions.tally.to = 'nowhere'),
  ],
  [
    'a branch to a state that is not there',
    'unknown_state',
    '/actions/ask/to',
    (body) => (body.actions.ask.to[0].to = 'nowhere'),
  ],
  [
    'the start starts a clock that is not there',
    'unknown_clock',
    '/start/clocks',
    (body) => body.start.clocks.push('never'),
  ],
  [
    'a state shows a clock that is not there',
    'unknown_clock',
    '/states/open/clock',
    (body) => (body.states.open.clock = 'never'),
  ],
  ...(['start', 'stop', 'pause', 'resume'] as const).map(
    (change): Plant => [
      `an action would ${change} a clock that is not there`,
      'unknown_clock',
      '/actions/ask/clocks',
      (body) => body.actions.ask.clocks[change].push('never'),
    ],
  ),
  [
    'an action extends a clock that is not there',
    'unknown_clock',
    '/actions/ask/clocks/extend',
    (body) => (body.actions.ask.clocks.extend = 'never'),
  ],
  [
    'work for a unit that is not there',
    'unknown_unit',
    '/states/open/assign/unit',
    (body) => (body.states.open.assign.unit = 'county:nobody'),
  ],
  [
    'escalation to a unit that is not there',
    'unknown_unit',
    '/clocks/whole/escalate',
    (body) => (body.clocks.whole.escalate[0].to.unit = 'county:nobody'),
  ],
  [
    'an effect that no module has',
    'unknown_effect',
    '/actions/ask/effects/0',
    (body) => (body.actions.ask.effects[0].name = 'flow.fly'),
  ],
  [
    'an effect of the start that no module has',
    'unknown_effect',
    '/start/effects/0',
    (body) => (body.start.effects[0].name = 'flow.fly'),
  ],
  [
    'persons kept apart from an action that is not there',
    'unknown_action',
    '/actions/ask/separate',
    (body) => body.actions.ask.separate.push('fly'),
  ],
  [
    'a join by an action that is not there',
    'unknown_action',
    '/states/votes/parallel/join',
    (body) => (body.states.votes.parallel.join.action = 'fly'),
  ],
  [
    'a main case that ends by an action of a person',
    'not_by_system',
    '/links/mainEnded',
    (body) => (body.links = { mainEnded: 'ask' }),
  ],
  [
    'a planned moment that does what a person has to do',
    'not_by_system',
    '/clocks/whole/onDue',
    (body) => (body.clocks.whole.onDue = 'ask'),
  ],
  [
    'a permission that nobody declares',
    'unknown_permission',
    '/actions/ask/who',
    (body) => (body.actions.ask.who.permission = 'flow.fly'),
  ],
  [
    'a start by a permission that nobody declares',
    'unknown_permission',
    '/start/permission',
    (body) => (body.start.permission = 'flow.fly'),
  ],
  ['a phase that is not there', 'unknown_phase', '/states/open/phase', (body) => (body.states.open.phase = 'rest')],
  [
    'a field is kept that the form does not ask',
    'unknown_field',
    '/actions/ask/keep',
    (body) => body.actions.ask.keep.push('colour'),
  ],
  [
    'a field is kept that the start does not ask',
    'unknown_field',
    '/start/keep',
    (body) => body.start.keep.push('colour'),
  ],
  [
    'work for a role that no post has',
    'role_without_post',
    '/states/open/assign/role',
    (body) => (body.states.open.assign.role = 'pilot'),
  ],
  [
    'branches for a role that no post has',
    'role_without_post',
    '/states/votes/parallel/role',
    (body) => (body.states.votes.parallel.role = 'pilot'),
  ],
  [
    'escalation to a role that no post has',
    'role_without_post',
    '/clocks/whole/escalate',
    (body) => (body.clocks.whole.escalate[0].to.role = 'pilot'),
  ],
  [
    'a guard that is not CEL',
    'rule',
    '/actions/ask/guards/0',
    (body) => (body.actions.ask.guards[0].cel = 'form.way =='),
  ],
  ['a branch that is not CEL', 'rule', '/actions/ask/to', (body) => (body.actions.ask.to[0].when = '((')],
  [
    'a form that is no JSON Schema',
    'form',
    '/actions/ask/form',
    (body) => (body.actions.ask.form.properties.way.type = 'word'),
  ],
  ['a start form that is no JSON Schema', 'form', '/start/form', (body) => (body.start.form.type = 'word')],
  [
    'every branch has a condition',
    'no_else',
    '/actions/ask/to',
    (body) => (body.actions.ask.to[1].when = 'true'),
    'warning',
  ],
  ['nobody may', 'nobody_may', '/actions/ask/who', (body) => (body.actions.ask.who = {})],
  ['nobody owns a state', 'nobody_owns', '/states/open', (body) => delete body.states.open.assign],
  [
    'handing in where there are no branches',
    'submission_outside_parallel',
    '/actions/vote/submission',
    (body) => body.actions.vote.from.push('open'),
  ],
  [
    'a join from elsewhere',
    'join_from_elsewhere',
    '/states/votes/parallel/join',
    (body) => (body.states.votes.parallel.join.action = 'ask'),
  ],
  [
    'a join back into its own state',
    'join_stays',
    '/states/votes/parallel/join',
    (body) => (body.actions.tally.to = [{ when: 'data.n > 1', to: 'open' }, { to: 'votes' }]),
  ],
  [
    'branches without anything to hand in',
    'parallel_without_submission',
    '/states/votes',
    (body) => delete body.actions.vote,
  ],
  ['no way out', 'dead_end', '/states/votes', (body) => (body.actions.tally.to = 'stay')],
  [
    'no way there',
    'unreachable',
    '/states/island',
    (body) => {
      body.states.island = structuredClone(body.states.open)
      body.actions.leave = { name: both('离开'), kind: 'main', from: ['island'], to: 'open', who: { assignee: true } }
    },
  ],
  ['no end', 'no_end', '/states', (body) => delete body.states.done.final],
  [
    'a clock that never starts',
    'clock_never_starts',
    '/clocks/idle',
    (body) => {
      body.clocks.idle = structuredClone(body.clocks.whole)
    },
    'warning',
  ],
]

describe('checks before publishing', () => {
  it('find nothing in a sound definition, also after it was stored as JSON', () => {
    expect(checkDefinition(sound(), deps)).toEqual([])
    expect(checkDefinition(JSON.parse(JSON.stringify(sound())), deps)).toEqual([])
  })

  it.each(faults)('%s → %s', (_what, code, path, plant, level = 'error') => {
    const body = sound()
    plant(body)
    const found = checkDefinition(body, deps)
    expect(found).toContainEqual(expect.objectContaining({ level, path, code: `process.check.${code}` }))
    // A planted warning does not refuse publishing.
    if (level === 'warning') expect(found.filter((finding) => finding.level === 'error')).toEqual([])
    const wording = loadWording()
    for (const finding of found)
      for (const locale of ['zh-CN', 'en'] as const)
        expect(wording.say(locale, `errors.${finding.code}`, finding.params)).not.toMatch(/\{\w+\}|^errors\./)
  })

  it('each has a planted fault', () => {
    const worded = loadWording()
      .keys('zh-CN')
      .filter((key) => key.startsWith('errors.process.check.'))
      .map((key) => key.slice('errors.process.check.'.length))
    expect([...new Set(faults.map(([, code]) => code))].sort()).toEqual(worded.sort())
  })

  it('takes anything at all without falling over', () => {
    for (const junk of [null, undefined, 3, 'x', [], {}, { ...sound(), states: null }])
      expect(checkDefinition(junk, deps).map((finding) => finding.code)).toContain('process.check.shape')
  })

  it('leaves out what no county is there to answer', () => {
    const body = sound()
    body.states.open!.assign = { unit: 'county:nobody', role: 'pilot' }
    const { roles: _, directory: __, ...without } = deps
    expect(checkDefinition(body, without)).toEqual([])
  })
})
