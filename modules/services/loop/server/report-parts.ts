import { loadDuties } from '#modules/management/duties/public.ts'
import type { Context } from '#platform/command/context.ts'
import { type CaseState, findCase } from '#platform/process/case.store.ts'
import { startCase } from '#platform/process/engine.ts'
import { openPart } from '#platform/process/link.effects.ts'
import { newFollowCode } from '../domain/follow-code.ts'
import { maskNumbers, placeKindOf, titleOf } from '../domain/report-text.ts'
import { findReport, insertReport } from './loop.store.ts'
import { personTokens } from './open-report.ts'

/**
 * Opens a case for a part of a report: one of several matters in it, which the whole waits for and answers (`part`), or a
 * request that was not answered, which is answered by itself to the same reporter (`follow`).
 */
export async function openReportPart(
  context: Context,
  whole: CaseState,
  text: string,
  { kind, unitId = null }: { kind: 'part' | 'follow'; unitId?: number | null },
): Promise<CaseState> {
  const { here, tx, now } = context
  const duties = await loadDuties(tx, context.now)
  const candidates = duties.suggestClasses(text, 3)
  const found = candidates[0] ? duties.classOf(candidates[0].code) : undefined
  const masked = maskNumbers(text)
  const report = kind === 'follow' ? await findReport(tx, here.keys, whole.id) : undefined
  const part = await openPart(context, whole, {
    kind,
    definitionKey: whole.definitionKey,
    title: titleOf(text),
    form: {},
    data: {
      text: masked,
      placeKind: placeKindOf(whole.placeText ?? '', text),
      recognised: { classes: candidates.map(({ code, words }) => ({ code, words })) },
      ...(found ? { limits: found.limits } : {}),
      ...(unitId === null ? {} : { suggestedUnitId: unitId }),
    },
    classCode: found?.code ?? null,
    severity: found?.severity ?? 0,
    lineCode: found?.lineCode ?? whole.lineCode,
    searchText: masked,
    personTokens: report ? personTokens(here.keys, report.name ?? undefined, report.phone ?? undefined) : [],
    why: found
      ? [{ key: 'loop.why.class', params: { class: found.fullName, words: candidates[0]!.words.join('、') } }]
      : [],
  })
  await insertReport(tx, here.keys, {
    caseId: part.id,
    text,
    name: report?.name ?? undefined,
    phone: report?.phone ?? undefined,
    followCode: newFollowCode(),
    visitorHash: null,
    networkToken: null,
    quarantined: false,
    at: now,
  })
  return part
}

/** 重办: the same report as a new case, linked to the one before, for the same reporter; the unit that had it is suggested. */
export async function redoReport(context: Context, before: CaseState, reason: string): Promise<CaseState> {
  const { here, tx, now } = context
  const report = await findReport(tx, here.keys, before.id)
  const { data } = before
  // What was merged was handled by whoever had the main case.
  const main = typeof data.mergedInto === 'number' ? await findCase(tx, data.mergedInto, false) : undefined
  const unitId = before.unitId ?? main?.case.unitId ?? null
  const again = await startCase(context, {
    definitionKey: before.definitionKey,
    title: before.title,
    source: before.source,
    form: {},
    note: reason,
    data: {
      text: data.text,
      placeKind: data.placeKind,
      limits: data.limits,
      ...(unitId === null ? {} : { suggestedUnitId: unitId }),
    },
    classCode: before.classCode,
    severity: before.severity,
    secrecy: before.secrecy,
    townCode: before.townCode,
    villageCode: before.villageCode,
    gridCode: before.gridCode,
    lineCode: before.lineCode,
    placeText: before.placeText,
    place: before.place,
    searchText: typeof data.text === 'string' ? data.text : '',
    personTokens: report ? personTokens(here.keys, report.name ?? undefined, report.phone ?? undefined) : [],
    link: { kind: 'redo', toCaseId: before.id },
    why: [{ key: 'loop.why.redo_of', params: { number: before.number } }],
  })
  if (report)
    await insertReport(tx, here.keys, {
      caseId: again.id,
      text: report.text,
      name: report.name ?? undefined,
      phone: report.phone ?? undefined,
      followCode: newFollowCode(),
      visitorHash: null,
      networkToken: null,
      quarantined: false,
      at: now,
    })
  return again
}
