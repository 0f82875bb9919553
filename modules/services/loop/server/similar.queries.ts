import type { Static } from 'typebox'
import { query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { notFound } from '#platform/errors/app-error.ts'
import { findCase } from '#platform/process/case.store.ts'
import { casesById } from '#platform/process/case-list.ts'
import { maySee } from '#platform/process/engine.ts'
import { linkedTo, linksOf } from '#platform/process/link.store.ts'
import { presentCase } from '#platform/process/present.ts'
import { type Compared, findSimilarCases } from '#platform/similar/similar-cases.ts'
import { findSimilar, similarToCase } from '../contract.ts'
import { maskNumbers, titleOf } from '../domain/report-text.ts'

/** Flows whose cases are matters of residents. */
const COMPARED_FLOWS = ['report', 'answered_message']
/** From this probability on the screen says "very likely". */
const LIKELY_FROM = 0.7
const RESULT_LENGTH = 160
const DAY = 86_400_000

type Similar = Static<typeof similarToCase.output>

interface Outcome {
  id: number
  result: string | null
  rating: number | null
}

async function outcomesOf({ tx }: Context, ids: number[]): Promise<Map<number, Outcome>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<Outcome>`
    select c.id, left(coalesce(c.data->>'result', c.data->>'reply'), ${RESULT_LENGTH}) as result, r.score as rating
      from process_case c left join loop_rating r on r.case_id = c.id where c.id = any(${ids}::bigint[])`.execute(tx)
  return new Map(rows.map((row) => [row.id, row]))
}

async function similarTo(context: Context, compared: Compared): Promise<Similar> {
  const { here } = context
  const { duplicates, past } = await findSimilarCases(context, compared)
  // The list's own policy decides once more what is shown.
  const listed = await casesById(
    context,
    [...duplicates, ...past].map(({ caseId }) => caseId),
  )
  const rows = new Map(listed.map((row) => [row.id, row]))
  const outcomes = await outcomesOf(
    context,
    past.map(({ caseId }) => caseId).filter((id) => rows.has(id)),
  )
  const seen = (list: typeof duplicates) =>
    list.flatMap(({ caseId, score, metres, days, why }) => {
      const row = rows.get(caseId)
      return row
        ? [{ row, fields: { case: presentCase(here, row), version: row.version, score, metres, days, why } }]
        : []
    })
  return {
    duplicates: seen(duplicates).map(({ fields }) => ({ ...fields, likely: fields.score >= LIKELY_FROM })),
    past: seen(past).map(({ row, fields }) => ({
      ...fields,
      outcome: {
        unitName: fields.case.unit?.name ?? null,
        tookDays: Math.max(0, Math.round(((row.closedAt ?? row.openedAt).getTime() - row.openedAt.getTime()) / DAY)),
        result: outcomes.get(row.id)?.result ?? null,
        rating: outcomes.get(row.id)?.rating ?? null,
      },
    })),
  }
}

/** For a case on its page: the clerk at intake looks here first. */
export const similarToCaseQuery = query(similarToCase, async (context, { id }) => {
  const loaded = await findCase(context.tx, id, false)
  if (!loaded || !maySee(context.actor, loaded)) throw notFound()
  const { case: state } = loaded
  const found = await similarTo(context, {
    title: state.title,
    text: typeof state.data.text === 'string' ? state.data.text : '',
    placeText: state.placeText,
    place: state.place,
    villageCode: state.villageCode,
    townCode: state.townCode,
    classCode: state.classCode,
    at: state.openedAt,
    closedAt: state.closedAt,
    caseId: id,
    definitionKeys: COMPARED_FLOWS,
  })
  // What belongs to it already stands among its links.
  const links = await linksOf(context.tx, id)
  const linked = new Set(links.flatMap((link) => [link.fromCaseId, link.toCaseId]))
  const whole = links.find((link) => link.kind === 'part' && link.fromCaseId === id)
  if (whole) for (const sibling of await linkedTo(context.tx, whole.toCaseId, 'part')) linked.add(sibling)
  return { ...found, duplicates: found.duplicates.filter((each) => !linked.has(each.case.id)) }
})

/** For a report that is being written down. Nothing of it is kept. */
export const findSimilarQuery = query(findSimilar, async (context, input) =>
  similarTo(context, {
    title: titleOf(input.text),
    text: maskNumbers(input.text),
    placeText: input.placeText ? maskNumbers(input.placeText) : null,
    place: input.place ?? null,
    villageCode: input.villageCode ?? null,
    townCode: input.townCode ?? input.villageCode?.slice(0, 9) ?? null,
    classCode: input.classCode ?? null,
    at: context.now,
    closedAt: null,
    caseId: null,
    definitionKeys: COMPARED_FLOWS,
  }),
)
