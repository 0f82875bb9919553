import { sql, type Tx } from '#platform/db/db.ts'
import { insertEvidenceEntries } from '#platform/evidence/evidence.store.ts'
import { prepareEvidenceEntry } from '#platform/evidence/evidence-entry.ts'

/** Kind of the entry that announces an erasure; `verifyLog` wants one for every erased entry. */
export const ERASED_KIND = 'evidence.erased'

/**
 * Erases content and salt of entries. Their leaves stay, so the log holds; without the salt nobody can guess what a leaf
 * stood for. An entry of its own names them and the reason. The application's role may not do this: it runs under the
 * role that migrates.
 * @returns the ids that were erased now
 */
export async function eraseEvidence(
  tx: Tx,
  options: { entryIds: readonly number[]; reason: string; now: Date },
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    update evidence_entry set content = null, salt = null, erased_at = ${options.now}
     where id = any(${options.entryIds}::bigint[]) and content is not null and kind <> ${ERASED_KIND}
    returning id`.execute(tx)
  const ids = rows.map((row) => row.id).sort((a, b) => a - b)
  if (ids.length === 0) return []
  const content = { entries: ids, reason: options.reason }
  await insertEvidenceEntries(tx, [
    prepareEvidenceEntry({ kind: ERASED_KIND, subject: 'evidence', content, at: options.now }),
  ])
  return ids
}
