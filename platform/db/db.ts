import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely'

/**
 * One open transaction inside one county: `search_path` is that county's schema, nothing else is reachable by plain name.
 * Statements are written SQL (`sql<Row>`…`.execute(tx)`) with explicit columns; the data dictionary is generated from
 * the migrated database. Only `inCounty` makes one.
 */
export interface Tx extends QueryExecutorProvider {
  readonly county: CountyRef
  /** Leaves a statement to be sent together with COMMIT: saves a round trip. Its result is not seen, its failure is. */
  finish(statement: RawBuilder<unknown>): void
}

/** What a statement has to know about the county it runs in. */
export interface CountyRef {
  readonly slug: string
  /** Schema of this county, e.g. `county_wuzhong`. */
  readonly schema: string
  /** Changes with every migration; part of the name of prepared statements. */
  readonly level: string
}

export { sql }
