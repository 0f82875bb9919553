import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const here = import.meta.dirname
const read = (...path: string[]) => JSON.parse(readFileSync(join(here, ...path), 'utf8'))
const org = (name: string) => read('..', '..', '..', 'foundation', 'org', 'seed', name)
const duties = (name: string) => read('..', '..', '..', 'management', 'duties', 'seed', name)

type Step = {
  action: string
  gapSeconds: number
  actor: string
  note?: string
  rating?: number
  at?: string
  leadUnit?: string
}
type Case = {
  key: string
  title: string
  text: string
  classCode: string
  source: string
  village: string
  grid: string
  placeKind: string
  point: [number, number]
  reporter: { kind: string; login?: string; name?: string; phone?: string; idNumber?: string }
  photos: string[]
  leadUnit: string
  coUnits: string[]
  routedBy: string
  stage: string
  startedWorkSecondsAgo: number
  wallClock?: boolean
  reportedAt?: string
  mergedInto?: string
  childOf?: string
  reply?: string
  steps: Step[]
}
const { cases, jointReviews }: { cases: Case[]; jointReviews: JointReview[] } = read('cases-wuzhong.json')
type JointReview = {
  key: string
  stage: string
  village: string
  applicant: string
  applicantUnit: string
  form: Record<string, unknown>
  materials: { name: string; provided: boolean }[]
  signingUnits: string[]
  experts: string[]
  outcome?: string
  steps: {
    action: string
    actor: string
    unit?: string
    scores?: Record<string, number>
    opinion?: string
    note: string
  }[]
}

const units = new Map<string, { level: string; kind: string; limited: boolean }>(
  org('units-wuzhong.json').units.map((unit: { code: string }) => [unit.code, unit]),
)
const posts: { unit: string; role: string; division: string; holders: string[] }[] = org('posts-wuzhong.json').posts
const divisions = new Set<string>(org('divisions-3205.json').rows.map((row: string[]) => row[0]))
const grids = new Set<string>(org('grids-wuzhong.json').grids.map((grid: { code: string }) => grid.code))
const classes = new Map<string, { name: string }>(
  duties('event-classes.json').classes.map((item: { code: string }) => [item.code, item]),
)
const dutyIds = new Map<string, { lead: string }>(
  duties('duty-list.json').items.map((item: { id: string }) => [item.id, item]),
)
const rulings = new Map<string, { lead: string }>(
  duties('rulings.json').rulings.map((item: { number: string }) => [item.number, item]),
)
const placeKinds = new Set<string>(duties('duty-list.json').placeKinds.map((place: { code: string }) => place.code))

/** Whether an account holds a role at a unit (any unit when none is given). */
const holds = (login: string, role: string, unit?: string) =>
  posts.some((post) => post.role === role && post.holders.includes(login) && (unit === undefined || post.unit === unit))

/** GB 11643 check character. */
function checkCharacter(first17: string): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = weights.reduce((total, weight, index) => total + weight * Number(first17[index]), 0)
  return '10X98765432'[sum % 11]!
}

const bigrams = (text: string) => {
  const plain = text.replace(/[^\p{Script=Han}\p{L}\p{N}]/gu, '')
  return new Set(Array.from({ length: Math.max(0, plain.length - 1) }, (_, index) => plain.slice(index, index + 2)))
}
const overlap = (a: Set<string>, b: Set<string>) => {
  let same = 0
  for (const gram of a) if (b.has(gram)) same += 1
  return same / Math.min(a.size, b.size)
}

describe('written cases', () => {
  it('are many, from all fourteen townships, by every channel and at every stage', () => {
    expect(cases.length).toBeGreaterThanOrEqual(110)
    expect(new Set(cases.map((item) => item.key)).size).toBe(cases.length)
    expect(new Set(cases.map((item) => item.village.slice(0, 9))).size).toBe(14)
    expect(new Set(cases.map((item) => item.source))).toEqual(
      new Set(['resident', 'grid', 'hotline', 'window', 'doorplate']),
    )
    const stages = new Set(cases.map((item) => item.stage))
    for (const stage of 'reported accepted filed dispatched signed handling feedback inspecting closed rated returned rework extended cancelled rejected merged overdue'.split(
      ' ',
    ))
      expect(stages.has(stage), stage).toBe(true)
  })

  it('are told in different words', () => {
    const grams = cases.map((item) => bigrams(item.text))
    for (const [index, item] of cases.entries()) {
      expect(item.text.length, item.title).toBeGreaterThanOrEqual(20)
      expect(item.text.length, item.title).toBeLessThanOrEqual(200)
      for (let other = 0; other < index; other += 1)
        expect(overlap(grams[index]!, grams[other]!), `${item.title} / ${cases[other]!.title}`).toBeLessThan(0.55)
    }
    expect(new Set(cases.map((item) => item.title)).size).toBe(cases.length)
    const replies = cases.flatMap((item) => (item.reply ? [item.reply] : []))
    expect(new Set(replies).size).toBe(replies.length)
  })

  it('point at places, classes, units and pictures that exist', () => {
    const town = (unit: string) => unit.split('-')[0]!
    for (const item of cases) {
      expect(divisions.has(item.village), item.village).toBe(true)
      expect(grids.has(item.grid)).toBe(true)
      expect(item.grid.startsWith(item.village)).toBe(true)
      expect(classes.has(item.classCode)).toBe(true)
      expect(placeKinds.has(item.placeKind)).toBe(true)
      for (const unit of [item.leadUnit, ...item.coUnits]) {
        expect(units.has(unit), unit).toBe(true)
        expect(item.village.startsWith(town(unit))).toBe(true)
      }
      expect(units.get(item.leadUnit)!.limited).toBe(false)
      const source = dutyIds.get(item.routedBy) ?? rulings.get(item.routedBy)
      expect(item.leadUnit.endsWith(`-${source!.lead.split(':')[1]}`)).toBe(true)
      for (const photo of item.photos) expect(existsSync(join(here, 'photos', photo)), photo).toBe(true)
    }
  })

  it('name invented reporters: reserved telephone range, unassigned region, valid check digits', () => {
    const phones: string[] = []
    for (const { reporter, source } of cases) {
      if (reporter.kind === 'gridWorker') {
        expect(source).toBe('grid')
        expect(holds(reporter.login!, 'gridWorker')).toBe(true)
        continue
      }
      expect(reporter.name!.length).toBeGreaterThan(1)
      expect(reporter.phone).toMatch(/^1990000[5-9]\d{3}$/)
      phones.push(reporter.phone!)
      if (reporter.idNumber) {
        expect(reporter.idNumber).toMatch(/^320999(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d)\d{3}[\dX]$/)
        expect(reporter.idNumber[17]).toBe(checkCharacter(reporter.idNumber.slice(0, 17)))
      }
    }
    expect(new Set(phones).size).toBe(phones.length)
    expect(cases.some((item) => item.reporter.idNumber)).toBe(true)
  })
})

describe('what happened to them', () => {
  const roleFor: Record<string, string> = {
    accept: 'intakeClerk',
    orderVerify: 'intakeClerk',
    reject: 'intakeClerk',
    verify: 'gridWorker',
    fileCase: 'dutyChief',
    dispatch: 'dispatcher',
    sign: 'handler',
    handle: 'handler',
    feedback: 'handler',
    returnCase: 'handler',
    requestExtension: 'handler',
    splitChild: 'handler',
    approveExtension: 'dutyChief',
    orderInspect: 'dutyChief',
    inspectPass: 'gridWorker',
    inspectFail: 'gridWorker',
    signReply: 'unitLeader',
    close: 'dutyChief',
    cancel: 'dutyChief',
    merge: 'dutyChief',
    rule: 'countyDirector',
  }

  it('is done by people whose post allows it, at the unit that was given the case', () => {
    for (const item of cases) {
      let lead: string | undefined
      for (const step of item.steps) {
        const label = `${item.title}: ${step.action} ${step.actor}`
        expect(step.gapSeconds, label).toBeGreaterThanOrEqual(0)
        if (step.action === 'evaluate') {
          expect(step.rating).toBeGreaterThanOrEqual(1)
          expect(step.rating).toBeLessThanOrEqual(5)
          continue
        }
        expect(roleFor[step.action], label).toBeDefined()
        expect(holds(step.actor, roleFor[step.action]!), label).toBe(true)
        if (step.action === 'dispatch') lead = step.leadUnit
        if (['sign', 'handle', 'returnCase', 'requestExtension'].includes(step.action))
          expect(holds(step.actor, 'handler', lead), label).toBe(true)
        if (step.action === 'signReply') expect(holds(step.actor, 'unitLeader', lead), label).toBe(true)
      }
    }
  })

  it('never has one person handle, check and close', () => {
    for (const item of cases) {
      const by = (...actions: string[]) =>
        new Set(item.steps.filter((step) => actions.includes(step.action)).map((step) => step.actor))
      const handling = by('sign', 'handle', 'feedback')
      const checking = by('inspectPass', 'inspectFail')
      const closing = by('close')
      const people = [...handling, ...checking, ...closing]
      expect(new Set(people).size, item.title).toBe(people.length)
    }
  })

  it('ends where the stage says', () => {
    const last: Record<string, string[]> = {
      reported: [''],
      accepted: ['accept', 'verify'],
      filed: ['fileCase'],
      dispatched: ['dispatch'],
      signed: ['sign'],
      handling: ['handle'],
      rework: ['handle'],
      feedback: ['feedback'],
      inspecting: ['orderInspect'],
      closed: ['close'],
      rated: ['evaluate'],
      returned: ['returnCase'],
      extended: ['approveExtension'],
      cancelled: ['cancel'],
      rejected: ['reject'],
      merged: ['merge'],
      overdue: ['dispatch', 'sign', 'handle'],
    }
    for (const item of cases) {
      expect(last[item.stage], item.title).toContain(item.steps.at(-1)?.action ?? '')
      expect(Boolean(item.reply), item.title).toBe(item.steps.some((step) => step.action === 'signReply'))
      const gaps = item.steps.reduce((sum, step) => sum + step.gapSeconds, 0)
      if (!item.wallClock) expect(item.startedWorkSecondsAgo, item.title).toBeGreaterThanOrEqual(gaps)
      if (item.stage === 'rework') expect(item.steps.some((step) => step.action === 'inspectFail')).toBe(true)
    }
  })

  it('tells the charging cable of 香溪花苑 to the second', () => {
    const cable = cases.find((item) => item.key === 'script-a')!
    expect(cable.reportedAt).toBe('2026-09-30T16:20:05+08:00')
    let before = Date.parse(cable.reportedAt!)
    for (const step of cable.steps) {
      expect(Date.parse(step.at!) - before).toBe(step.gapSeconds * 1000)
      before = Date.parse(step.at!)
    }
    expect(cable.leadUnit).toBe('320506-fire')
    expect(cable.routedBy).toBe('CD-2026-017')
    expect(cases.filter((item) => item.mergedInto === 'script-a' || item.childOf === 'script-a')).toHaveLength(2)
  })
})

describe('joint reviews', () => {
  it('reach every outcome, and stop at every stage on the way', () => {
    expect(new Set(jointReviews.flatMap((item) => item.outcome ?? []))).toEqual(
      new Set(['同意', '原则同意修改后实施', '暂缓', '不同意']),
    )
    for (const stage of ['submitted', 'paused', 'signing', 'scoring', 'decided'])
      expect(
        jointReviews.some((item) => item.stage === stage),
        stage,
      ).toBe(true)
  })

  it('are signed by leaders of three departments and scored by experts', () => {
    for (const item of jointReviews) {
      expect(divisions.has(item.village)).toBe(true)
      expect(holds(item.applicant, 'handler', item.applicantUnit), item.key).toBe(true)
      expect(item.signingUnits).toHaveLength(3)
      for (const step of item.steps) {
        if (step.action === 'sign') {
          expect(item.signingUnits).toContain(step.unit)
          expect(holds(step.actor, 'unitLeader', step.unit)).toBe(true)
          expect(['同意', '修改后同意', '不同意']).toContain(step.opinion)
        }
        if (step.action === 'score') {
          expect(item.experts).toContain(step.actor)
          for (const score of Object.values(step.scores!)) expect(score).toBeLessThanOrEqual(100)
        }
        if (step.action === 'accept') expect(holds(step.actor, 'handler', '320506-approval')).toBe(true)
      }
      expect(item.stage === 'paused').toBe(item.materials.some((material) => !material.provided))
    }
  })
})

describe('pictures', () => {
  it('are JPEG below 60 kB each, and all used', () => {
    const used = new Set(cases.flatMap((item) => item.photos))
    const files = readdirSync(join(here, 'photos'))
    expect(files.length).toBeGreaterThanOrEqual(12)
    for (const file of files) {
      const path = join(here, 'photos', file)
      expect(statSync(path).size, file).toBeLessThan(60_000)
      expect(readFileSync(path).subarray(0, 3).toString('hex')).toBe('ffd8ff')
      expect(used.has(file), file).toBe(true)
    }
  })
})
