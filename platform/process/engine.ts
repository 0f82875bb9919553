import type { Actor, HeldPost, StaffActor } from '#platform/access/actor.ts'
import { grantsFor } from '#platform/access/actor.ts'
import { caseVisibility, predicateHolds, type ScopedRow, scopeOf } from '#platform/access/policy.ts'
import {
  type ClockState,
  extendClock,
  isOverdue,
  limitClock,
  pauseClock,
  resumeClock,
  startClock,
  stopClock,
} from '#platform/calendar/deadline-clock.ts'
import type { Limit } from '#platform/calendar/work-calendar.ts'
import type { Context } from '#platform/command/context.ts'
import { decryptField, encryptField } from '#platform/crypto/field-encryption.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { caseAsOwner, setSecrecyOf } from '#platform/files/file.store.ts'
import { maskNumbers } from '#platform/logs/redact.ts'
import { resolveAssignment } from '#platform/process/assignment.ts'
import {
  type CaseClock,
  type CaseState,
  findCase,
  type HopWrite,
  insertCase,
  insertSubmission,
  type LoadedCase,
  listSubmissions,
  moveParties,
  nextNumber,
  openSubmissions,
  type PartyRow,
  type Secrecy,
  type TimerRow,
  type WorkItem,
  writeHop,
} from '#platform/process/case.store.ts'
import type { ActionDef, ProcessDefinition, WhoDef } from '#platform/process/definition.ts'
import type { ShelvedDefinition } from '#platform/process/definition-shelf.ts'
import type { CasePatch, WhyPart } from '#platform/process/effect.ts'
import { checkForm, maskForm, pick } from '#platform/process/form.ts'
import { endLink, insertLink, type LinkKind, linkedTo, shareParties } from '#platform/process/link.store.ts'
import { withEnglishNames } from '#platform/process/name-params.ts'
import { ruleHolds } from '#platform/rules/rule.ts'
import { indexCase, reindexScope } from '#platform/search/case-index.ts'

const MAIN = 'main'

export interface StartInput {
  definitionKey: string
  title: string
  source: string
  form: Record<string, unknown>
  /** Already checked values of the flow that are not in the form (recognition, place). */
  data?: Record<string, unknown>
  classCode?: string | null
  severity?: number
  secrecy?: Secrecy
  townCode?: string | null
  villageCode?: string | null
  gridCode?: string | null
  lineCode?: string | null
  placeText?: string | null
  place?: { lon: number; lat: number } | null
  unitId?: number | null
  /** The case that it belongs to or begins from; the caller has checked that the actor may link to it. */
  link?: { kind: LinkKind; toCaseId: number }
  /** What somebody outside demands at the latest, by clock. */
  clockCaps?: Readonly<Record<string, Date>>
  /** Post in which an official opens it, where several would do. */
  postId?: number
  /** Text that search should find besides number, title and place; no personal data. */
  searchText?: string
  /** Blind tokens of the reporter's phone and name, for exact look-up. */
  personTokens?: readonly Buffer[]
  why?: WhyPart[]
  note?: string | null
  /** When it was reported, for history that is imported; otherwise now. */
  openedAt?: Date
}

export interface ActInput {
  caseId: number
  action: string
  /** Version that the person saw; undefined for the engine itself. */
  version?: number
  form?: Record<string, unknown>
  note?: string | null
  /** Post in which the person acts, where several would do. */
  postId?: number
}

/** What an action may read about the actor, and as whom the hop is recorded. */
interface Acting {
  actor: Actor
  post: HeldPost | null
}

/** Opens a case: number, first hop, first work items, clocks. Many at once: `startCases`. */
export async function startCase(given: Context, input: StartInput): Promise<CaseState> {
  const prepared = await prepareStart(given, input)
  const { hop, prefix } = prepared
  const { tx } = given
  const state = hop.case
  state.number = await nextNumber(tx, prefix)
  state.id = await insertCase(tx, state)
  if (input.link) await insertLink(tx, { ...input.link, fromCaseId: state.id }, state.starterAccountId, hop.at)
  await writeHop(tx, hop, true)
  await indexCase(tx, state, input.searchText ?? '', input.personTokens ?? [])
  recordStart(given, prepared)
  return state
}

/** A case as it is about to be opened: all of its first hop but number and id. */
export interface PreparedStart {
  /** What its number begins with. */
  prefix: string
  hop: HopWrite
}

/** Judges a new case and works out its first hop; writes nothing but what the start effects of its flow write. */
export async function prepareStart(given: Context, input: StartInput): Promise<PreparedStart> {
  const at = input.openedAt ?? given.now
  const context: Context = { ...given, now: at, history: given.history === true || input.openedAt !== undefined }
  const { here, actor } = context
  const shelved = here.definitions.current(input.definitionKey)
  const { body } = shelved
  if (body.start.permission && actor.kind !== 'system' && grantsFor(actor, body.start.permission).length === 0)
    throw new AppError('platform.forbidden', { status: 403 })
  if (body.start.form) checkForm(context.services.ajv, body.start.form, input.form)
  const form = maskForm(body.start.form, input.form)
  const posts = actor.kind === 'staff' ? actor.posts : []
  const post = posts.find((held) => held.postId === input.postId) ?? posts[0] ?? null
  const prefix = numberPrefix(context, body, input.townCode ?? null, at)
  const state: CaseState = {
    id: 0,
    number: '',
    definitionId: shelved.id,
    definitionKey: body.key,
    state: body.initial,
    phase: body.states[body.initial]!.phase,
    title: maskNumbers(input.title),
    classCode: input.classCode ?? null,
    severity: input.severity ?? 0,
    secrecy: input.secrecy ?? 'internal',
    source: input.source,
    townCode: input.townCode ?? null,
    villageCode: input.villageCode ?? null,
    gridCode: input.gridCode ?? null,
    lineCode: input.lineCode ?? null,
    placeText: input.placeText ? maskNumbers(input.placeText) : null,
    place: input.place ?? null,
    unitId: input.unitId ?? null,
    starterAccountId: actor.kind === 'staff' ? actor.accountId : null,
    openedAt: at,
    closedAt: null,
    dueAt: null,
    provisional: false,
    overdue: false,
    version: 1,
    hop: 1,
    lastHopAt: at,
    data: {
      ...input.data,
      ...pick(form, body.start.keep ?? []),
      ...(post ? { starterUnitId: post.unitId } : {}),
      ...(input.clockCaps?.reply ? { ownCap: input.clockCaps.reply.toISOString() } : {}),
    },
  }
  const parties: PartyRow[] = []
  if (post && actor.kind === 'staff')
    parties.push({ unitId: post.unitId, accountId: actor.accountId, role: 'start', named: true })
  const why = [...(input.why ?? [])]
  for (const effect of body.start.effects ?? [])
    await applyEffect(context, state, parties, why, effect.name, 'start', form, {})
  const clocks: CaseClock[] = (body.start.clocks ?? []).map((key) => ({
    key,
    state: startClock(here.calendar, at, limitOf(context, body, key, state), input.clockCaps?.[key] ?? null),
    overdue: false,
  }))
  settle(state, body, clocks, at)
  const loaded: LoadedCase = emptyLoaded(state, clocks)
  const items = workFor(context, body, loaded, null)
  for (const item of items) parties.push(partyOf(item))
  return {
    prefix,
    hop: {
      case: state,
      at,
      trace: {
        action: 'start',
        fromState: null,
        toState: state.state,
        actorKind: actor.kind,
        accountId: actor.kind === 'staff' ? actor.accountId : null,
        unitId: post?.unitId ?? null,
        postId: post?.postId ?? null,
        acting: post?.acting ?? false,
        note: input.note ? maskNumbers(input.note) : null,
        form,
        why: why.length > 0 ? why : null,
        deviceAt: context.request.deviceAt ?? null,
      },
      clocks,
      items: withDue(items, clocks, state),
      rearmed: [],
      timers: stillToTell(
        context,
        clocks.flatMap((clock) => timersOf(context, body, clock)),
      ),
      parties: uniqueParties(parties),
    },
  }
}

/** Numbers, evidence and the event of a case whose rows are written. */
export function recordStart(context: Context, { hop }: PreparedStart): void {
  record(context, null, hop.case, 'start', hop.at)
}

/** Does one action on a case. Throws 404 out of sight, 403 without the right, 409 where the case moved on or a rule forbids it. */
export async function actOnCase(context: Context, input: ActInput): Promise<CaseState> {
  const loaded = await findCase(context.tx, input.caseId, true)
  if (!loaded || !maySee(context.actor, loaded)) throw notFound()
  return actOnLoaded(context, loaded, input)
}

/** The same on a case that the caller has locked and may see (a reporter by follow-up code, the engine itself). */
export async function actOnLoaded(given: Context, loaded: LoadedCase, input: ActInput): Promise<CaseState> {
  const now = hopMoment(given.now, loaded.case)
  const context: Context = { ...given, now }
  const { here, actor } = context
  const shelved = here.definitions.byId(loaded.case.definitionId)
  const { body } = shelved
  const action = body.actions[input.action]
  if (!action) throw new AppError('process.action_unknown', { status: 404, params: { action: input.action } })
  const refusal = whyNot(context, shelved, loaded, input.action)
  if (refusal) throw refusal
  if (
    input.version !== undefined &&
    input.version !== loaded.case.version &&
    !(action.submission && onlySubmissionsSince(body, loaded, input.version))
  )
    throw new AppError('process.version_conflict', { status: 409, params: { version: loaded.case.version } })
  const typed = input.form ?? {}
  if (action.form) checkForm(context.services.ajv, action.form, typed)
  const form = maskForm(action.form, typed)
  const note = input.note ? maskNumbers(input.note) : null
  const possible = actingAs(actor, body, loaded, action, input.postId)
  const before = { ...loaded.case }
  const state = loaded.case
  // What is sealed reaches neither the case's data nor an effect, whatever the definition says.
  const sealed = action.submission === true && body.states[state.state]?.parallel?.sealed === true
  if (!sealed) state.data = { ...state.data, ...pick(form, action.keep ?? []) }
  const acting = passingGuards(context, loaded, action, form, possible)
  const parties: PartyRow[] = []
  const why: WhyPart[] = []
  for (const effect of action.effects ?? [])
    await applyEffect(context, state, parties, why, effect.name, input.action, sealed ? {} : form, effect.with ?? {})

  // A note given along with a sealed form is sealed with it: the trace is open to all who see the case.
  const content = sealed && note ? { ...form, note } : form
  const submitted = action.submission ? await submit(context, body, loaded, acting, content) : null
  const fromState = state.state
  if (!action.submission) state.state = target(body, loaded, action, form, acting, now)
  state.phase = body.states[state.state]!.phase
  const moved = state.state !== fromState
  const untouched = loaded.clocks
  const { clocks, rearmed, timers } = moveClocks(context, body, loaded, action, form)
  settle(state, body, clocks, now)
  state.hop += 1
  if (actor.kind !== 'system') state.version += 1
  state.lastHopAt = now
  loaded.done.push({
    action: input.action,
    accountId: actor.kind === 'staff' ? actor.accountId : null,
    unitId: acting.post?.unitId ?? null,
    toState: state.state,
  })
  loaded.clocks = clocks
  const items = workFor(context, body, loaded, moved ? null : { fromState, without: submitted?.slot ?? null })
  if (actor.kind === 'staff')
    parties.push({
      unitId: acting.post?.unitId ?? null,
      accountId: actor.accountId,
      role: input.action,
      named: true,
    })
  for (const item of items) parties.push(partyOf(item))
  const changed = clocks.filter((clock) => !untouched.includes(clock))
  await writeHop(
    context.tx,
    {
      case: state,
      at: now,
      trace: {
        action: input.action,
        fromState,
        toState: state.state,
        actorKind: actor.kind,
        accountId: actor.kind === 'staff' ? actor.accountId : null,
        unitId: acting.post?.unitId ?? null,
        postId: acting.post?.postId ?? null,
        acting: acting.post?.acting ?? false,
        note: sealed ? null : note,
        form: submitted ? { slot: submitted.slot, sealed: submitted.sealed } : input.form ? form : null,
        why: why.length > 0 ? why : null,
        deviceAt: context.request.deviceAt ?? null,
      },
      clocks: changed,
      items: withDue(items, clocks, state),
      rearmed,
      timers,
      parties: uniqueParties(parties),
    },
    false,
  )
  if (typeof state.data.mergedCount === 'number' && state.data.mergedCount > 0)
    await shareParties(context.tx, state.id, uniqueParties(parties), now)
  if (before.secrecy !== state.secrecy) await setSecrecyOf(context.tx, caseAsOwner(state))
  if (placeChanged(before, state)) {
    await moveParties(context.tx, state)
    await reindexScope(context.tx, before, state)
  }
  record(context, before, state, input.action, now)
  if (submitted) return join(context, loaded, state, body)
  if (before.closedAt === null && state.closedAt !== null) await tellLinked(context, state, body)
  return state
}

/** What other cases may leave on one without an action of its flow: a hop that changes neither state nor who has the work. */
export interface CaseNote {
  /** Name of the hop, as `get-case` words it. */
  action: string
  why: WhyPart[]
  data?: Record<string, unknown>
  /** What is demanded at the latest, by clock; null lifts it. */
  clockCaps?: Readonly<Record<string, Date | null>>
}

/** Leaves a note on a case that is locked; its version stays, since what people see of it and may do stays true. */
export async function noteOnCase(given: Context, loaded: LoadedCase, note: CaseNote): Promise<CaseState> {
  const now = hopMoment(given.now, loaded.case)
  const context: Context = { ...given, now }
  const { here, actor, tx } = context
  const { body } = here.definitions.byId(loaded.case.definitionId)
  const before = { ...loaded.case }
  const state = loaded.case
  state.data = { ...state.data, ...note.data }
  const untouched = loaded.clocks
  const clocks = untouched.map((clock): CaseClock => {
    const cap = note.clockCaps?.[clock.key]
    if (cap === undefined) return clock
    const moved = limitClock(here.calendar, clock.state, cap)
    return moved === clock.state ? clock : { ...clock, state: moved, overdue: clock.overdue && isOverdue(moved, now) }
  })
  const changed = clocks.filter((clock) => !untouched.includes(clock))
  loaded.clocks = clocks
  settle(state, body, clocks, now)
  state.hop += 1
  state.lastHopAt = now
  const accountId = actor.kind === 'staff' ? actor.accountId : null
  loaded.done.push({ action: note.action, accountId, unitId: null, toState: state.state })
  await writeHop(
    tx,
    {
      case: state,
      at: now,
      trace: {
        action: note.action,
        fromState: state.state,
        toState: state.state,
        actorKind: actor.kind,
        accountId,
        unitId: null,
        postId: null,
        acting: false,
        note: null,
        form: null,
        why: note.why,
        deviceAt: null,
      },
      clocks: changed,
      items: withDue(loaded.items, clocks, state),
      rearmed: changed.map((clock) => clock.key),
      timers: timersOfChanged(context, body, untouched, changed),
      parties: [],
    },
    false,
  )
  record(context, before, state, note.action, now)
  return state
}

/**
 * Cases that belong to one that has ended hear of it: those merged into it end with it (or, where it ended without an answer,
 * go on by themselves, as their flow says), and the whole of which it was a part has one part less to wait for.
 */
async function tellLinked(context: Context, state: CaseState, body: ProcessDefinition): Promise<void> {
  const { tx, here } = context
  const system: Context = { ...context, actor: { kind: 'system', name: 'links' } }
  const stateName = body.states[state.state]!.name
  if (typeof state.data.mergedCount === 'number' && state.data.mergedCount > 0)
    for (const id of await linkedTo(tx, state.id, 'merged')) {
      const merged = (await findCase(tx, id, true))!
      const action = here.definitions.byId(merged.case.definitionId).body.links?.mainEnded
      if (!action || merged.case.closedAt !== null) continue
      const form = { state: state.state, ...(typeof state.data.reply === 'string' ? { reply: state.data.reply } : {}) }
      const after = await actOnLoaded(system, merged, { caseId: id, action, form })
      if (after.closedAt === null) await endLink(tx, id, 'merged', context.now)
    }
  const partOf = typeof state.data.partOf === 'number' ? state.data.partOf : null
  if (partOf === null) return
  const whole = await findCase(tx, partOf, true)
  if (!whole) return
  const open = typeof whole.case.data.openParts === 'number' ? whole.case.data.openParts : 0
  const waited = state.data.waitedFor === true
  const openParts = waited ? Math.max(0, open - 1) : open
  await noteOnCase(system, whole, {
    action: 'partEnded',
    why: [
      {
        key: waited ? 'process.why.part_ended' : 'process.why.follow_ended',
        params: { number: state.number, state: stateName['zh-CN'], 'state@en': stateName.en, open: openParts },
      },
    ],
    data: { openParts },
  })
  const then = here.definitions.byId(whole.case.definitionId).body
  const action = then.links?.partsEnded
  if (waited && openParts === 0 && action && then.actions[action]?.from.includes(whole.case.state))
    await actOnLoaded(system, whole, { caseId: partOf, action })
}

/**
 * The one moment of the next hop, for trace and clocks alike. Time is taken before the case's lock: whoever had to wait for
 * it would otherwise be recorded before the hop that was waited for.
 */
export function hopMoment(now: Date, state: CaseState): Date {
  return now < state.lastHopAt ? state.lastHopAt : now
}

/** Why the actor may not do this action now, as the error it would get; undefined when it may. */
export function whyNot(
  context: Pick<Context, 'actor' | 'here'>,
  shelved: ShelvedDefinition,
  loaded: LoadedCase,
  actionKey: string,
): AppError | undefined {
  const action = shelved.body.actions[actionKey]
  if (!action) return new AppError('process.action_unknown', { status: 404, params: { action: actionKey } })
  const { actor } = context
  if (!action.from.includes(loaded.case.state))
    return new AppError('process.wrong_state', {
      status: 409,
      params: withEnglishNames(shelved.body, {
        action: action.name['zh-CN'],
        state: shelved.body.states[loaded.case.state]?.name['zh-CN'] ?? '',
      }),
    })
  if (!entitled(actor, action.who, loaded)) return new AppError('platform.forbidden', { status: 403 })
  // What is handed in is handed in for a branch; who has none has nothing to hand in.
  if (action.submission && !(actor.kind === 'staff' && loaded.items.some((item) => holdsItem(actor, item))))
    return new AppError('platform.forbidden', { status: 403 })
  if (action.separate && actor.kind === 'staff') {
    const clash = loaded.done.find((hop) => hop.accountId === actor.accountId && action.separate!.includes(hop.action))
    if (clash)
      return new AppError('process.separate_person', {
        status: 409,
        params: withEnglishNames(shelved.body, {
          did: shelved.body.actions[clash.action]?.name['zh-CN'] ?? clash.action,
          action: action.name['zh-CN'],
        }),
      })
  }
  if (action.once !== undefined && loaded.done.filter((hop) => hop.action === actionKey).length >= action.once)
    return new AppError('process.only_once', {
      status: 409,
      params: withEnglishNames(shelved.body, { action: action.name['zh-CN'], times: action.once }),
    })
  return undefined
}

/** Whether the actor sees the case at all. */
export function maySee(actor: Actor, loaded: LoadedCase): boolean {
  return predicateHolds(caseVisibility(actor), scopedRow(loaded))
}

/** What the case policy reads of a loaded case. */
export function scopedRow(loaded: LoadedCase): ScopedRow {
  const { case: c } = loaded
  return {
    townCode: c.townCode,
    villageCode: c.villageCode,
    gridCode: c.gridCode,
    lineCode: c.lineCode,
    secrecy: c.secrecy,
    partyUnitIds: loaded.partyUnitIds,
    partyAccountIds: loaded.partyAccountIds,
    namedAccountIds: loaded.namedAccountIds,
    openWork: loaded.items,
  }
}

function holdsItem(actor: StaffActor, item: WorkItem): boolean {
  if (item.accountId !== null) return item.accountId === actor.accountId
  return actor.posts.some((post) => post.unitId === item.unitId && post.role === item.role)
}

function entitled(actor: Actor, who: WhoDef, loaded: LoadedCase): boolean {
  if (actor.kind === 'system') return true
  if (who.system) return false
  if (who.reporter) return actor.kind === 'public'
  if (actor.kind !== 'staff') return false
  if (who.starter && loaded.case.starterAccountId !== actor.accountId) return false
  if (who.assignee && !loaded.items.some((item) => holdsItem(actor, item))) return false
  if (who.units) {
    const named = who.units === 'case.unit' ? loaded.case.unitId : loaded.case.data[who.units.slice('data.'.length)]
    const units = Array.isArray(named) ? named : [named]
    if (!actor.posts.some((post) => units.includes(post.unitId))) return false
  }
  if (who.permission) {
    const grants = grantsFor(actor, who.permission)
    if (grants.length === 0) return false
    // Who has the work, or whose unit the case names, acts wherever the case lies; others only inside their grant.
    if (!who.assignee && !who.units && !predicateHolds(scopeOf(grants), scopedRow(loaded))) return false
  }
  return Boolean(who.permission || who.assignee || who.units || who.starter)
}

/** As whom the actor may do the action, likeliest first: by the post that has the work, one of the state's role, any other. */
function actingAs(
  actor: Actor,
  body: ProcessDefinition,
  loaded: LoadedCase,
  action: ActionDef,
  postId: number | undefined,
): [Acting, ...Acting[]] {
  if (actor.kind !== 'staff') return [{ actor, post: null }]
  const chosen = postId === undefined ? undefined : actor.posts.find((post) => post.postId === postId)
  if (chosen) return [{ actor, post: chosen }]
  const role = body.states[loaded.case.state]?.assign?.role
  const withWork = actor.posts.filter((post) =>
    loaded.items.some((item) => item.unitId === post.unitId && item.role === post.role),
  )
  // Work that was handed to a post is done in that post.
  const posts =
    action.who.assignee && withWork.length > 0
      ? withWork
      : [...new Set([...withWork, ...actor.posts.filter((post) => post.role === role), ...actor.posts])]
  const [first, ...others] = posts.map((post): Acting => ({ actor, post }))
  return [first ?? { actor, post: null }, ...others]
}

function ruleVars(
  { case: state, clocks }: LoadedCase,
  form: Record<string, unknown>,
  acting: Acting,
  now: Date,
): Record<string, unknown> {
  return {
    // As text of one form (UTC), so that instants compare as they follow each other.
    now: now.toISOString(),
    clocks: Object.fromEntries(
      clocks.map((clock) => [
        clock.key,
        {
          running: !clock.state.stoppedAt && !clock.state.pausedAt,
          late: clock.overdue || isOverdue(clock.state, now),
          dueAt: clock.state.dueAt.toISOString(),
        },
      ]),
    ),
    case: {
      state: state.state,
      phase: state.phase,
      classCode: state.classCode ?? '',
      severity: state.severity,
      secrecy: state.secrecy,
      source: state.source,
      townCode: state.townCode ?? '',
      villageCode: state.villageCode ?? '',
      lineCode: state.lineCode ?? '',
      hasUnit: state.unitId !== null,
      overdue: state.overdue,
    },
    data: state.data,
    form,
    actor: {
      kind: acting.actor.kind,
      role: acting.post?.role ?? '',
      unit: acting.post?.unitCode ?? '',
      division: acting.post?.division ?? '',
    },
  }
}

/**
 * The first guard that refuses an action whatever is filled in, so that a button that can only fail is not offered.
 * Guards that read the form, or data that the form fills, are judged when it is sent.
 */
export function refusingGuard(
  context: Pick<Context, 'actor' | 'services' | 'now'>,
  body: ProcessDefinition,
  loaded: LoadedCase,
  action: ActionDef,
): { error: AppError; quiet: boolean } | undefined {
  const filled = (action.keep ?? []).map((key) => `data.${key}`)
  const guards = (action.guards ?? []).filter(
    ({ cel }) => !/\bform\b/.test(cel) && !filled.some((name) => cel.includes(name)),
  )
  if (guards.length === 0) return undefined
  const [guard, ...others] = actingAs(context.actor, body, loaded, action, undefined).map((acting) =>
    failingGuard(context, loaded, guards, {}, acting),
  )
  // One post that passes is enough.
  if (!guard || others.includes(undefined)) return undefined
  return { error: guardError(guard), quiet: guard.quiet === true }
}

type Guard = NonNullable<ActionDef['guards']>[number]

function guardError(guard: Guard): AppError {
  return new AppError('process.guard', { status: 409, params: { zh: guard.text['zh-CN'], en: guard.text.en } })
}

function failingGuard(
  context: Pick<Context, 'services' | 'now'>,
  loaded: LoadedCase,
  guards: readonly Guard[],
  form: Record<string, unknown>,
  acting: Acting,
): Guard | undefined {
  return guards.find((guard) => {
    try {
      return !ruleHolds(guard.cel, ruleVars(loaded, form, acting, context.now))
    } catch (error) {
      context.services.log.warn({ err: error, case: loaded.case.id }, 'a guard could not be evaluated')
      return true
    }
  })
}

/** The first of the posts in which no guard refuses; who holds several need not know which. */
function passingGuards(
  context: Context,
  loaded: LoadedCase,
  action: ActionDef,
  form: Record<string, unknown>,
  possible: readonly [Acting, ...Acting[]],
): Acting {
  const judged = possible.map((acting) => failingGuard(context, loaded, action.guards ?? [], form, acting))
  const passed = judged.indexOf(undefined)
  if (passed < 0) throw guardError(judged[0]!)
  return possible[passed]!
}

/** Whether a condition on a case holds, as its guards would read it; one that cannot be read does not. */
export function conditionHolds(
  context: Pick<Context, 'actor' | 'services' | 'now'>,
  loaded: LoadedCase,
  cel: string,
): boolean {
  const unsaid = { 'zh-CN': '', en: '' }
  return failingGuard(context, loaded, [{ cel, text: unsaid }], {}, { actor: context.actor, post: null }) === undefined
}

function target(
  body: ProcessDefinition,
  loaded: LoadedCase,
  action: ActionDef,
  form: Record<string, unknown>,
  acting: Acting,
  now: Date,
): string {
  if (action.to === 'stay') return loaded.case.state
  if (typeof action.to === 'string') return action.to
  const vars = ruleVars(loaded, form, acting, now)
  const found = action.to.find((branch) => !branch.when || ruleHolds(branch.when, vars))
  if (!found)
    throw new AppError('process.no_target', {
      status: 409,
      params: { flow: body.name['zh-CN'], 'flow@en': body.name.en },
    })
  return found.to === 'stay' ? loaded.case.state : found.to
}

async function applyEffect(
  context: Context,
  state: CaseState,
  parties: PartyRow[],
  why: WhyPart[],
  name: string,
  action: string,
  form: Record<string, unknown>,
  parameters: Record<string, unknown>,
): Promise<void> {
  const effect = context.services.effects.get(name)
  if (!effect) throw new Error(`effect ${name} is not exported by any module`)
  const patch: CasePatch | undefined = await effect({ context, case: state, action, form, with: parameters })
  if (!patch) return
  const { data, parties: joined, why: reasons, ...columns } = patch
  Object.assign(state, columns)
  if (data) state.data = { ...state.data, ...data }
  for (const party of joined ?? [])
    parties.push({
      unitId: party.unitId ?? null,
      accountId: party.accountId ?? null,
      role: party.role,
      named: party.named ?? false,
    })
  if (reasons) why.push(...reasons)
}

function limitOf(context: Context, body: ProcessDefinition, key: string, state: CaseState): Limit {
  const { limit } = body.clocks[key]!
  if (limit.until) {
    const until = state.data[limit.until.slice('data.'.length)]
    const today = context.here.calendar.dateAt(context.now)
    const days = typeof until === 'string' ? (Date.parse(until) - Date.parse(today)) / 86_400_000 : Number.NaN
    if (days >= 1) return { value: Math.round(days), unit: 'day' }
  }
  if (limit.from) {
    let value: unknown = state.data
    for (const part of limit.from.split('.').slice(1)) value = (value as Record<string, unknown> | undefined)?.[part]
    const found = value as Limit | undefined
    if (found && typeof found.value === 'number' && typeof found.unit === 'string') return found
  }
  return limit.fallback as Limit
}

function moveClocks(
  context: Context,
  body: ProcessDefinition,
  loaded: LoadedCase,
  action: ActionDef,
  form: Record<string, unknown>,
): { clocks: CaseClock[]; rearmed: string[]; timers: TimerRow[] } {
  const { here, now } = context
  const byKey = new Map(loaded.clocks.map((clock) => [clock.key, clock]))
  const rearmed = new Set<string>()
  const change = action.clocks ?? {}
  const stop = (clock: CaseClock) => {
    const state = stopClock(here.calendar, clock.state, now)
    byKey.set(clock.key, { ...clock, state, overdue: clock.overdue || isLate(body, clock.key, state, now) })
    rearmed.add(clock.key)
  }
  for (const key of change.stop ?? []) {
    const clock = byKey.get(key)
    if (clock) stop(clock)
  }
  for (const key of change.pause ?? []) {
    const clock = byKey.get(key)
    if (!clock) continue
    const state = pauseClock(here.calendar, clock.state, now)
    byKey.set(key, { ...clock, state, overdue: clock.overdue || isLate(body, key, state, now) })
    rearmed.add(key)
  }
  for (const key of change.resume ?? []) {
    const clock = byKey.get(key)
    if (clock) byKey.set(key, { ...clock, state: resumeClock(here.calendar, clock.state, now) })
    rearmed.add(key)
  }
  for (const key of change.start ?? []) {
    const when = body.clocks[key]!.when
    if (when && !conditionHolds(context, loaded, when)) continue
    byKey.set(key, {
      key,
      state: startClock(here.calendar, now, limitOf(context, body, key, loaded.case)),
      overdue: false,
    })
    rearmed.add(key)
  }
  if (change.extend) {
    const clock = byKey.get(change.extend)
    const by = form.extendBy
    if (clock && typeof by === 'number') {
      const limit = { value: by, unit: clock.state.limit.unit }
      byKey.set(change.extend, { ...clock, state: extendClock(here.calendar, clock.state, limit), overdue: false })
      rearmed.add(change.extend)
    }
  }
  if (body.states[loaded.case.state]?.final)
    for (const clock of [...byKey.values()]) if (!clock.state.stoppedAt) stop(clock)
  const clocks = [...byKey.values()]
  const moved = clocks.filter((clock) => rearmed.has(clock.key))
  return { clocks, rearmed: [...rearmed], timers: timersOfChanged(context, body, loaded.clocks, moved) }
}

/** Whether a clock is late; one that marks a planned moment never is. */
function isLate(body: ProcessDefinition, key: string, state: ClockState, now: Date): boolean {
  return !body.clocks[key]?.onDue && isOverdue(state, now)
}

/** The timers of clocks that were moved, where they run on: of what had come before, nothing comes again. */
function timersOfChanged(
  context: Context,
  body: ProcessDefinition,
  before: readonly CaseClock[],
  moved: readonly CaseClock[],
): TimerRow[] {
  const { now } = context
  const pausedAt = new Map(before.map((clock) => [clock.key, clock.state.pausedAt]))
  const timers = moved
    .filter((clock) => !clock.state.stoppedAt && !clock.state.pausedAt)
    .flatMap((clock) =>
      timersOf(context, body, clock).filter((timer) => {
        // The notice was given when its time came.
        if (timer.kind === 'near') return timer.dueAt > now
        // A clock that was late before it was held goes on with the levels that had not been reached by then.
        return !clock.overdue || (timer.kind === 'escalate' && timer.dueAt > (pausedAt.get(clock.key) ?? now))
      }),
    )
  return stillToTell(context, timers)
}

/** Of what is brought in from the past: a deadline that is over is noted without telling anybody, notices of it are not given. */
function stillToTell({ history, services }: Context, timers: TimerRow[]): TimerRow[] {
  if (!history) return timers
  const now = services.clock.now()
  return timers.flatMap((timer) =>
    timer.dueAt > now ? [timer] : timer.kind === 'due' ? [{ ...timer, quiet: true }] : [],
  )
}

/** All timers of a running clock: due, near-due notice, escalations. */
export function timersOf(context: Context, body: ProcessDefinition, clock: CaseClock): TimerRow[] {
  const definition = body.clocks[clock.key]!
  const { calendar } = context.here
  const { dueAt, limit } = clock.state
  const timers: TimerRow[] = [{ clockKey: clock.key, kind: 'due', level: 0, dueAt }]
  if (definition.near !== undefined) {
    const whole = limit.unit === 'workday' || limit.unit === 'day'
    const rest = limit.value * (1 - definition.near)
    const near = calendar.before(dueAt, { value: whole ? Math.max(1, Math.round(rest)) : rest, unit: limit.unit })
    if (near.getTime() > clock.state.startedAt.getTime())
      timers.push({ clockKey: clock.key, kind: 'near', level: 0, dueAt: near })
  }
  for (const [index, level] of (definition.escalate ?? []).entries())
    timers.push({
      clockKey: clock.key,
      kind: 'escalate',
      level: index + 1,
      dueAt: calendar.deadline(dueAt, level.after as Limit).at,
    })
  return timers
}

/** Derives what follows from clocks and state: next deadline, overdue flag, end. */
export function settle(state: CaseState, body: ProcessDefinition, clocks: CaseClock[], at: Date): void {
  const running = clocks.filter((clock) => !clock.state.stoppedAt && !clock.state.pausedAt)
  const next = running.reduce<CaseClock | undefined>(
    (first, clock) => (!first || clock.state.dueAt < first.state.dueAt ? clock : first),
    undefined,
  )
  state.dueAt = next?.state.dueAt ?? null
  state.provisional = next?.state.provisional ?? false
  // A clock that is held makes nobody wait; that it was late shows again when it runs on.
  state.overdue = running.some((clock) => clock.overdue)
  if (body.states[state.state]?.final) state.closedAt ??= at
  else state.closedAt = null
}

function workFor(
  context: Context,
  body: ProcessDefinition,
  loaded: LoadedCase,
  stay: { fromState: string; without: string | null } | null,
): WorkItem[] {
  const { case: state } = loaded
  const definition = body.states[state.state]!
  const { directory } = context.here
  if (definition.parallel) {
    if (stay) return loaded.items.filter((item) => item.slot !== stay.without)
    const ids = state.data[definition.parallel.over.slice('data.'.length)]
    if (!Array.isArray(ids) || ids.length === 0) throw new AppError('process.no_branches', { status: 409 })
    const byUnit = definition.parallel.by === 'unit'
    return ids.map((id: number) => ({
      slot: `${byUnit ? 'unit' : 'account'}:${id}`,
      state: state.state,
      unitId: byUnit ? id : null,
      role: definition.parallel!.role,
      accountId: byUnit ? null : id,
      openedAt: context.now,
      clockKey: definition.clock ?? null,
    }))
  }
  if (!definition.assign) return []
  const starterUnit = typeof state.data.starterUnitId === 'number' ? state.data.starterUnitId : null
  const resolved = resolveAssignment(definition.assign, state, loaded.done, starterUnit, directory)
  const same = stay ? loaded.items.find((item) => item.slot === MAIN) : undefined
  return [
    {
      slot: MAIN,
      state: state.state,
      ...resolved,
      openedAt: same?.openedAt ?? context.now,
      clockKey: definition.clock ?? null,
    },
  ]
}

/** Work items with the deadline that rules them. */
export function withDue(items: WorkItem[], clocks: CaseClock[], state: CaseState) {
  return items.map((item) => {
    const clock = clocks.find((candidate) => candidate.key === item.clockKey)
    const running = clock && !clock.state.stoppedAt && !clock.state.pausedAt
    return {
      ...item,
      dueAt: running ? clock.state.dueAt : state.dueAt,
      overdue: running ? clock.overdue : state.overdue,
      provisional: running ? clock.state.provisional : state.provisional,
    }
  })
}

/**
 * Branches of a parallel state work side by side: what others handed in since a person looked leaves true what he saw.
 * Any other step since then does not.
 */
function onlySubmissionsSince(body: ProcessDefinition, loaded: LoadedCase, version: number): boolean {
  const steps = loaded.done.filter((hop) => body.actions[hop.action])
  const since = loaded.case.version - version
  return since > 0 && steps.length >= since && steps.slice(-since).every((hop) => body.actions[hop.action]?.submission)
}

/** Which visit of a state this is, counted from 1; submissions are kept by it. */
export function roundOf(loaded: LoadedCase, state: string): number {
  let round = 0
  let previous: string | null = null
  for (const hop of loaded.done) {
    if (hop.toState === state && previous !== state) round += 1
    previous = hop.toState
  }
  return round
}

async function submit(
  context: Context,
  body: ProcessDefinition,
  loaded: LoadedCase,
  acting: Acting,
  form: Record<string, unknown>,
): Promise<{ slot: string; sealed: boolean }> {
  const { case: state } = loaded
  const parallel = body.states[state.state]!.parallel!
  if (acting.actor.kind !== 'staff') throw new AppError('platform.forbidden', { status: 403 })
  const { accountId } = acting.actor
  const item = loaded.items.find((candidate) => holdsItem(acting.actor as StaffActor, candidate))
  if (!item) throw new AppError('platform.forbidden', { status: 403 })
  const sealed = parallel.sealed === true
  const round = roundOf(loaded, state.state)
  await insertSubmission(context.tx, state.id, state.state, round, {
    slot: item.slot,
    accountId,
    unitId: item.unitId,
    at: context.now,
    form: sealed ? null : form,
    sealed: sealed
      ? encryptField(context.here.keys, JSON.stringify(form), sealAad(state.id, state.state, item.slot))
      : null,
  })
  return { slot: item.slot, sealed }
}

/** What a sealed submission is bound to. */
export function sealAad(caseId: number, state: string, slot: string): string {
  return `process_submission:${caseId}:${state}:${slot}`
}

/** After a submission: when enough are in, opens them together and goes on. */
async function join(
  context: Context,
  loaded: LoadedCase,
  state: CaseState,
  body: ProcessDefinition,
): Promise<CaseState> {
  const parallel = body.states[state.state]!.parallel!
  const round = roundOf(loaded, state.state)
  const submissions = await listSubmissions(context.tx, state.id, state.state, round)
  const branches = (state.data[parallel.over.slice('data.'.length)] as unknown[]).length
  const need = parallel.join.need === 'all' ? branches : Math.min(parallel.join.need, branches)
  if (submissions.length < need) return state
  const forms = submissions.map((submission) => ({
    slot: submission.slot,
    form: submission.sealed
      ? (JSON.parse(
          decryptField(context.here.keys, submission.sealed, sealAad(state.id, state.state, submission.slot)),
        ) as Record<string, unknown>)
      : (submission.form ?? {}),
  }))
  if (parallel.sealed) await openSubmissions(context.tx, state.id, state.state, round, forms, context.now)
  const again = await findCase(context.tx, state.id, false)
  again!.case.data = { ...again!.case.data, [`${state.state}Results`]: forms.map((entry) => entry.form) }
  const system: Context = { ...context, actor: { kind: 'system', name: 'join' } }
  return actOnLoaded(system, again!, { caseId: state.id, action: parallel.join.action })
}

function partyOf(item: WorkItem): PartyRow {
  return { unitId: item.unitId, accountId: item.accountId, role: item.role, named: item.accountId !== null }
}

function uniqueParties(parties: PartyRow[]): PartyRow[] {
  const seen = new Map<string, PartyRow>()
  for (const party of parties) {
    if (party.unitId === null && party.accountId === null) continue
    const key = `${party.unitId}|${party.accountId}|${party.role}`
    const known = seen.get(key)
    seen.set(key, known ? { ...known, named: known.named || party.named } : party)
  }
  return [...seen.values()]
}

function placeChanged(before: CaseState, after: CaseState): boolean {
  return (
    before.townCode !== after.townCode ||
    before.villageCode !== after.villageCode ||
    before.gridCode !== after.gridCode ||
    before.lineCode !== after.lineCode
  )
}

/** Rollup, evidence and outbox rows of a hop. */
function record(context: Context, before: CaseState | null, after: CaseState, action: string, at: Date): void {
  const { pending } = context
  pending.subject = `case:${after.id}`
  if (before) pending.deltas.push({ ...deltaOf(before), amount: -1 })
  pending.deltas.push({ ...deltaOf(after), amount: 1 })
  pending.facts.push({
    kind: `case.${action}`,
    subject: `case:${after.id}`,
    content: {
      number: after.number,
      hop: after.hop,
      action,
      state: after.state,
      at: at.toISOString(),
      actor: context.actor.kind === 'staff' ? context.actor.accountId : context.actor.kind,
      unit: after.unitId,
    },
  })
  pending.jobs.push({
    kind: 'event:process.case_moved',
    aggregate: `case:${after.id}`,
    payload: { caseId: after.id, hop: after.hop, action, from: before?.state ?? null, to: after.state },
  })
}

/** Dimensions by which a case is counted. */
export function deltaOf(state: CaseState) {
  return {
    definitionKey: state.definitionKey,
    phase: state.phase,
    state: state.state,
    townCode: state.townCode,
    villageCode: state.villageCode,
    lineCode: state.lineCode,
    overdue: state.overdue && state.closedAt === null,
  }
}

function numberPrefix(context: Context, body: ProcessDefinition, townCode: string | null, at: Date): string {
  const { calendar, directory } = context.here
  const day = calendar.dateAt(at).replaceAll('-', '')
  const town = townCode ? directory.divisionInitials(townCode) : 'QJ'
  return `${body.numberPrefix.replace('{town}', town)}-${day}-`
}

function emptyLoaded(state: CaseState, clocks: CaseClock[]): LoadedCase {
  return {
    case: state,
    clocks,
    items: [],
    done: [{ action: 'start', accountId: state.starterAccountId, unitId: null, toState: state.state }],
    partyUnitIds: [],
    partyAccountIds: [],
    namedAccountIds: [],
  }
}
