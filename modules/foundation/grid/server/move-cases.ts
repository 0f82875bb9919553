import { GridIndex } from '#modules/foundation/grid/domain/grid-index.ts'
import type { PlannedGrid } from '#modules/foundation/grid/domain/plan.ts'
import { fromGeo, twiceAreaOf } from '#modules/foundation/grid/domain/shape.ts'
import type { Context } from '#platform/command/context.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { maskNumbers } from '#platform/logs/redact.ts'
import { findCase, moveParties } from '#platform/process/case.store.ts'
import { reindexScope } from '#platform/search/case-index.ts'

/** A grid that takes over from one that goes. */
export type Successor = Pick<PlannedGrid, 'code' | 'name' | 'shape'>

export interface CaseMove {
  caseId: number
  from: string
  to: string
}

/** Open cases of grids, oldest first, with their points. */
export async function listOpenCases(
  tx: Tx,
  grids: readonly string[],
): Promise<{ id: number; gridCode: string; lon: number | null; lat: number | null }[]> {
  const { rows } = await sql<{ id: number; gridCode: string; lon: number | null; lat: number | null }>`
    select id, grid_code as "gridCode", place[0] as lon, place[1] as lat from process_case
     where grid_code = any(${grids as string[]}::text[]) and closed_at is null order by id`.execute(tx)
  return rows
}

/**
 * Where each open case of grids that go will lie: in the successor around its point; without a point, or with one outside of
 * all, in the largest.
 */
export function destinations(
  cases: readonly { id: number; gridCode: string; lon: number | null; lat: number | null }[],
  successorsOf: (grid: string) => readonly Successor[],
): CaseMove[] {
  const known = new Map<string, { index: GridIndex; largest: string | null }>()
  return cases.flatMap(({ id, gridCode, lon, lat }) => {
    let target = known.get(gridCode)
    if (!target) {
      const drawn = successorsOf(gridCode).flatMap(({ code, shape }) =>
        code && shape ? [{ code, shape: fromGeo(shape) }] : [],
      )
      const largest = drawn.toSorted((a, b) => twiceAreaOf(b.shape) - twiceAreaOf(a.shape))[0]?.code ?? null
      target = { index: new GridIndex(drawn), largest }
      known.set(gridCode, target)
    }
    const to = (lon !== null && lat !== null ? target.index.at(lon, lat) : undefined) ?? target.largest
    return to === null ? [] : [{ caseId: id, from: gridCode, to }]
  })
}

/**
 * Moves open cases into other grids: the case, its work, its parties and its search words together, and one hop of the trace
 * that says from where to where. Closed cases keep the grid they were closed in.
 */
export async function moveCases(
  context: Context,
  moves: readonly CaseMove[],
  nameOf: (code: string) => string,
  reason: string,
): Promise<void> {
  const { tx, actor, now } = context
  for (const move of moves.toSorted((a, b) => a.caseId - b.caseId)) {
    const loaded = await findCase(tx, move.caseId, true)
    if (!loaded || loaded.case.gridCode !== move.from || loaded.case.closedAt !== null) continue
    const before = loaded.case
    const at = new Date(Math.max(now.getTime(), before.lastHopAt.getTime()))
    const after = { ...before, gridCode: move.to, hop: before.hop + 1, lastHopAt: at }
    const why = [{ key: 'grid.why.moved', params: { from: nameOf(move.from), to: nameOf(move.to) } }]
    await sql`
      with item as (
        update process_work_item set grid_code = ${move.to} where case_id = ${move.caseId}
      ), trace as (
        insert into process_trace (case_id, hop, at, action, from_state, to_state, actor_kind, account_id, note, why)
        values (${move.caseId}, ${after.hop}, ${at}, 'regridded', ${before.state}, ${before.state}, ${actor.kind},
          ${actor.kind === 'staff' ? actor.accountId : null}, ${maskNumbers(reason)}, ${JSON.stringify(why)}::jsonb)
      )
      update process_case set grid_code = ${move.to}, hop = ${after.hop}, last_hop_at = ${at}
       where id = ${move.caseId}`.execute(tx)
    await moveParties(tx, after)
    await reindexScope(tx, before, after)
  }
}
