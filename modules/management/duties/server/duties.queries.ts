import {
  getClass,
  getOptions,
  listClasses,
  listItems,
  listRulings,
  previewRoute,
  suggestClasses,
} from '#modules/management/duties/contract.ts'
import type { Duties } from '#modules/management/duties/domain/duties.ts'
import { MAKE_RULING, MANAGE_LIST } from '#modules/management/duties/server/duties.policy.ts'
import { listItemRows, listRulingRows, loadDuties } from '#modules/management/duties/server/duties.store.ts'
import { DutyUnits } from '#modules/management/duties/server/duty-units.ts'
import { dayStart } from '#modules/management/duties/server/item-change.ts'
import { presentClass, presentItem, presentRuling, presentUnit } from '#modules/management/duties/server/present.ts'
import { holdsPermission } from '#platform/access/actor.ts'
import { isCalendarDate } from '#platform/calendar/work-calendar.ts'
import { query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'

const today = ({ here, now }: Context) => here.calendar.dateAt(now)

export const listClassesQuery = query(listClasses, async ({ tx, now }, { q, kind, majorCode, line }) => {
  const { classes } = (await loadDuties(tx, now)).book
  const wanted = q?.trim().toLowerCase()
  const items = classes.filter(
    (entry) =>
      (kind === undefined || entry.kind === kind) &&
      (majorCode === undefined || entry.majorCode === majorCode) &&
      (line === undefined || entry.lineCode === line) &&
      (!wanted || [entry.code, entry.fullName, ...entry.keywords].some((word) => word.toLowerCase().includes(wanted))),
  )
  const majors = Map.groupBy(classes, (entry) => `${entry.kind} ${entry.majorCode}`)
  return {
    items: items.map(presentClass),
    majors: [...majors.values()].map((group) => ({
      kind: group[0]!.kind,
      majorCode: group[0]!.majorCode,
      majorName: group[0]!.majorName,
      count: group.length,
    })),
  }
})

/** A class with the clauses and rulings that hold today. */
export async function classPage(context: Context, duties: Duties, code: string) {
  const { tx, here } = context
  const found = duties.classOf(code)
  if (!found) throw notFound()
  const units = new DutyUnits(here.directory)
  const items = await listItemRows(tx, { classCode: code, on: today(context) })
  const rulings = await listRulingRows(tx, { classCode: code, open: true })
  return {
    ...presentClass(found),
    conditionalLimits: [...found.conditionalLimits],
    filingConditions: [...found.filingConditions],
    closingCriteria: [...found.closingCriteria],
    keywords: [...found.keywords],
    dangerWords: [...found.dangerWords],
    dangerCalls: [...found.dangerCalls],
    marking: { ...found.marking },
    selfHandle: found.selfHandle ?? false,
    mediation: found.mediation ?? false,
    taskKind: found.taskKind ?? null,
    caretaker: found.caretaker ? units.named(found.caretaker) : null,
    fallback: found.fallback ? units.named(found.fallback) : null,
    items: items.map((row) => presentItem(row, duties, units, today(context))),
    rulings: rulings.map((row) => presentRuling(row, duties, units)),
  }
}

export const getClassQuery = query(getClass, async (context, { code }) =>
  classPage(context, await loadDuties(context.tx, context.now), code),
)

export const suggestClassesQuery = query(suggestClasses, async ({ tx, now }, { text, limit }) => {
  const duties = await loadDuties(tx, now)
  const danger = duties.dangerIn(text)
  return {
    items: duties.suggestClasses(text, limit).map((entry) => ({ ...entry, words: [...entry.words] })),
    danger: danger ? { words: [...danger.words], calls: [...danger.calls] } : null,
  }
})

export const listItemsQuery = query(listItems, async (context, { history, on, ...filter }) => {
  const { tx, here, actor } = context
  if (on !== undefined && !isCalendarDate(on))
    throw new AppError('duties.date_invalid', { status: 422, params: { date: on } })
  const duties = await loadDuties(tx)
  const units = new DutyUnits(here.directory)
  const rows = await listItemRows(tx, { ...filter, ...(history ? {} : { on: on ?? today(context) }) })
  const counts = { basic: 0, assist: 0, recovered: 0 }
  for (const row of rows) counts[row.list] += 1
  return {
    items: rows.map((row) => presentItem(row, duties, units, today(context))),
    counts,
    can: { manage: holdsPermission(actor, MANAGE_LIST) },
  }
})

export const getOptionsQuery = query(getOptions, async ({ tx, here }) => ({
  placeKinds: (await loadDuties(tx)).book.placeKinds.map((kind) => ({ ...kind })),
  units: new DutyUnits(here.directory).list().map((unit) => ({ ...unit })),
}))

export const previewRouteQuery = query(
  previewRoute,
  async (context, { classCode, placeKind, town, village, unowned, on }) => {
    const { tx, here, now } = context
    const at = on === undefined ? now : dayStart(on)
    const found = (await loadDuties(tx, at)).route(
      {
        classCode,
        placeKind: placeKind ?? null,
        townCode: town ?? null,
        villageCode: village ?? null,
        unowned: unowned ?? false,
        at,
      },
      here.directory,
      here.county.regionPrefix,
    )
    return {
      lead: presentUnit(found.lead),
      triage: presentUnit(here.directory.triage()),
      co: found.co.map((unit) => presentUnit(unit)!),
      list: found.list,
      itemId: found.itemId,
      clauseNumber: found.clauseNumber,
      documentNumber: found.documentNumber,
      rulingNumber: found.rulingNumber ?? null,
      why: [...found.why],
      conflict: found.conflict ?? null,
    }
  },
)

export const listRulingsQuery = query(listRulings, async ({ tx, here, actor }, filter) => {
  const duties = await loadDuties(tx)
  const units = new DutyUnits(here.directory)
  return {
    items: (await listRulingRows(tx, filter)).map((row) => presentRuling(row, duties, units)),
    can: { rule: holdsPermission(actor, MAKE_RULING) },
  }
})
