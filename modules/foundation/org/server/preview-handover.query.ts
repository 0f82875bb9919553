import { previewHandover } from '#modules/foundation/org/contract.ts'
import { countOwnWork, getAccountInSight, listHeldPosts } from '#modules/foundation/org/server/account.store.ts'
import { administrator, countyDivision } from '#modules/foundation/org/server/administrator.ts'
import { countRoleWork, otherHolders } from '#modules/foundation/org/server/post.store.ts'
import { iso } from '#modules/foundation/org/server/present.ts'
import { listOwnWork } from '#modules/foundation/org/server/work.store.ts'
import { query } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'

/** More than this is handed over as a whole, not one by one. */
const LISTED = 500

/** What somebody has in hand: open work in the own name, posts held, personal grants. */
export const previewHandoverQuery = query(previewHandover, async (context, { id }) => {
  const { tx, now, here } = context
  const actor = administrator(context)
  const account = await getAccountInSight(tx, id, { actor, county: countyDivision(context), at: now })
  const work = await listOwnWork(tx, id, actor, LISTED)
  const held = await listHeldPosts(tx, [id], now)
  const ids = held.map((post) => post.holdingId)
  const posts = []
  for (const post of held)
    posts.push({
      postId: post.postId,
      name: post.name,
      role: post.role,
      unit: post.unit,
      acting: post.acting,
      until: iso(post.until),
      others: await otherHolders(tx, post.unit.id, post.role, ids, now),
      openWork: await countRoleWork(tx, post.unit.id, post.role),
    })
  const grants = await sql<{ n: number }>`
    select count(*) as n from access_grant
     where account_id = ${id} and (valid_to is null or valid_to > ${now})`.execute(tx)
  return {
    account: { id: account.id, name: account.name, login: account.login },
    items: work.map((item) => {
      const { body } = here.definitions.byId(item.definitionId)
      return {
        id: item.id,
        caseId: item.caseId,
        number: item.number,
        title: item.title,
        definitionName: body.name,
        stateName: body.states[item.state]?.name ?? { 'zh-CN': item.state, en: item.state },
        role: item.role,
        openedAt: item.openedAt.toISOString(),
        dueAt: iso(item.dueAt),
        overdue: item.overdue,
      }
    }),
    total: await countOwnWork(tx, id),
    posts,
    grants: grants.rows[0]!.n,
  }
})
