import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StaffActor } from '#platform/access/actor.ts'
import { writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import { findCountyUnit } from '#platform/process/assignment.ts'
import { actOnCase } from '#platform/process/engine.ts'
import { FLOW, openRequest } from '../server/open-request.ts'

const FILE = join(import.meta.dirname, '../../loop/seed/cases-wuzhong.json')

interface WrittenStep {
  action: string
  gapSeconds: number
  actor: string
  note: string
  opinion?: string
  scores?: Record<string, number>
}

interface WrittenReview {
  key: string
  type: string
  title: string
  village: string
  placeText: string
  point: [number, number]
  applicant: string
  form: Record<string, string | number>
  materials: { name: string; provided: boolean }[]
  signingUnits: string[]
  experts: string[]
  startedWorkSecondsAgo: number
  steps: WrittenStep[]
  outcome?: string
  minutes?: { number: string; text: string }
}

/** Kinds as the start form names them. */
const KINDS: Readonly<Record<string, string>> = {
  户外广告设施: '户外广告',
  临时集市设置: '集市设置',
  夜间集市设置: '集市设置',
  沿街店招改造: '店招改造',
}

/** Opinions and criteria as the forms name them. */
const OPINIONS: Readonly<Record<string, string>> = { 修改后同意: '有条件同意' }
const CRITERIA: Readonly<Record<string, string>> = {
  必要性: 'necessity',
  安全性: 'safety',
  便民程度: 'convenience',
  可恢复性: 'recoverability',
}

/** Fields that the start form has not; they go into the remarks under their names. */
const REMARKS: Readonly<Record<string, string>> = {
  access: '无障碍与便民设施',
  consent: '业主意见',
  contact: '联系',
  daylight: '日照影响',
  fees: '收费',
  funding: '资金',
  hours: '施工时段',
  lights: '灯光',
  method: '改造方式',
  owner: '产权',
  period: '期间',
  residents: '周边居民和商户',
  restore: '恢复',
  safety: '安全',
  sanitation: '环境卫生',
  season: '时间',
  stalls: '摊位',
  term: '期限',
  traffic: '交通',
  transition: '过渡安排',
  transport: '停车和接驳',
  utilities: '管线',
  waste: '垃圾和排水',
}

/** Done by the engine itself. */
const BY_ITSELF: ReadonlySet<string> = new Set(['openScores'])

/**
 * Plays the written joint reviews through the real engine, each step by the person that the script names, at times counted
 * back from now in working time. A review is one transaction; one that is there already is skipped.
 */
export async function loadJointReviews(load: DemoLoad): Promise<void> {
  const { services, here } = load
  const now = services.clock.now()
  const { jointReviews } = JSON.parse(readFileSync(FILE, 'utf8')) as { jointReviews: WrittenReview[] }
  const reviews = jointReviews
    .map((written) => ({
      written,
      at: here.calendar.before(now, { value: written.startedWorkSecondsAgo / 3600, unit: 'workHour' }),
    }))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
  const known = await services.pool.inCounty(here.county, async (tx) => {
    const { rows } = await sql<{ key: string }>`
      select data ->> 'demo' as key from process_case where definition_key = ${FLOW} and data ? 'demo'`.execute(tx)
    return new Set(rows.map((row) => row.key))
  })
  let done = 0
  for (const { written, at } of reviews) {
    if (load.signal.aborted) return
    if (!known.has(written.key)) await playReview(load, written, at, now)
    load.progress('演示联合会审', ++done, reviews.length)
  }
}

async function playReview(load: DemoLoad, written: WrittenReview, startedAt: Date, until: Date): Promise<void> {
  const { services, here } = load
  const people = new Map<string, StaffActor>()
  for (const login of [written.applicant, ...written.experts, ...written.steps.map((step) => step.actor)]) {
    if (people.has(login)) continue
    const found = await load.actor(login)
    if (!found) throw new Error(`demo review ${written.key}: no account ${login}`)
    people.set(login, found)
  }
  const person = (login: string) => people.get(login)!
  await services.pool.inCounty(here.county, async (tx) => {
    const opening = contextAt(load, tx, person(written.applicant), startedAt)
    const state = await openRequest(opening, {
      form: requestOf(written),
      villageCode: written.village,
      placeText: written.placeText,
      place: { lon: written.point[0], lat: written.point[1] },
      demo: written.key,
      openedAt: startedAt,
    })
    await writePending(opening, { route: 'joint_review.demo' })
    let at = startedAt
    for (const step of stepsOf(written)) {
      at = here.calendar.due(at, step.gapSeconds * 1000, 'workHour')
      if (at > until) break
      if (BY_ITSELF.has(step.action)) continue
      const context = contextAt(load, tx, person(step.actor), at)
      const { action, form, note } = actOf(context, written, step, people)
      try {
        await actOnCase(context, { caseId: state.id, action, form, note })
      } catch (error) {
        throw new Error(`demo review ${written.key}, step ${step.action}: ${(error as Error).message}`, {
          cause: error,
        })
      }
      await writePending(context, { route: 'joint_review.demo' })
    }
  })
}

function requestOf(written: WrittenReview): Record<string, unknown> {
  const { reason, scope, days, ...others } = written.form
  const remarks = Object.entries(others).map(([key, value]) => {
    const name = REMARKS[key]
    if (!name) throw new Error(`demo review ${written.key}: the field ${key} has no name`)
    return `${name}：${value}`
  })
  return {
    subject: written.title,
    kind: KINDS[written.type] ?? written.type,
    reason,
    scope,
    ...(typeof days === 'number' ? { days } : {}),
    materials: written.materials.filter((material) => material.provided).map((material) => material.name),
    ...(remarks.length > 0 ? { remarks: remarks.join('\n') } : {}),
  }
}

/**
 * The script in the steps of the flow: the request itself is not a step; papers are asked for instead of accepting, not
 * after it; what is agreed with modifications comes back revised before it is answered.
 */
function stepsOf(written: WrittenReview): WrittenStep[] {
  const steps = written.steps.filter((step) => step.action !== 'apply')
  return steps.flatMap((step, index) => {
    const next = steps[index + 1]
    if (step.action === 'accept' && next?.action === 'pause') return []
    const before = steps[index - 1]
    const gapSeconds = step.gapSeconds + (step.action === 'pause' && before ? before.gapSeconds : 0)
    if (step.action === 'issue' && written.outcome === '原则同意修改后实施')
      return [
        {
          action: 'resubmit',
          gapSeconds: gapSeconds / 2,
          actor: written.applicant,
          note: '已按会议纪要逐条修改，修改清单随案报送。',
        },
        { ...step, gapSeconds: gapSeconds / 2 },
      ]
    return [{ ...step, gapSeconds }]
  })
}

interface Act {
  action: string
  form: Record<string, unknown>
  note: string | null
}

function actOf(
  context: Context,
  written: WrittenReview,
  step: WrittenStep,
  people: ReadonlyMap<string, StaffActor>,
): Act {
  const { directory, calendar } = context.here
  switch (step.action) {
    case 'accept':
      return {
        action: 'accept',
        form: {
          signUnits: written.signingUnits.map((code) => directory.unitByCode(code)?.id),
          experts: written.experts.map((login) => people.get(login)!.accountId),
          opinion: step.note,
        },
        note: null,
      }
    case 'pause':
      return { action: 'askPapers', form: { missing: step.note }, note: null }
    case 'supplement':
      return { action: 'completePapers', form: { supplement: step.note }, note: null }
    case 'sign':
      return {
        action: 'sign',
        form: { opinion: OPINIONS[step.opinion ?? ''] ?? step.opinion, grounds: step.note },
        note: null,
      }
    case 'score':
      return {
        action: 'score',
        form: {
          ...Object.fromEntries(
            Object.entries(step.scores ?? {}).map(([name, score]) => [CRITERIA[name] ?? name, score]),
          ),
          comment: step.note,
        },
        note: null,
      }
    case 'minutes': {
      const bureau = findCountyUnit('data', directory)
      const leader = bureau ? directory.holders(bureau.id, 'unitLeader')[0] : undefined
      return {
        action: 'recordMinutes',
        form: {
          minutesNumber: written.minutes?.number,
          meetingDate: calendar.dateAt(context.now),
          chair: leader === undefined ? '会议主持人' : directory.accountName(leader),
          outcome: written.outcome,
          minutes: written.minutes?.text,
        },
        note: step.note,
      }
    }
    case 'resubmit':
      return { action: 'resubmit', form: { revision: step.note }, note: null }
    case 'issue':
      return {
        action: 'issue',
        form: { documentNumber: (written.minutes?.number ?? '').replace('联审纪', '联审复') },
        note: step.note,
      }
    default:
      throw new Error(`the flow has no step for ${step.action}`)
  }
}

function contextAt(load: DemoLoad, tx: Tx, actor: StaffActor, now: Date): Context {
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
