import { EVENTS, signHandover } from '#modules/foundation/org/contract.ts'
import { findAccountBrief } from '#modules/foundation/org/server/account.store.ts'
import { administrator, record } from '#modules/foundation/org/server/administrator.ts'
import { appointTo } from '#modules/foundation/org/server/appoint.command.ts'
import { insertHandover } from '#modules/foundation/org/server/handover.store.ts'
import { getManagedAccount } from '#modules/foundation/org/server/managed-account.ts'
import {
  countRoleWork,
  endHoldings,
  getPostForChange,
  type HoldingRow,
  openHoldingsOf,
  otherHolders,
} from '#modules/foundation/org/server/post.store.ts'
import { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
import { disable } from '#modules/foundation/org/server/suspend-account.command.ts'
import { type LockedWork, lockOwnWork, moveWork } from '#modules/foundation/org/server/work.store.ts'
import { command } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'

type Input = Parameters<typeof signHandoverCommand.perform>[1]

/**
 * Hands over what somebody has in hand, all or nothing: open work to successors, posts to successors or ended, and, where
 * the person leaves, the account is disabled. No work and no post with open work is left with nobody.
 */
export const signHandoverCommand = command(signHandover, {
  async perform(context, input) {
    const { tx, now } = context
    const signer = administrator(context)
    const account = await getManagedAccount(context, input.id)
    if (account.disabled && !input.leaving)
      throw new AppError('org.account_disabled', { status: 409, params: { name: account.name } })

    const holdings = await openHoldingsOf(tx, account.id, now)
    const postMoves = await handOverPosts(context, input, holdings)
    // Cases are locked after posts everywhere, so two hand-overs never wait for each other.
    const moves = assignWork(input, await lockOwnWork(tx, account.id))
    const successors = await getSuccessors(tx, account.id, [...moves, ...postMoves], now)
    await moveWork(
      tx,
      moves.map((move) => ({ ...move, toName: successors.get(move.to)! })),
      { fromId: account.id, fromName: account.name, accountId: signer.accountId, note: input.reason, at: now },
    )
    if (input.leaving) {
      await sql`
        update access_grant set valid_to = greatest(valid_from, ${now}::timestamptz)
         where account_id = ${account.id} and (valid_to is null or valid_to > ${now})`.execute(tx)
      if (!account.disabled) await disable(context, account.id)
    }
    await raiseRevision(tx)

    const id = await insertHandover(tx, {
      fromAccountId: account.id,
      leaving: input.leaving,
      reason: input.reason,
      note: input.note ?? null,
      signedBy: signer.accountId,
      signedAt: now,
      items: moves,
      posts: postMoves,
    })
    record(context, 'org.handed_over', `org_handover:${id}`, {
      from: account.id,
      leaving: input.leaving,
      items: moves.map((move) => ({ case: move.caseId, slot: move.slot, to: move.to })),
      posts: postMoves.map((move) => ({ post: move.postId, to: move.to })),
      reason: input.reason,
    })
    tellSuccessors(context, account.name, moves, postMoves)
    context.pending.jobs.push({
      kind: EVENTS.handedOver,
      aggregate: `account:${account.id}`,
      payload: { handoverId: id },
    })
    const output = { id, items: moves.length, posts: postMoves.length }
    return { ref: output, output }
  },
  async present(_context, ref) {
    return ref as { id: number; items: number; posts: number }
  },
})

interface PostMove {
  postId: number
  to: number | null
}

/** Ends the posts named (all, where the person leaves) and appoints the successors. */
async function handOverPosts(context: Context, input: Input, holdings: readonly HoldingRow[]): Promise<PostMove[]> {
  const { tx, now } = context
  const wanted = new Map((input.posts ?? []).map((post) => [post.postId, post.to ?? null]))
  for (const postId of wanted.keys())
    if (!holdings.some((holding) => holding.postId === postId)) throw new AppError('org.post_not_held', { status: 409 })
  const ending = input.leaving ? holdings : holdings.filter((holding) => wanted.has(holding.postId))
  const postIds = [...new Set(ending.map((holding) => holding.postId))].sort((a, b) => a - b)
  const posts = []
  for (const postId of postIds) posts.push(await getPostForChange(tx, postId))
  const ids = ending.map((holding) => holding.id)
  await endHoldings(tx, ids, now, input.reason)
  const moves: PostMove[] = []
  for (const post of posts) {
    const to = wanted.get(post.id) ?? null
    const mine = ending.filter((holding) => holding.postId === post.id)
    if (to !== null && !post.retired) {
      // An acting holder's successor acts for the same person to the same day.
      const acting = mine.every((holding) => holding.acting) ? mine[0] : undefined
      await appointTo(context, post, {
        accountId: to,
        since: now,
        until: acting?.until ?? null,
        acting: acting !== undefined,
        forAccountId: acting?.forAccountId ?? null,
        reason: input.reason,
      })
    } else {
      const others = await otherHolders(tx, post.unit.id, post.role, ids, now)
      const work = others.length > 0 ? 0 : await countRoleWork(tx, post.unit.id, post.role)
      if (work > 0)
        throw new AppError('org.post_has_open_work', { status: 409, params: { count: work, post: post.name } })
    }
    moves.push({ postId: post.id, to })
  }
  return moves
}

interface WorkMove extends LockedWork {
  to: number
}

/** Who gets what; every piece of work must get somebody. */
function assignWork(input: Input, work: readonly LockedWork[]): WorkMove[] {
  const chosen = new Map((input.items ?? []).map((item) => [item.id, item.to]))
  for (const id of chosen.keys())
    if (!work.some((item) => item.id === id)) throw new AppError('org.work_changed', { status: 409 })
  const moves: WorkMove[] = []
  let left = 0
  for (const item of work) {
    const to = chosen.get(item.id) ?? input.itemsTo
    if (to === undefined) left += 1
    else moves.push({ ...item, to })
  }
  if (input.leaving && left > 0)
    throw new AppError('org.work_without_successor', { status: 422, params: { count: left } })
  return moves
}

/** Names of all successors: in office, somebody else, and each holding a post (perhaps the one just handed over). */
async function getSuccessors(
  tx: Tx,
  fromId: number,
  moves: readonly { to: number | null }[],
  at: Date,
): Promise<Map<number, string>> {
  const names = new Map<number, string>()
  for (const id of new Set(moves.flatMap((move) => (move.to === null ? [] : [move.to])))) {
    const account = await findAccountBrief(tx, id)
    if (!account || account.disabled || id === fromId) throw new AppError('org.successor_invalid', { status: 422 })
    if ((await openHoldingsOf(tx, id, at)).length === 0)
      throw new AppError('org.successor_needs_post', { status: 422, params: { name: account.name } })
    names.set(id, account.name)
  }
  return names
}

function tellSuccessors(
  context: Context,
  from: string,
  items: readonly { to: number }[],
  posts: readonly PostMove[],
): void {
  const told = new Set([
    ...items.map((move) => move.to),
    ...posts.flatMap((move) => (move.to === null ? [] : [move.to])),
  ])
  for (const accountId of told)
    context.pending.jobs.push({
      kind: 'notify.in_app',
      aggregate: `account:${accountId}`,
      payload: {
        accountIds: [accountId],
        kind: 'org.handed_over',
        params: {
          from,
          items: items.filter((move) => move.to === accountId).length,
          posts: posts.filter((move) => move.to === accountId).length,
        },
      },
    })
}
