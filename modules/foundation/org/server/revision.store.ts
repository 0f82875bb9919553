import { sql, type Tx } from '#platform/db/db.ts'

/** Lets every server process forget what it remembers of accounts, posts, units and grants of this county. */
export async function raiseRevision(tx: Tx): Promise<void> {
  await sql`update access_revision set revision = revision + 1`.execute(tx)
}
