import type { Actor, StaffActor } from '#platform/access/actor.ts'
import { writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import type { CaseState } from '#platform/process/case.store.ts'
import { actOnCase, startCase } from '#platform/process/engine.ts'
import { fillTitle } from '#platform/process/form.ts'

type Form = Record<string, unknown>

export interface PlayedStep {
  /** Log-in of who does it. */
  by: string
  /** Hours of working time since the step before. */
  after: number
  action: string
  form?: Form | ((context: Context) => Form)
  /** Done before the action, in its transaction and by the same person. */
  first?: (context: Context, caseId: number) => Promise<void>
}

export interface PlayedCase {
  /** Unique among the played cases of the flow; one that is there is not played again. */
  key: string
  flow: string
  by: string
  /** Hours of working time before now. */
  ago: number
  villageCode: string
  placeText: string
  place: { lon: number; lat: number }
  form: Form | ((context: Context) => Form)
  steps: readonly PlayedStep[]
}

/** Plays written demo cases of flows that officials open through the real engine, at past moments, each in one transaction. */
export async function playCases(load: DemoLoad, what: string, cases: readonly PlayedCase[]): Promise<void> {
  const { services, here } = load
  const { rows } = await services.pool.inCounty(here.county, (tx) =>
    sql<{ key: string }>`
      select data ->> 'demo' as key from process_case
       where definition_key = any(${[...new Set(cases.map(({ flow }) => flow))]}::text[]) and data ? 'demo'`.execute(
      tx,
    ),
  )
  const known = new Set(rows.map(({ key }) => key))
  for (const [index, played] of cases.entries()) {
    if (load.signal.aborted) return
    if (!known.has(played.key)) await playCase(load, played)
    load.progress(what, index + 1, cases.length)
  }
}

async function playCase(load: DemoLoad, played: PlayedCase): Promise<void> {
  const { services, here } = load
  const now = services.clock.now()
  const people = new Map<string, StaffActor>()
  for (const login of [played.by, ...played.steps.map(({ by }) => by)]) {
    const found = people.get(login) ?? (await load.actor(login))
    if (!found) throw new Error(`demo case ${played.key}: no account ${login}`)
    people.set(login, found)
  }
  await services.pool.inCounty(here.county, async (tx) => {
    let at = here.calendar.before(now, { value: played.ago, unit: 'workHour' })
    const opening = demoContext(load, tx, people.get(played.by)!, at)
    const state = await open(opening, played)
    await writePending(opening, { route: 'process.demo' })
    for (const step of played.steps) {
      at = here.calendar.due(at, step.after * 3_600_000, 'workHour')
      if (at > now) break
      const context = demoContext(load, tx, people.get(step.by)!, at)
      try {
        await step.first?.(context, state.id)
        const form = typeof step.form === 'function' ? step.form(context) : step.form
        await actOnCase(context, { caseId: state.id, action: step.action, ...(form ? { form } : {}) })
      } catch (error) {
        throw new Error(`demo case ${played.key}, step ${step.action}: ${(error as Error).message}`, { cause: error })
      }
      await writePending(context, { route: 'process.demo' })
    }
  })
}

async function open(context: Context, played: PlayedCase): Promise<CaseState> {
  const { body } = context.here.definitions.current(played.flow)
  const form = typeof played.form === 'function' ? played.form(context) : played.form
  return startCase(context, {
    definitionKey: played.flow,
    title: fillTitle(body.start.staff?.title ?? body.name['zh-CN'], form),
    source: 'request',
    form,
    data: { demo: played.key },
    townCode: played.villageCode.slice(0, 9),
    villageCode: played.villageCode,
    placeText: played.placeText,
    place: played.place,
    openedAt: context.now,
  })
}

/** The context of a step in the past: nobody is told of what is over. */
export function demoContext(load: DemoLoad, tx: Tx, actor: Actor, now: Date): Context {
  return {
    tx,
    actor,
    now,
    services: load.services,
    here: load.here,
    pending: new Pending(),
    request: { traceId: 'demo', address: null },
    history: true,
  }
}
