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
import { insertOriginal, insertRating } from '../server/loop.store.ts'
import { openReport } from '../server/open-report.ts'

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
}

/** Steps whose actions are not part of the flow yet. */
const NOT_PLAYED: ReadonlySet<string> = new Set(['merge', 'splitChild'])

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
  const playable = cases
    .filter((written) => written.stage !== 'merged')
    .map((written) => ({ written, at: started(written) }))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
  const known = await services.pool.inCounty(here.county, async (tx) => {
    const { rows } = await sql<{ source_id: string }>`
      select source_id from loop_original where source_file = ${FILE}`.execute(tx)
    return new Set(rows.map((row) => row.source_id))
  })
  let done = 0
  for (const { written, at } of playable) {
    if (load.signal.aborted) return
    if (!known.has(written.key)) {
      try {
        await playCase(load, written, at, now)
      } catch (error) {
        services.log.error({ err: error }, 'a written demo case could not be played')
      }
    }
    load.progress('演示办件', ++done, playable.length)
  }
}

async function playCase(load: DemoLoad, written: WrittenCase, startedAt: Date, until: Date): Promise<void> {
  const { services, here } = load
  const reporter = await reporterOf(load, written)
  const fileIds: string[] = []
  // A photo came in when its report did, not when the demo was loaded.
  const room = { ...fileRoomOf(services, here), clock: { now: () => startedAt } }
  for (const photo of written.photos) {
    const row = await receiveUpload(room, createReadStream(join(SEED, 'photos', photo)), {
      name: photo,
      actor: reporter,
    })
    fileIds.push(row.id)
  }
  const actors = new Map<string, StaffActor>()
  for (const { actor } of written.steps) {
    if (actor === 'reporter' || actors.has(actor)) continue
    const found = await load.actor(actor)
    if (found) actors.set(actor, found)
  }
  await services.pool.inCounty(here.county, async (tx) => {
    const opening = contextAt(load, tx, reporter, startedAt)
    const { state } = await openReport(opening, {
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
    })
    await insertOriginal(
      tx,
      state.id,
      FILE,
      written.key,
      { key: written.key, stage: written.stage, marker: '演示' },
      until,
    )
    await writePending(opening, { route: 'loop.demo' })
    let at = startedAt
    for (const step of written.steps) {
      at = step.at ? new Date(step.at) : here.calendar.due(at, step.gapSeconds * 1000, 'workHour')
      if (at > until) break
      if (NOT_PLAYED.has(step.action)) continue
      const actor = step.actor === 'reporter' ? reporter : actors.get(step.actor)
      if (!actor) throw new Error(`demo case ${written.key}: no account ${step.actor}`)
      const context = contextAt(load, tx, actorFor(step, actor, actors, written), at)
      await orderInspectionFirst(context, state.id, written, step, actors)
      try {
        await playStep(context, state.id, written, step)
      } catch (error) {
        throw new Error(`demo case ${written.key}, step ${step.action}: ${(error as Error).message}`, { cause: error })
      }
      await writePending(context, { route: 'loop.demo' })
    }
  })
}

/** What a helping unit finished is reported by who signed for the leading unit. */
function actorFor(
  step: WrittenStep,
  actor: Actor,
  actors: ReadonlyMap<string, StaffActor>,
  written: WrittenCase,
): Actor {
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

async function playStep(context: Context, caseId: number, written: WrittenCase, step: WrittenStep): Promise<void> {
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
    action: step.action,
    form: formOf(context, written, step),
    note: step.note ?? null,
  })
}

function formOf(context: Context, written: WrittenCase, step: WrittenStep): Record<string, unknown> {
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
