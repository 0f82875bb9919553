import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { gridAt } from '#modules/foundation/grid/public.ts'
import { loadDuties } from '#modules/management/duties/public.ts'
import { limitsInMode } from '#modules/management/roster/public.ts'
import type { Context } from '#platform/command/context.ts'
import { blindToken } from '#platform/crypto/blind-token.ts'
import type { KeyRing } from '#platform/crypto/key-ring.ts'
import { nameTokens } from '#platform/crypto/name-tokens.ts'
import { normalisePhone } from '#platform/crypto/phone.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { caseAsOwner } from '#platform/files/file.store.ts'
import { attachFiles } from '#platform/files/uploads.ts'
import type { CaseState } from '#platform/process/case.store.ts'
import type { WhyPart } from '#platform/process/effect.ts'
import { type StartInput, startCase } from '#platform/process/engine.ts'
import { type ReadyStart, readyStart, startCases } from '#platform/process/start-cases.ts'
import { PHONE_DOMAIN } from '#platform/search/case-index.ts'
import { newFollowCode } from '../domain/follow-code.ts'
import { networkOf } from '../domain/network-of.ts'
import { dangerIn, maskNumbers, placeKindOf, titleOf } from '../domain/report-text.ts'
import { keepAllSaid, keepSaid, recogniseReport, type Said } from '../recognition/learn/recognise-report.ts'
import { countBySender, insertReport, insertReports } from './loop.store.ts'

export interface ReportInput {
  text: string
  title?: string
  placeText?: string
  place?: { lon: number; lat: number }
  placeDatum?: 'wgs84' | 'gcj02'
  villageCode?: string
  townCode?: string
  gridCode?: string
  reporterName?: string
  reporterPhone?: string
  fileIds?: string[]
  source: string
  classCode?: string
  /** When it was reported, for history. */
  openedAt?: Date
  /** What somebody outside demands an answer by. */
  replyBy?: Date
  /** What the channel knows beside it: kept with the case, told as a reason, found by search. */
  origin?: { data: Record<string, unknown>; why: WhyPart[]; words: string }
}

export interface OpenedReport {
  state: CaseState
  followCode: string
  quarantined: boolean
  danger: ('119' | '110' | '120')[]
}

const NETWORK_DOMAIN = 'loop.network'

// A CommonJS package whose types describe an ES module with a default.
const gcoord = createRequire(import.meta.url)('gcoord') as typeof import('gcoord').default

/**
 * So many reports of one browser, or of one network whatever the browsers say, in so short a time are held back for
 * somebody to look at. Many phones share the address of a mobile network, so that it may send more.
 */
const ABUSE = { ofBrowser: 5, ofNetwork: 20, windowMs: 10 * 60_000 }

/** A point farther than this from every village belongs to another county. Degrees, about 15 km. */
const FARTHEST_DEGREES = 0.15

/**
 * The one intake of all channels: place, recognition, case, encrypted report, photos. What is recognised is a suggestion
 * with its reasons; a person confirms it when accepting.
 */
export async function openReport(context: Context, given: ReportInput): Promise<OpenedReport> {
  const { actor, here, now, tx } = context
  const input = inMapDatum(given)
  const visitorHash = actor.kind === 'public' ? createHash('sha256').update(actor.secret).digest() : null
  const network = actor.kind === 'public' ? networkOf(context.request.address) : null
  const networkToken = network === null ? null : blindToken(here.keys, NETWORK_DOMAIN, network)
  const abuse = visitorHash === null ? null : await abuseOf(tx, visitorHash, networkToken, now)
  const judged = await judgeReport(context, input, abuse)
  const { text, said, quarantined } = judged
  const state = await startCase(context, judged.start)
  // Of a secret case nothing is kept beside it.
  if (state.secrecy !== 'secret') await keepSaid(tx, state.id, said, context.now)
  const followCode = newFollowCode()
  await insertReport(tx, here.keys, {
    caseId: state.id,
    text,
    name: input.reporterName?.trim() || undefined,
    phone: input.reporterPhone?.trim() || undefined,
    followCode,
    visitorHash,
    networkToken,
    quarantined,
    at: state.openedAt,
  })
  if (input.fileIds?.length) await attachFiles(tx, input.fileIds, caseAsOwner(state), actor, now)
  return { state, followCode, quarantined, danger: judged.danger }
}

/** Reports that officials bring together (an import): each by the rules of `openReport`, without photos. */
export async function readyReport(context: Context, given: ReportInput): Promise<ReadyReport> {
  const input = inMapDatum(given)
  const judged = await judgeReport(context, input, null)
  return { input, judged, ready: await readyStart(context, judged.start) }
}

export interface ReadyReport {
  input: ReportInput
  judged: JudgedReport
  ready: ReadyStart
}

/** Opens judged reports in a few statements; in the order given. */
export async function openReports(context: Context, reports: readonly ReadyReport[]): Promise<CaseState[]> {
  const { here, tx } = context
  const states = await startCases(
    context,
    reports.map(({ ready }) => ready),
  )
  await keepAllSaid(
    tx,
    reports.flatMap(({ judged }, i) =>
      states[i]!.secrecy === 'secret' ? [] : [{ caseId: states[i]!.id, said: judged.said }],
    ),
    context.now,
  )
  await insertReports(
    tx,
    here.keys,
    reports.map(({ input, judged }, i) => ({
      caseId: states[i]!.id,
      text: judged.text,
      name: input.reporterName?.trim() || undefined,
      phone: input.reporterPhone?.trim() || undefined,
      followCode: newFollowCode(),
      visitorHash: null,
      networkToken: null,
      quarantined: false,
      at: states[i]!.openedAt,
    })),
  )
  return states
}

interface JudgedReport {
  start: Omit<StartInput, 'link'>
  text: string
  said: Said[]
  quarantined: boolean
  danger: OpenedReport['danger']
}

/** What becomes of a report: place, class and line with their reasons. */
async function judgeReport(
  context: Context,
  input: ReportInput,
  abuse: { count: number; minutes: number } | null,
): Promise<JudgedReport> {
  const { here, tx } = context
  const quarantined = abuse !== null
  const place = await resolvePlace(context, input)
  const text = input.text.trim()
  const masked = maskNumbers(text)
  const duties = await loadDuties(tx, context.now)
  const { line, byModel, said, classes } = await recogniseReport(context, duties, text, input.title, 3)
  const candidates = input.classCode ? [] : classes
  const classCode = input.classCode ?? candidates[0]?.code ?? null
  const found = classCode ? duties.classOf(classCode) : undefined
  if (input.classCode && !found) throw new AppError('loop.class_unknown', { status: 422 })
  const chosenByModel = byModel !== null && !byModel.unsure && candidates[0]?.code === byModel.code
  const mode = await limitsInMode(context, classCode, found?.limits ?? {}, found?.severity ?? 0)
  const start: JudgedReport['start'] = {
    definitionKey: 'report',
    title: input.title ? maskNumbers(input.title) : titleOf(text),
    source: input.source,
    form: {},
    data: {
      text: masked,
      placeKind: placeKindOf(input.placeText ?? '', text),
      ...(found ? { limits: mode.limits, ...(found.selfHandle ? { selfHandle: true } : {}) } : {}),
      recognised: {
        classes: candidates.map(({ code, words }) => ({ code, words })),
        ...(line ? { line } : {}),
        ...(byModel && !input.classCode ? { classModel: byModel } : {}),
      },
      ...(quarantined ? { quarantined: true, heldPlace: place } : {}),
      ...input.origin?.data,
    },
    classCode,
    severity: mode.severity ?? 0,
    secrecy: found?.secrecy ?? 'internal',
    // A report that is held back goes to the county's desk, not to a town's.
    townCode: quarantined ? null : place.townCode,
    villageCode: quarantined ? null : place.villageCode,
    gridCode: quarantined ? null : place.gridCode,
    lineCode: found?.lineCode ?? (line && !line.none ? line.code : null),
    placeText: input.placeText ? maskNumbers(input.placeText) : null,
    place: input.place ?? null,
    searchText: input.origin ? `${masked}\n${input.origin.words}` : masked,
    personTokens: personTokens(here.keys, input.reporterName, input.reporterPhone),
    openedAt: input.openedAt,
    ...(input.replyBy ? { clockCaps: { reply: input.replyBy } } : {}),
    why: [
      ...(input.origin?.why ?? []),
      ...(candidates[0]
        ? [
            {
              key: chosenByModel ? 'loop.why.class_by_model' : 'loop.why.class',
              params: {
                class: found?.fullName ?? candidates[0].code,
                words: candidates[0].words.join('、'),
                ...(chosenByModel ? { confidence: Math.round(byModel.confidence * 100) } : {}),
              },
            },
          ]
        : []),
      ...(line && !line.none
        ? [
            {
              key: 'loop.why.line',
              params: { line: line.name, confidence: Math.round(line.confidence * 100), words: line.words.join('、') },
            },
          ]
        : line
          ? [{ key: 'loop.why.line_unsure', params: {} }]
          : []),
      ...(byModel?.unsure && !input.classCode ? [{ key: 'loop.why.class_unsure', params: {} }] : []),
      ...mode.why,
      ...(place.by === 'grid'
        ? [{ key: 'grid.why.by_point', params: { grid: here.directory.divisionName(place.gridCode!) } }]
        : []),
      ...(place.by === 'point'
        ? [{ key: 'loop.why.place_by_point', params: { village: here.directory.divisionName(place.villageCode!) } }]
        : []),
      ...(abuse ? [{ key: 'loop.why.quarantined', params: abuse }] : []),
    ],
  }
  const danger = [
    ...new Set([...dangerIn(text), ...(duties.dangerIn(text, classCode)?.calls ?? [])]),
  ] as OpenedReport['danger']
  return { start, text, said, quarantined, danger }
}

/** The limit that a sender has passed, as it is told to the desk that looks at the report; null where none was. */
async function abuseOf(tx: Tx, visitorHash: Buffer, networkToken: Buffer | null, now: Date) {
  const made = await countBySender(tx, visitorHash, networkToken, new Date(now.getTime() - ABUSE.windowMs))
  const minutes = ABUSE.windowMs / 60_000
  if (made.visitor >= ABUSE.ofBrowser) return { count: ABUSE.ofBrowser, minutes }
  return made.network >= ABUSE.ofNetwork ? { count: ABUSE.ofNetwork, minutes } : null
}

/** Blind tokens by which the reporter is found again: phone, name, its pinyin and initials. */
export function personTokens(keys: KeyRing, name: string | undefined, phone: string | undefined): Buffer[] {
  return [
    ...(phone ? [blindToken(keys, PHONE_DOMAIN, phoneForToken(phone))] : []),
    ...(name?.trim() ? nameTokens(keys, name.trim()) : []),
  ]
}

/** The one form of a phone number that tokens are made of. */
export function phoneForToken(phone: string): string {
  return normalisePhone(phone) ?? phone
}

function inMapDatum(given: ReportInput): ReportInput {
  return given.place ? { ...given, place: toGcj02(given.place, given.placeDatum) } : given
}

/** Points are kept in the datum of the county's maps. */
function toGcj02(
  place: { lon: number; lat: number },
  datum: 'wgs84' | 'gcj02' | undefined,
): { lon: number; lat: number } {
  if (datum !== 'wgs84') return place
  const [lon, lat] = gcoord.transform([place.lon, place.lat], gcoord.WGS84, gcoord.GCJ02)
  return { lon, lat }
}

interface ReportPlace {
  townCode: string | null
  villageCode: string | null
  gridCode: string | null
  by: 'given' | 'grid' | 'point' | 'unknown'
}

/**
 * Grid, village and town from what was given, or of a point: the grid it lies in, else (where none is drawn) the nearest village,
 * whose points are 示意.
 */
async function resolvePlace(context: Context, input: ReportInput): Promise<ReportPlace> {
  const { tx, here } = context
  const given = input.gridCode ?? input.villageCode ?? input.townCode
  if (given) {
    if (!given.startsWith(here.county.regionPrefix)) throw new AppError('loop.place_outside', { status: 422 })
    const { rows } = await sql<{ code: string }>`
      select code from area_division where code = ${given} and retired_at is null`.execute(tx)
    if (rows.length === 0) throw new AppError('loop.place_outside', { status: 422 })
    return {
      townCode: given.slice(0, 9),
      villageCode: given.length >= 12 ? given.slice(0, 12) : null,
      gridCode: given.length === 15 ? given : null,
      by: 'given',
    }
  }
  if (!input.place) return { townCode: null, villageCode: null, gridCode: null, by: 'unknown' }
  const found = await gridAt(context, input.place.lon, input.place.lat)
  if (found) return { townCode: found.townCode, villageCode: found.villageCode, gridCode: found.gridCode, by: 'grid' }
  const { rows } = await sql<{ code: string; distance: number }>`
    select code, center <-> point(${input.place.lon}, ${input.place.lat}) as distance from area_division
     where level = 12 and center is not null and retired_at is null
     order by center <-> point(${input.place.lon}, ${input.place.lat}) limit 1`.execute(tx)
  const nearest = rows[0]
  if (!nearest || nearest.distance > FARTHEST_DEGREES) throw new AppError('loop.place_outside', { status: 422 })
  return { townCode: nearest.code.slice(0, 9), villageCode: nearest.code, gridCode: null, by: 'point' }
}
