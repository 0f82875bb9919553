import type pg from 'pg'
import { quoteIdent } from '#platform/db/pool.ts'

export interface CountyTable {
  name: string
  /** Written columns; what the database computes itself is left out. */
  columns: string[]
}

/**
 * All tables of a county, those that others refer to first, so that they can be loaded in this order with every
 * constraint on. A table that refers to itself is loaded in one statement, after which the database checks.
 * Throws when tables refer to each other in a circle.
 */
export async function listCountyTables(client: pg.ClientBase, schema: string): Promise<CountyTable[]> {
  const { rows: tables } = await client.query<CountyTable>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
       from pg_catalog.pg_class c
       join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      group by c.relname order by c.relname`,
    [quoteIdent(schema)],
  )
  const { rows: references } = await client.query<{ from_table: string; to_table: string }>(
    `select distinct f.relname as from_table, t.relname as to_table
       from pg_catalog.pg_constraint k
       join pg_catalog.pg_class f on f.oid = k.conrelid
       join pg_catalog.pg_class t on t.oid = k.confrelid
      where k.contype = 'f' and f.relnamespace = $1::regnamespace and f.oid <> t.oid`,
    [quoteIdent(schema)],
  )
  const ordered: CountyTable[] = []
  const visit = (table: CountyTable, trail: string[]) => {
    if (ordered.includes(table)) return
    if (trail.includes(table.name))
      throw new Error(`tables refer to each other in a circle: ${[...trail, table.name].join(' → ')}`)
    for (const { from_table: from, to_table: to } of references)
      if (from === table.name) visit(tables.find((other) => other.name === to)!, [...trail, table.name])
    ordered.push(table)
  }
  for (const table of tables) visit(table, [])
  return ordered
}

export interface SequenceState {
  name: string
  last: number
  called: boolean
}

/** Sequences of a county (those of identity columns) and where they stand. */
export async function listSequences(client: pg.ClientBase, schema: string): Promise<SequenceState[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_catalog.pg_class
      where relnamespace = $1::regnamespace and relkind = 'S' order by relname`,
    [quoteIdent(schema)],
  )
  const states: SequenceState[] = []
  for (const { name } of rows) {
    const state = await client.query<{ last: number; called: boolean }>(
      `select last_value as last, is_called as called from ${quoteIdent(schema)}.${quoteIdent(name)}`,
    )
    states.push({ name, ...state.rows[0]! })
  }
  return states
}

/** `"schema"."table" ("a", "b")` */
export function copyTarget(schema: string, table: { name: string; columns: readonly string[] }): string {
  return `${quoteIdent(schema)}.${quoteIdent(table.name)} (${table.columns.map(quoteIdent).join(', ')})`
}
