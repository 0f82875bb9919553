import { sql, type Tx } from '#platform/db/db.ts'
import type { EvidenceRow } from '#platform/evidence/evidence-entry.ts'

/**
 * The INSERT as a fragment, to be put into a larger statement: `with evidence as (${evidenceInsert(rows)}) …`.
 * Its text is the same for any number of rows.
 */
export function evidenceInsert(rows: readonly EvidenceRow[]) {
  return sql`
    insert into evidence_entry (created_at, kind, subject, schema_version, content, salt, leaf)
    select created_at, kind, subject, schema_version, content, salt, leaf
      from unnest(${rows.map((row) => row.createdAt)}::timestamptz[], ${rows.map((row) => row.kind)}::text[],
                  ${rows.map((row) => row.subject)}::text[], ${rows.map((row) => row.schemaVersion)}::smallint[],
                  ${rows.map((row) => row.content)}::bytea[], ${rows.map((row) => row.salt)}::bytea[],
                  ${rows.map((row) => row.leaf)}::bytea[])
        as entry (created_at, kind, subject, schema_version, content, salt, leaf)`
}

/** Writes entries in the caller's transaction: they stand or fall with the change they tell of. */
export async function insertEvidenceEntries(tx: Tx, rows: readonly EvidenceRow[]): Promise<void> {
  if (rows.length > 0) await evidenceInsert(rows).execute(tx)
}
