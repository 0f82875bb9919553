import { sql, type Tx } from '#platform/db/db.ts'

export interface NewHandover {
  fromAccountId: number
  leaving: boolean
  reason: string
  note: string | null
  signedBy: number
  signedAt: Date
  items: readonly { caseId: number; slot: string; to: number }[]
  posts: readonly { postId: number; to: number | null }[]
}

/** Writes a signed hand-over with everything that moved. */
export async function insertHandover(tx: Tx, handover: NewHandover): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into org_handover (from_account_id, leaving, reason, note, items, posts, signed_by, signed_at)
    values (${handover.fromAccountId}, ${handover.leaving}, ${handover.reason}, ${handover.note},
      ${handover.items.length}, ${handover.posts.length}, ${handover.signedBy}, ${handover.signedAt})
    returning id`.execute(tx)
  const id = rows[0]!.id
  const moves = [
    ...handover.items.map((item) => ({ case_id: item.caseId, slot: item.slot, post_id: null, to_id: item.to })),
    ...handover.posts.map((post) => ({ case_id: null, slot: null, post_id: post.postId, to_id: post.to })),
  ]
  await sql`
    insert into org_handover_move (handover_id, case_id, slot, post_id, to_account_id)
    select ${id}, case_id, slot, post_id, to_id
      from json_to_recordset(${JSON.stringify(moves)}::json)
        as m (case_id bigint, slot text, post_id bigint, to_id bigint)`.execute(tx)
  return id
}
