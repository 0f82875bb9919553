import { orgDirectory } from '#modules/foundation/org/public.ts'
import {
  compareObjects,
  getMeasures,
  listMeasuredCases as listCasesRoute,
} from '#modules/management/measures/contract.ts'
import {
  type Counted,
  type Figure,
  figureOf,
  type Measure,
  partsOf,
  sumOf,
} from '#modules/management/measures/domain/measure.ts'
import { type Days, isDay, type PeriodKind, periodAt, trendOf } from '#modules/management/measures/domain/period.ts'
import { type Area, both, type Piece, piecesOf, widest } from '#modules/management/measures/domain/scope.ts'
import { areasInside } from '#modules/management/measures/server/measures.policy.ts'
import {
  type CaseAsk,
  type Composite,
  type Cursor,
  everCounted,
  findComposite,
  listMeasuredCases,
  listMeasures,
  type MeasuredCase,
} from '#modules/management/measures/server/measures.store.ts'
import { readMeasures } from '#modules/management/measures/server/read-measures.ts'
import { query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import type { RouteInput } from '#platform/contract/route.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'

const NOTHING: Counted = { past: {}, coming: {} }

export interface ObjectAsk {
  town?: string
  village?: string
  line?: string
  unit?: number
  source?: string
}
export interface PeriodAsk {
  period: PeriodKind
  from: string
  to?: string
}

/** Longest range; longer ones would have trends before any data. */
const LONGEST_DAYS = 3700

/** @throws AppError `measures.bad_period` (400) for days that do not exist and ranges beyond ten years */
export function periodOf({ period, from, to }: PeriodAsk): Days {
  if (!isDay(from) || (to !== undefined && !isDay(to))) throw new AppError('measures.bad_period', { status: 400 })
  const days = periodAt(period, from, to ?? from)
  if (Date.parse(days.to) - Date.parse(days.from) > LONGEST_DAYS * 86_400_000)
    throw new AppError('measures.bad_period', { status: 400 })
  return days
}

const areaOf = ({ town, village, line }: ObjectAsk): Area => {
  if (town && village && !village.startsWith(town)) throw notFound()
  return { place: village ?? town ?? '', line: line ?? '' }
}

const narrowing = ({ unit, source }: ObjectAsk) => ({ ...(unit ? { unit } : {}), ...(source ? { source } : {}) })
const todayOf = ({ here, now }: Context) => here.calendar.dateAt(now)

/** Measures whose data this county has: what nobody is ever called back about has no number. */
export async function measuresHere(context: Context): Promise<Measure[]> {
  const measures = await listMeasures(context.tx)
  if (await everCounted(context.tx, 'called')) return measures
  return measures.filter((measure) => !partsOf(measure).some((part) => part.startsWith('called')))
}

const present = ({ key, section, name, words, unit, better, source, mark }: Measure) => ({
  key,
  section,
  name,
  words,
  unit,
  better,
  source,
  mark,
})

export const getMeasuresQuery = query(getMeasures, async (context, input) => {
  const { actor, here } = context
  const period = periodOf(input)
  const areas = areasInside(actor, areaOf(input))
  const measures = await measuresHere(context)
  const trend = trendOf(input.period, period)
  const today = todayOf(context)
  const cells = await readMeasures(context, {
    pieces: piecesOf(areas).map((piece) => ({ ...piece, key: '' })),
    buckets: trend,
    today,
    ...narrowing(input),
  })
  const at = (bucket: number): Counted => cells.find((cell) => cell.bucket === bucket) ?? NOTHING
  const last = trend.length - 1
  const whole = areas.some((area) => area.place === '' && area.line === '')
  return {
    period: { kind: input.period, ...period },
    previous: trend[last - 1]!,
    unfinished: period.to >= today,
    trend,
    areas: whole ? [] : widest(areas).map((area) => ({ ...area, name: areaName(here, area) })),
    items: measures.map((measure) => ({
      measure: present(measure),
      figure: figureOf(measure, at(last)),
      previous: figureOf(measure, at(last - 1)),
      trend: trend.map((_, bucket) => figureOf(measure, at(bucket)).value),
    })),
    now: context.now.toISOString(),
  }
})

function areaName(here: Context['here'], { place, line }: Area): string {
  const parts = [
    place ? here.directory.divisionName(place) : here.county.name,
    line ? here.directory.lineName(line) : '',
  ]
  return parts.filter(Boolean).join(' · ')
}

export type CompareAsk = RouteInput<typeof compareObjects>

export interface ComparedObject {
  key: string
  name: string
  figures: Record<string, Figure>
  previous: Record<string, Figure>
  composite: number | null
}

/** Figures of areas, units or sources, in the order of their codes: this is no ranking. */
export async function objectsOf(context: Context, input: CompareAsk) {
  const { here, actor, tx } = context
  const period = periodOf(input)
  const areas = areasInside(actor, areaOf(input))
  const measures = await measuresHere(context)
  const buckets = trendOf(input.period, period).slice(-2)
  const byPieces = input.by === 'unit' || input.by === 'source'
  const named = byPieces ? [] : parts(context, areas, input.by as 'town' | 'village' | 'line')
  const cells = await readMeasures(context, {
    pieces: byPieces
      ? piecesOf(areas).map((piece) => ({ ...piece, key: '' }))
      : named.flatMap(({ key, pieces }) => pieces.map((piece) => ({ ...piece, key }))),
    buckets,
    today: todayOf(context),
    ...narrowing(input),
    ...(input.by === 'unit' || input.by === 'source' ? { by: input.by } : {}),
  })
  const directory = orgDirectory(here)
  const unitOf = (key: string) => directory.unit(Number(key))
  const objects = byPieces
    ? [...new Set(cells.map((cell) => cell.key))]
        .filter((key) => input.by === 'source' || unitOf(key))
        .map((key) => ({
          key,
          name: input.by === 'unit' ? unitOf(key)!.name : key,
          order: input.by === 'unit' ? unitOf(key)!.code : key,
        }))
    : named.map(({ key, name }) => ({ key, name, order: key }))
  // A score is of areas and units; channels have none.
  const composite = input.by === 'source' ? undefined : await findComposite(tx, period.to)
  const items: ComparedObject[] = objects
    .toSorted((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0))
    .map(({ key, name }) => {
      const at = (bucket: number) => cells.find((cell) => cell.key === key && cell.bucket === bucket) ?? NOTHING
      const figures = (bucket: number) =>
        Object.fromEntries(measures.map((measure) => [measure.key, figureOf(measure, at(bucket))]))
      const now = figures(1)
      return { key, name, figures: now, previous: figures(0), composite: compositeOf(composite, measures, now) }
    })
    // Lines and units without a single event in both periods say nothing; towns and villages are always listed.
    .filter(
      ({ key }) =>
        input.by === 'town' || input.by === 'village' || cells.some((cell) => cell.key === key && hasAny(cell)),
    )
  return { measures, composite: composite ?? null, items }
}

const hasAny = ({ past, coming }: Counted) => [...Object.values(past), ...Object.values(coming)].some((value) => value)

function parts(
  { here }: Context,
  areas: readonly Area[],
  by: 'town' | 'village' | 'line',
): { key: string; name: string; pieces: Piece[] }[] {
  const directory = orgDirectory(here)
  const candidates: { key: string; name: string; area: Area }[] =
    by === 'line'
      ? [...new Set(directory.units().flatMap((unit) => unit.lines))].map((line) => ({
          key: line,
          name: directory.lineName(line),
          area: { place: '', line },
        }))
      : directory
          .divisions()
          .filter((division) => division.level === (by === 'town' ? 9 : 12))
          .map(({ code, shortName }) => ({ key: code, name: shortName, area: { place: code, line: '' } }))
  return candidates.flatMap(({ key, name, area }) => {
    // An area narrower than the object (a village of the town) is not the town's number.
    const inside = areas.flatMap((own) => both(own, area) ?? []).filter((own) => own.place.length >= area.place.length)
    return inside.length > 0 ? [{ key, name, pieces: piecesOf(inside) }] : []
  })
}

/** Published weights over shares; what is better when less counts as its rest; what has no value this period is left out. */
function compositeOf(
  composite: Composite | undefined,
  measures: readonly Measure[],
  figures: Record<string, Figure>,
): number | null {
  if (!composite) return null
  let sum = 0
  let weights = 0
  for (const [key, weight] of Object.entries(composite.weights)) {
    const measure = measures.find((candidate) => candidate.key === key)
    const value = figures[key]?.value
    if (!measure || value === null || value === undefined) continue
    sum += weight * (measure.better === 'less' ? 1 - value : value)
    weights += weight
  }
  return weights > 0 ? (100 * sum) / weights : null
}

export const compareObjectsQuery = query(compareObjects, async (context, input) => {
  const { measures, composite, items } = await objectsOf(context, input)
  return { measures: measures.map(present), composite, items, now: context.now.toISOString() }
})

export type CasesAsk = Omit<RouteInput<typeof listCasesRoute>, 'cursor'>

/** What a number of a measure asks of the facts. @throws AppError `measures.unknown` (404) */
export async function caseAsk(context: Context, input: CasesAsk): Promise<{ measure: Measure; ask: CaseAsk }> {
  const measure = (await measuresHere(context)).find((candidate) => candidate.key === input.measure)
  const terms = measure?.[input.side]
  if (!measure || !terms || terms.length === 0) throw new AppError('measures.unknown', { status: 404 })
  return {
    measure,
    ask: {
      terms,
      areas: areasInside(context.actor, areaOf(input)),
      days: periodOf(input),
      today: todayOf(context),
      ...narrowing(input),
    },
  }
}

export function presentMeasured({ here }: Context, row: MeasuredCase) {
  const { directory, definitions } = here
  const state = definitions.byId(row.definitionId).body.states[row.state]
  const unit = directory.unit(row.unitId)
  return {
    caseId: row.caseId,
    number: row.number,
    title: row.title,
    day: row.day,
    amount: row.amount,
    stateName: state?.name ?? { 'zh-CN': row.state, en: row.state },
    townName: row.townCode ? directory.divisionName(row.townCode) : null,
    villageName: row.villageCode ? directory.divisionName(row.villageCode) : null,
    lineName: row.lineCode ? directory.lineName(row.lineCode) : null,
    unitName: unit?.name ?? null,
    source: row.source,
  }
}

export const cursorText = (row: MeasuredCase): string => `${row.day}.${row.caseId}.${row.unitId}`

/** @throws AppError `platform.bad_cursor` (400) */
export function cursorOf(text: string | undefined): Cursor | null {
  if (text === undefined) return null
  const [, day, caseId, unitId] = /^(\d{4}-\d{2}-\d{2})\.(\d{1,15})\.(\d{1,15})$/.exec(text) ?? []
  if (!day || !isDay(day)) throw new AppError('platform.bad_cursor', { status: 400 })
  return { day, caseId: Number(caseId), unitId: Number(unitId) }
}

const PAGE = 100

export const listCasesQuery = query(listCasesRoute, async (context, input) => {
  const { measure, ask } = await caseAsk(context, input)
  const rows = await listMeasuredCases(context, ask, cursorOf(input.cursor), PAGE + 1)
  const cells = await readMeasures(context, {
    pieces: piecesOf(ask.areas).map((piece) => ({ ...piece, key: '' })),
    buckets: [ask.days],
    today: ask.today,
    ...narrowing(input),
  })
  const page = rows.slice(0, PAGE)
  return {
    measure: present(measure),
    period: ask.days,
    total: sumOf(ask.terms, cells[0] ?? NOTHING),
    items: page.map((row) => presentMeasured(context, row)),
    next: rows.length > PAGE ? cursorText(page.at(-1)!) : null,
    now: context.now.toISOString(),
  }
})
