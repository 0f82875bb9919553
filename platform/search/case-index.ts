import type { RawBuilder } from 'kysely'
import type { Context } from '#platform/command/context.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import type { CaseState } from '#platform/process/case.store.ts'

/** What a search term means for the case list: a condition on a case row aliased `c`, or the certainty of no hit. */
export interface CaseMatch {
  condition: RawBuilder<boolean>
  none: boolean
}

/** Puts a case into the search index in the transaction that opens it. */
export async function indexCase(_tx: Tx, _state: CaseState, _text: string): Promise<void> {}

/** Turns what was typed into a condition on cases. */
export async function matchCases(_context: Context, q: string): Promise<CaseMatch> {
  return { condition: sql`c.number = ${q.trim().toUpperCase()}`, none: false }
}
