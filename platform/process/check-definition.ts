import type { Ajv } from 'ajv'
import { findCountyUnit } from '#platform/process/assignment.ts'
import { type ProcessDefinition, ProcessDefinitionShape } from '#platform/process/definition.ts'
import type { Directory } from '#platform/process/directory.ts'
import { titleFields } from '#platform/process/form.ts'
import { ruleSyntaxError } from '#platform/rules/rule.ts'

/** What is wrong with a definition: errors refuse publishing, warnings are shown. */
export interface Finding {
  level: 'error' | 'warning'
  /** Where in the definition, as a path. */
  path: string
  code: string
  params: Record<string, string | number>
}

export interface CheckDeps {
  ajv: Ajv
  effects: ReadonlySet<string>
  permissions: ReadonlySet<string>
  /** Roles that some post has; undefined skips the check (no county at hand). */
  roles?: ReadonlySet<string>
  directory?: Directory
}

/**
 * Static checks before publishing: the shape; every state reachable; no dead ends; every name known; every deadline
 * resolvable; every role held by some post; sealed states opened by a join; clocks that are used are started.
 */
export function checkDefinition(candidate: unknown, deps: CheckDeps): Finding[] {
  const findings: Finding[] = []
  const error = (path: string, code: string, params: Finding['params'] = {}) =>
    findings.push({ level: 'error', path, code, params })
  const warning = (path: string, code: string, params: Finding['params'] = {}) =>
    findings.push({ level: 'warning', path, code, params })

  const validate = deps.ajv.getSchema('yiti-process-definition') ?? deps.ajv.compile(ProcessDefinitionShape)
  if (!validate(candidate)) {
    for (const problem of validate.errors ?? [])
      error(problem.instancePath || '/', 'process.check.shape', { message: problem.message ?? problem.keyword })
    return findings
  }
  const body = candidate as ProcessDefinition
  const states = new Set(Object.keys(body.states))
  const phases = new Set(body.phases.map((phase) => phase.key))
  const clocks = new Set(Object.keys(body.clocks))
  const actions = new Set(Object.keys(body.actions))
  const state = (path: string, key: string) => {
    if (key !== 'stay' && !states.has(key)) error(path, 'process.check.unknown_state', { state: key })
  }
  const clock = (path: string, key: string) => {
    if (!clocks.has(key)) error(path, 'process.check.unknown_clock', { clock: key })
  }
  const role = (path: string, key: string) => {
    if (deps.roles && !deps.roles.has(key)) error(path, 'process.check.role_without_post', { role: key })
  }
  const unit = (path: string, source: string) => {
    if (
      source.startsWith('county:') &&
      deps.directory &&
      !findCountyUnit(source.slice('county:'.length), deps.directory)
    )
      error(path, 'process.check.unknown_unit', { unit: source })
  }
  const cel = (path: string, expression: string) => {
    const problem = ruleSyntaxError(expression)
    if (problem) error(path, 'process.check.rule', { message: problem })
  }

  const form = (path: string, step: { form?: Record<string, unknown>; keep?: string[] }) => {
    if (!step.form) return
    try {
      deps.ajv.compile(step.form)
    } catch (problem) {
      error(`${path}/form`, 'process.check.form', { message: (problem as Error).message })
    }
    const fields = new Set(Object.keys((step.form.properties as object | undefined) ?? {}))
    for (const field of step.keep ?? [])
      if (!fields.has(field)) error(`${path}/keep`, 'process.check.unknown_field', { field })
  }

  state('/initial', body.initial)
  const targets = new Map<string, Set<string>>([...states].map((key) => [key, new Set()]))
  for (const [key, action] of Object.entries(body.actions)) {
    const path = `/actions/${key}`
    for (const from of action.from) state(`${path}/from`, from)
    const to = typeof action.to === 'string' ? [{ to: action.to }] : action.to
    for (const branch of to) {
      state(`${path}/to`, branch.to)
      if ('when' in branch && branch.when) cel(`${path}/to`, branch.when)
      for (const from of action.from) targets.get(from)?.add(branch.to === 'stay' ? from : branch.to)
    }
    if (Array.isArray(action.to) && action.to.at(-1)?.when) warning(`${path}/to`, 'process.check.no_else')
    for (const [index, guard] of (action.guards ?? []).entries()) cel(`${path}/guards/${index}`, guard.cel)
    for (const [index, effect] of (action.effects ?? []).entries())
      if (!deps.effects.has(effect.name))
        error(`${path}/effects/${index}`, 'process.check.unknown_effect', { effect: effect.name })
    for (const group of [action.clocks?.start, action.clocks?.stop, action.clocks?.pause, action.clocks?.resume])
      for (const name of group ?? []) clock(`${path}/clocks`, name)
    if (action.clocks?.extend) clock(`${path}/clocks/extend`, action.clocks.extend)
    for (const other of action.separate ?? [])
      if (!actions.has(other) && other !== 'start')
        error(`${path}/separate`, 'process.check.unknown_action', { action: other })
    const { who } = action
    if (!who.permission && !who.assignee && !who.units && !who.starter && !who.reporter && !who.system)
      error(`${path}/who`, 'process.check.nobody_may')
    if (who.permission && !deps.permissions.has(who.permission))
      error(`${path}/who`, 'process.check.unknown_permission', { permission: who.permission })
    if (action.submission && !action.from.every((from) => body.states[from]?.parallel))
      error(`${path}/submission`, 'process.check.submission_outside_parallel')
    form(path, action)
  }
  const bySystem = (path: string, key: string) => {
    if (!actions.has(key)) error(path, 'process.check.unknown_action', { action: key })
    else if (!body.actions[key]!.who.system) error(path, 'process.check.not_by_system', { action: key })
  }
  if (body.links?.mainEnded) bySystem('/links/mainEnded', body.links.mainEnded)
  if (body.links?.partsEnded) bySystem('/links/partsEnded', body.links.partsEnded)
  if (body.start.staff?.from?.when) cel('/start/staff/from/when', body.start.staff.from.when)
  form('/start', body.start)
  const asked = new Set(Object.keys((body.start.form?.properties as object | undefined) ?? {}))
  for (const field of titleFields(body.start.staff?.title ?? ''))
    if (!asked.has(field)) error('/start/staff/title', 'process.check.unknown_field', { field })
  for (const [index, effect] of (body.start.effects ?? []).entries())
    if (!deps.effects.has(effect.name))
      error(`/start/effects/${index}`, 'process.check.unknown_effect', { effect: effect.name })
  for (const name of body.start.clocks ?? []) clock('/start/clocks', name)
  if (body.start.permission && !deps.permissions.has(body.start.permission))
    error('/start/permission', 'process.check.unknown_permission', { permission: body.start.permission })

  for (const [key, definition] of Object.entries(body.states)) {
    const path = `/states/${key}`
    if (!phases.has(definition.phase))
      error(`${path}/phase`, 'process.check.unknown_phase', { phase: definition.phase })
    if (definition.clock) clock(`${path}/clock`, definition.clock)
    if (definition.assign) {
      role(`${path}/assign/role`, definition.assign.role)
      unit(`${path}/assign/unit`, definition.assign.unit)
    }
    if (definition.parallel) {
      role(`${path}/parallel/role`, definition.parallel.role)
      const then = body.actions[definition.parallel.join.action]
      if (!then)
        error(`${path}/parallel/join`, 'process.check.unknown_action', { action: definition.parallel.join.action })
      else if (!then.from.includes(key)) error(`${path}/parallel/join`, 'process.check.join_from_elsewhere')
      // Back in its own state the branches would be used up and nobody could go on.
      else if ((typeof then.to === 'string' ? [then] : then.to).some(({ to }) => to === 'stay' || to === key))
        error(`${path}/parallel/join`, 'process.check.join_stays')
      if (!Object.values(body.actions).some((action) => action.submission && action.from.includes(key)))
        error(path, 'process.check.parallel_without_submission')
    }
    const leaves = [...(targets.get(key) ?? [])].some((to) => to !== key)
    if (!definition.final && !leaves) error(path, 'process.check.dead_end', { state: definition.name['zh-CN'] })
    if (!definition.final && !definition.assign && !definition.parallel && !definition.waits)
      error(path, 'process.check.nobody_owns', { state: definition.name['zh-CN'] })
  }

  const reached = new Set([body.initial])
  const queue = [body.initial]
  for (let at = queue.pop(); at !== undefined; at = queue.pop())
    for (const next of targets.get(at) ?? [])
      if (!reached.has(next)) {
        reached.add(next)
        queue.push(next)
      }
  for (const key of states)
    if (!reached.has(key))
      error(`/states/${key}`, 'process.check.unreachable', { state: body.states[key]!.name['zh-CN'] })
  if (![...reached].some((key) => body.states[key]?.final)) error('/states', 'process.check.no_end')

  const started = new Set([
    ...(body.start.clocks ?? []),
    ...Object.values(body.actions).flatMap((action) => action.clocks?.start ?? []),
  ])
  for (const [key, definition] of Object.entries(body.clocks)) {
    if (!started.has(key))
      warning(`/clocks/${key}`, 'process.check.clock_never_starts', { clock: definition.name['zh-CN'] })
    if (definition.onDue) bySystem(`/clocks/${key}/onDue`, definition.onDue)
    if (definition.when) cel(`/clocks/${key}/when`, definition.when)
    for (const level of definition.escalate ?? []) {
      role(`/clocks/${key}/escalate`, level.to.role)
      unit(`/clocks/${key}/escalate`, level.to.unit)
    }
  }
  return findings
}
