import { randomBytes } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Actor, StaffActor } from '#platform/access/actor.ts'
import { writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { receiveUpload } from '#platform/files/uploads.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import { findCase } from '#platform/process/case.store.ts'
import { actOnCase, actOnLoaded } from '#platform/process/engine.ts'
import { linkedTo } from '#platform/process/link.store.ts'
import { insertOriginal, insertRating } from '../server/loop.store.ts'
import { openReport, type ReportInput } from '../server/open-report.ts'

const SEED = join(import.meta.dirname, '../seed')
const FILE = 'cases-wuzhong.json'

interface WrittenStep {
  action: string
  gapSeconds: number
  actor: string
  note?: string
  leadUnit?: string
  rating?: number
  at?: string
}

interface WrittenCase {
  key: string
  title: string
  text: string
  classCode: string
  source: string
  village: string
  grid?: string
  placeText: string
  point: [number, number]
  secrecy: string
  reporter: { kind: string; name?: string; phone?: string; login?: string }
  photos: string[]
  coUnits?: string[]
  stage: string
  startedWorkSecondsAgo: number
  steps: WrittenStep[]
  reply?: string
  reportedAt?: string
  /** The case it is merged into, by key. */
  mergedInto?: string
  /** The case from which it was opened for an unanswered request, by key. */
  childOf?: string
}

/**
 * Plays the written demo cases through the real intake and the real actions, each by the account that the script names,
 * at times counted back from now in the county's working time. A case is one transaction; one that is there is skipped.
 */
export async function loadWrittenCases(load: DemoLoad): Promise<void> {
  const { services, here } = load
  const { cases } = JSON.parse(readFileSync(join(SEED, FILE), 'utf8')) as { cases: WrittenCase[] }
  const now = services.clock.now()
  const started = (written: WrittenCase) =>
    written.reportedAt
      ? new Date(written.reportedAt)
      : here.calendar.before(now, { value: written.startedWorkSecondsAgo / 3600, unit: 'workHour' })
  const families = [...Map.groupBy(cases, (written) => written.mergedInto ?? written.childOf ?? written.key).values()]
    .map((family) => family.map((written) => ({ written, at: started(written) })))
    .map((family) => family.sort((one, other) => one.at.getTime() - other.at.getTime()))
    .sort((one, other) => one[0]!.at.getTime() - other[0]!.at.getTime())
  const known = await services.pool.inCounty(here.county, async (tx) => {
    const { rows } = await sql<{ source_id: string }>`
      select source_id from loop_original where source_file = ${FILE}`.execute(tx)
    return new Set(rows.map((row) => row.source_id))
  })
  let done = 0
  for (const family of families) {
    if (load.signal.aborted) return
    if (!known.has(family[0]!.written.key)) {
      try {
        await playFamily(load, family, now)
      } catch (error) {
        services.log.error({ err: error }, 'a written demo case could not be played')
      }
    }
    done += family.length
    load.progress('演示办件', done, cases.length)
  }
}

interface Started {
  written: WrittenCase
  at: Date
}

/** One moment of a family: a report comes in, or somebody does a step. */
interface Moment {
  at: Date
  written: WrittenCase
  step: WrittenStep | null
}

/** Cases that belong together are played side by side in the order of time; they are one transaction. */
async function playFamily(load: DemoLoad, family: readonly Started[], until: Date): Promise<void> {
  const { services, here } = load
  const reporters = new Map<string, Actor>()
  const fileIds = new Map<string, string[]>()
  const actors = new Map<string, StaffActor>()
  for (const { written, at } of family) {
    const reporter = await reporterOf(load, written)
    reporters.set(written.key, reporter)
    // A photo came in when its report did, not when the demo was loaded.
    const room = { ...fileRoomOf(services, here), clock: { now: () => at } }
    const ids: string[] = []
    for (const photo of written.photos) {
      const stream = createReadStream(join(SEED, 'photos', photo))
      ids.push((await receiveUpload(room, stream, { name: photo, actor: reporter })).id)
    }
    fileIds.set(written.key, ids)
    for (const { actor } of written.steps) {
      if (actor === 'reporter' || actors.has(actor)) continue
      const found = await load.actor(actor)
      if (found) actors.set(actor, found)
    }
  }
  const moments = family.flatMap((each) => momentsOf(load, each)).filter(({ at }) => at <= until)
  moments.sort((one, other) => one.at.getTime() - other.at.getTime())
  const ids = new Map<string, number>()
  await services.pool.inCounty(here.county, async (tx) => {
    for (const { at, written, step } of moments) {
      const reporter = reporters.get(written.key)!
      if (step === null) {
        const opening = contextAt(load, tx, reporter, at)
        const { state } = await openReport(opening, reportOf(written, fileIds.get(written.key)!))
        ids.set(written.key, state.id)
        await keepOriginal(tx, state.id, written, until)
        await writePending(opening, { route: 'loop.demo' })
        continue
      }
      const caseId = ids.get(written.key)
      // A step of a case that its script has not opened by now.
      if (caseId === undefined) throw new Error(`demo case ${written.key}: no case for ${step.action}`)
      // The other side of merging is told by the case that is merged.
      if (step.action === 'merge' && !written.mergedInto) continue
      const actor = step.actor === 'reporter' ? reporter : actors.get(step.actor)
      if (!actor) throw new Error(`demo case ${written.key}: no account ${step.actor}`)
      const context = contextAt(load, tx, actorFor(step, actor, actors, written), at)
      await orderInspectionFirst(context, caseId, written, step, actors)
      try {
        await playStep(context, caseId, written, step, ids)
      } catch (error) {
        throw new Error(`demo case ${written.key}, step ${step.action}: ${(error as Error).message}`, { cause: error })
      }
      if (step.action === 'splitChild')
        for (const child of family.filter((other) => other.written.childOf === written.key)) {
          const [opened] = await linkedTo(tx, caseId, 'follow')
          ids.set(child.written.key, opened!)
          await keepOriginal(tx, opened!, child.written, until)
        }
      await writePending(context, { route: 'loop.demo' })
    }
  })
}

/** A request that was left unanswered is opened by a step of its first case, everything else by its reporter. */
function momentsOf({ here }: DemoLoad, { written, at: startedAt }: Started): Moment[] {
  const moments: Moment[] = written.childOf ? [] : [{ at: startedAt, written, step: null }]
  let at = startedAt
  for (const step of written.steps) {
    at = step.at ? new Date(step.at) : here.calendar.due(at, step.gapSeconds * 1000, 'workHour')
    moments.push({ at, written, step })
  }
  return moments
}

function reportOf(written: WrittenCase, fileIds: string[]): ReportInput {
  return {
    text: written.text,
    title: written.title,
    placeText: written.placeText,
    place: { lon: written.point[0], lat: written.point[1] },
    ...(written.grid ? { gridCode: written.grid } : { villageCode: written.village }),
    reporterName: written.reporter.name,
    reporterPhone: written.reporter.phone,
    source: written.source,
    classCode: written.classCode,
    fileIds,
  }
}

async function keepOriginal(tx: Tx, caseId: number, { key, stage }: WrittenCase, at: Date): Promise<void> {
  await insertOriginal(tx, caseId, FILE, key, { key, stage, marker: '演示' }, at)
}

/** What a helping unit finished is reported by who signed for the leading unit. */
function actorFor(
  step: WrittenStep,
  actor: Actor,
  actors: ReadonlyMap<string, StaffActor>,
  written: WrittenCase,
): Actor {
  // What was not answered is found by who signs the answer.
  if (step.action === 'splitChild') {
    const signing = written.steps.find((other) => other.action === 'signReply')
    return (signing && actors.get(signing.actor)) || actor
  }
  if (step.action !== 'feedback') return actor
  const signed = written.steps.findLast((other) => other.action === 'sign')
  return (signed && actors.get(signed.actor)) || actor
}

/** The script does not tell every order; whoever files the case gives it a moment before the inspection. */
async function orderInspectionFirst(
  context: Context,
  caseId: number,
  written: WrittenCase,
  step: WrittenStep,
  actors: ReadonlyMap<string, StaffActor>,
): Promise<void> {
  if (step.action !== 'inspectPass' && step.action !== 'inspectFail') return
  const loaded = await findCase(context.tx, caseId, true)
  const filed = written.steps.find((other) => other.action === 'fileCase')
  const chief = filed && actors.get(filed.actor)
  if (loaded?.case.state !== 'handled' || !chief) return
  const ordering: Context = {
    ...context,
    actor: chief,
    now: new Date(context.now.getTime() - 60_000),
    pending: new Pending(),
  }
  await actOnCase(ordering, { caseId, action: 'orderInspect' })
  await writePending(ordering, { route: 'loop.demo' })
}

async function playStep(
  context: Context,
  caseId: number,
  written: WrittenCase,
  step: WrittenStep,
  ids: ReadonlyMap<string, number>,
): Promise<void> {
  // A ruling dispatches; what the script does after it has been done.
  if (step.action === 'dispatch') {
    const loaded = await findCase(context.tx, caseId, true)
    if (loaded?.case.state === 'dispatched') return
  }
  if (step.action === 'evaluate') {
    const loaded = await findCase(context.tx, caseId, true)
    const visitor: Context = { ...context, actor: { kind: 'public', secret: 'demo' } }
    await actOnLoaded(visitor, loaded!, { caseId, action: 'evaluate', form: { score: step.rating ?? 4 } })
    await insertRating(context.tx, context.here.keys, caseId, {
      score: step.rating ?? 4,
      comment: step.note,
      at: context.now,
    })
    return
  }
  await actOnCase(context, {
    caseId,
    action: step.action === 'splitChild' ? 'followUp' : step.action,
    form: formOf(context, written, step, ids),
    note: step.note ?? null,
  })
}

function formOf(
  context: Context,
  written: WrittenCase,
  step: WrittenStep,
  ids: ReadonlyMap<string, number>,
): Record<string, unknown> {
  const note = step.note ?? ''
  const words = (fallback: string) => (note.length >= 4 ? note : fallback)
  switch (step.action) {
    case 'accept':
      return note ? { opinion: note } : {}
    case 'reject':
      return { reason: '不属于受理范围', reply: words('已电话说明不予受理的原因和正确渠道').padEnd(10, '。') }
    case 'orderVerify':
    case 'orderInspect':
      return note ? { request: note } : {}
    case 'verify':
    case 'inspectFail':
      return { finding: words('已到现场查看') }
    case 'inspectPass':
      return note ? { finding: note } : {}
    case 'dispatch': {
      const unit = context.here.directory.unitByCode(step.leadUnit ?? '')
      return unit ? { unitId: unit.id, reason: words('按职责清单派遣') } : {}
    }
    case 'rule': {
      const unit = written.steps.findLast((other) => other.action === 'dispatch')?.leadUnit ?? ''
      const { directory } = context.here
      const coUnitIds = (written.coUnits ?? []).flatMap((code) => directory.unitByCode(code)?.id ?? [])
      return { unitId: directory.unitByCode(unit)?.id, coUnitIds, reason: words('按职责清单裁定') }
    }
    case 'returnCase':
      return { clause: /引([^，。]+)/.exec(note)?.[1] ?? '职责清单相关条款', reason: words('不属本单位职责') }
    case 'handle':
      return { progress: words('已到场处置') }
    case 'requestExtension':
      return { extensionAsked: 1, reason: words('需要更多时间') }
    case 'approveExtension':
      return { extendBy: 1, opinion: words('同意延期') }
    case 'feedback':
      return { result: words('已处置完毕'), reply: written.reply ?? words('已处置完毕，感谢反映。') }
    case 'merge':
      return { mainCase: ids.get(written.mergedInto ?? ''), ...(note ? { reason: note } : {}) }
    case 'splitChild':
      return { requests: [words('反映的另一项诉求还没有答复')] }
    case 'cancel':
      return { reason: words('按规定作废') }
    default:
      return {}
  }
}

async function reporterOf(load: DemoLoad, written: WrittenCase): Promise<Actor> {
  const login = written.reporter.login
  const staff = login ? await load.actor(login) : undefined
  return staff ?? { kind: 'public', secret: randomBytes(24).toString('base64url') }
}

function contextAt(load: DemoLoad, tx: Tx, actor: Actor, now: Date): Context {
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
