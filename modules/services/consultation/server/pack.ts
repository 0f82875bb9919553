import { query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { findCase, type LoadedCase } from '#platform/process/case.store.ts'
import { casesById, type ListedCase } from '#platform/process/case-list.ts'
import { maySee } from '#platform/process/engine.ts'
import { presentCase } from '#platform/process/present.ts'
import { getPack } from '../contract.ts'
import { decisionsOf } from './consultation.effects.ts'
import { repeatsOf } from './consultation.store.ts'

export interface Repeat {
  case: ListedCase
  result: string | null
  reply: string | null
  rating: number | null
}

/** The reports that a consultation is about, as far as the reader sees them, with what became of each; oldest first. */
export async function repeatsIn(
  context: Context,
  { case: state }: LoadedCase,
): Promise<{ repeats: Repeat[]; hidden: number }> {
  const ids = new Set(await repeatsOf(context.tx, state.id))
  if (typeof state.data.fromCase === 'number') ids.add(state.data.fromCase)
  const seen = await casesById(context, [...ids])
  const { rows } = await sql<{ id: number; result: string | null; reply: string | null; rating: number | null }>`
    select c.id, c.data ->> 'result' as result, case when c.closed_at is null then null else c.data ->> 'reply' end as reply,
           (c.data ->> 'score')::int as rating
      from process_case c where c.id = any(${seen.map(({ id }) => id)}::bigint[])`.execute(context.tx)
  const told = new Map(rows.map((row) => [row.id, row]))
  const repeats = seen
    .toSorted((a, b) => a.openedAt.getTime() - b.openedAt.getTime() || a.id - b.id)
    .map((row) => {
      const { result = null, reply = null, rating = null } = told.get(row.id) ?? {}
      return { case: row, result, reply, rating }
    })
  return { repeats, hidden: ids.size - seen.length }
}

export const getPackQuery = query(getPack, async (context, { id }) => {
  const { tx, here, actor } = context
  const loaded = await findCase(tx, id, false)
  if (!loaded || !maySee(actor, loaded)) throw notFound()
  if (loaded.case.definitionKey !== 'consultation')
    throw new AppError('consultation.not_a_consultation', { status: 409 })
  const { repeats, hidden } = await repeatsIn(context, loaded)
  const decisions = decisionsOf(loaded.case)
  const opened = new Map(
    (
      await casesById(
        context,
        decisions.flatMap(({ reportId }) => (reportId === undefined ? [] : [reportId])),
      )
    ).map((row) => [row.id, presentCase(here, row)]),
  )
  return {
    repeats: repeats.map((repeat) => ({ ...repeat, case: presentCase(here, repeat.case) })),
    hidden,
    decisions: decisions.map((decision, index) => {
      const report = decision.reportId === undefined ? undefined : opened.get(decision.reportId)
      return {
        no: index + 1,
        text: decision.text,
        unitName: here.directory.unit(decision.unitId)?.name ?? '',
        due: decision.due,
        report: report ? { id: report.id, number: report.number, stateName: report.stateName } : null,
      }
    }),
  }
})
