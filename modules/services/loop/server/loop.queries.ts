import { countyOutline } from '#modules/foundation/org/public.ts'
import { loadDuties } from '#modules/management/duties/public.ts'
import { holdsPermission } from '#platform/access/actor.ts'
import { query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { blindToken } from '#platform/crypto/blind-token.ts'
import { maskName, maskPhone } from '#platform/crypto/mask.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { findCase, type LoadedCase } from '#platform/process/case.store.ts'
import { maySee } from '#platform/process/engine.ts'
import { PHONE_DOMAIN } from '#platform/search/case-index.ts'
import { getPublicPlaces, getReporter, suggestForCase } from '../contract.ts'
import { maskNumbers, placeKindOf, titleOf } from '../domain/report-text.ts'
import { recogniseReport } from '../recognition/learn/recognise-report.ts'
import { findReport } from './loop.store.ts'

export const getPublicPlacesQuery = query(getPublicPlaces, async ({ tx, here }) => {
  const { rows } = await sql<{ code: string; name: string; center: { x: number; y: number } | null }>`
    select code, short_name as name, center from area_division
     where level in (9, 12) and retired_at is null order by code`.execute(tx)
  const point = (center: { x: number; y: number } | null) => (center ? { lon: center.x, lat: center.y } : null)
  const villages = Map.groupBy(
    rows.filter((row) => row.code.length === 12),
    (row) => row.code.slice(0, 9),
  )
  return {
    county: { name: here.county.name, parentName: here.county.parentName, demo: here.county.demo },
    outline: countyOutline(here.county.regionPrefix),
    towns: rows
      .filter((row) => row.code.length === 9)
      .map((town) => ({
        code: town.code,
        name: town.name,
        center: point(town.center),
        villages: (villages.get(town.code) ?? []).map((row) => ({
          code: row.code,
          name: row.name,
          center: point(row.center),
        })),
      })),
  }
})

/** Who needs to reach the reporter: intake desks, and whoever has the case in hand; work in one person's name is in nobody else's. */
function mayUnmask(context: Context, loaded: LoadedCase): boolean {
  const { actor } = context
  if (actor.kind !== 'staff') return false
  return (
    holdsPermission(actor, 'loop.report.intake') ||
    loaded.items.some((item) =>
      item.accountId === null
        ? actor.posts.some((post) => post.unitId === item.unitId && post.role === item.role)
        : item.accountId === actor.accountId,
    )
  )
}

/** Masked without a purpose. With one: in full, and one row that the reporter can see. */
export const getReporterQuery = query(
  getReporter,
  async (context, { id, purpose }) => {
    const { tx, here, actor, now } = context
    const loaded = await findCase(tx, id, false)
    if (!loaded || !maySee(actor, loaded)) throw notFound()
    const report = await findReport(tx, here.keys, id)
    if (!report) throw notFound()
    const canUnmask = mayUnmask(context, loaded)
    if (purpose === undefined)
      return {
        name: report.name ? maskName(report.name) : null,
        phone: report.phone ? maskPhone(report.phone) : null,
        text: maskNumbers(report.text),
        masked: true,
        canUnmask,
      }
    if (!canUnmask || actor.kind !== 'staff') throw new AppError('platform.forbidden', { status: 403 })
    await sql`
      insert into access_person_read (at, account_id, unit_id, case_id, subject_token, purpose, fields)
      values (${now}, ${actor.accountId}, ${actor.posts[0]?.unitId ?? null}, ${id},
        ${report.phone ? blindToken(here.keys, PHONE_DOMAIN, report.phone) : null}, ${purpose},
        ${['name', 'phone', 'text']}::text[])`.execute(tx)
    return { name: report.name, phone: report.phone, text: report.text, masked: false, canUnmask }
  },
  { writes: true },
)

/** What recognition would say of a text or a case; used by the accept and dispatch forms. */
export const suggestQuery = query(suggestForCase, async (context, input) => {
  const { tx, here, actor, now } = context
  let text = input.text ?? ''
  let title: string | undefined
  let place = { townCode: input.townCode ?? null, villageCode: input.villageCode ?? null }
  let classCode = input.classCode ?? null
  let placeKind = placeKindOf('', text)
  if (input.caseId !== undefined) {
    const loaded = await findCase(tx, input.caseId, false)
    if (!loaded || !maySee(actor, loaded)) throw notFound()
    const { case: state } = loaded
    text = String(state.data.text ?? state.title)
    // A title taken from the text says nothing more than the text.
    title = state.title === titleOf(text) ? undefined : state.title
    place = { townCode: state.townCode, villageCode: state.villageCode }
    classCode ??= state.classCode
    placeKind = String(state.data.placeKind ?? 'any')
  }
  const duties = await loadDuties(tx, context.now)
  const { line, classes } = await recogniseReport(context, duties, text, title, 5)
  classCode ??= classes[0]?.code ?? null
  const found = classCode
    ? duties.route({ classCode, placeKind, ...place, at: now }, here.directory, here.county.regionPrefix)
    : null
  const unit = (ref: { id: number; name: string }) => ({ id: ref.id, name: ref.name })
  return {
    line,
    classes: classes.map((entry) => ({ code: entry.code, name: entry.fullName, words: [...entry.words] })),
    route: found ? { unit: found.lead ? unit(found.lead) : null, co: found.co.map(unit), why: [...found.why] } : null,
  }
})
