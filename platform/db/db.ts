import { type Kysely, sql, type Transaction } from 'kysely'

/**
 * Rows are typed where they are read (`sql<Row>`): the statements of this project are written SQL with explicit columns,
 * and the data dictionary is generated from the migrated database.
 */
// biome-ignore lint/complexity/noBannedTypes: no table is reachable through the query builder by name
export type Schema = {}

/** One open transaction inside one county: `search_path` is that county's schema, nothing else is reachable by plain name. */
export type Tx = Transaction<Schema>

/** A pool; outside of `inCounty` its `search_path` is empty, so a forgotten county fails instead of leaking. */
export type Db = Kysely<Schema>

export { sql }
