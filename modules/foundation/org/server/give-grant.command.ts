import { giveGrant } from '#modules/foundation/org/contract.ts'
import { coversAll } from '#modules/foundation/org/domain/scope.ts'
import { findAccountBrief } from '#modules/foundation/org/server/account.store.ts'
import { administrator, countyDivision, record } from '#modules/foundation/org/server/administrator.ts'
import { grantAreas, unheldPermissions } from '#modules/foundation/org/server/grant.store.ts'
import {
  assertSomebodyElse,
  assertWithinScope,
  MANAGE_GRANTS,
  managesWholeCounty,
} from '#modules/foundation/org/server/org.policy.ts'
import { getPostForChange } from '#modules/foundation/org/server/post.store.ts'
import { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
import { divisionExists, unknownLines } from '#modules/foundation/org/server/unit.store.ts'
import { grantsFor } from '#platform/access/actor.ts'
import { command } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'

type Input = Parameters<typeof giveGrantCommand.perform>[1]

/** Gives a permission to an account, a post or every post of a role: only what the giver holds or nobody does yet, only where he administers. */
export const giveGrantCommand = command(giveGrant, {
  async perform(context, input) {
    const { tx, now } = context
    const actor = administrator(context)
    const place = await checkSubject(context, input)
    await checkPlace(tx, input)
    if (input.validTo && new Date(input.validTo) <= now) throw new AppError('org.until_before_since', { status: 422 })
    const areas = grantAreas(
      { permission: input.permission, divisionCode: input.divisionCode ?? null, lineCode: input.lineCode ?? null },
      place,
      input.role !== undefined,
      countyDivision(context),
    )
    assertWithinScope(actor, MANAGE_GRANTS, areas)
    const held = coversAll(grantsFor(actor, input.permission), areas)
    if (!held && !(await mayGiveFirst(context, input.permission)))
      throw new AppError('org.permission_not_held', { status: 403, params: { permission: input.permission } })
    const { rows } = await sql<{ id: number }>`
      insert into access_grant (account_id, post_id, role, unit_kind, unit_level, permission, division_code, line_code,
        reason, valid_from, valid_to, granted_by)
      select v.account_id, v.post_id, v.role, v.unit_kind, v.unit_level, v.permission, v.division_code, v.line_code,
             ${input.reason}, ${now}, ${input.validTo ?? null}::timestamptz, ${actor.accountId}
        from (values (${input.accountId ?? null}::bigint, ${input.postId ?? null}::bigint, ${input.role ?? null}::text,
          ${input.unitKind ?? null}::text, ${input.unitLevel ?? null}::text, ${input.permission}::text,
          ${input.divisionCode ?? null}::text, ${input.lineCode ?? null}::text))
          as v (account_id, post_id, role, unit_kind, unit_level, permission, division_code, line_code)
       where not exists (
         select 1 from access_grant g
          where (g.account_id, g.post_id, g.role, g.unit_kind, g.unit_level, g.permission, g.division_code, g.line_code)
                is not distinct from (v.account_id, v.post_id, v.role, v.unit_kind, v.unit_level, v.permission,
                                      v.division_code, v.line_code)
            and (g.valid_to is null or g.valid_to > ${now}))
      returning id`.execute(tx)
    const id = rows[0]?.id
    if (id === undefined) throw new AppError('org.grant_exists', { status: 409 })
    await raiseRevision(tx)
    record(context, 'access.grant_given', `access_grant:${id}`, { ...input, ...(held ? {} : { first: true }) })
    return { ref: { id }, output: { id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})

/**
 * A permission that nobody holds yet, because it is new, could never be given: whoever gives grants in the whole county gives
 * the first one, to somebody else and on record as such.
 */
async function mayGiveFirst({ tx, now, actor, services, here }: Context, permission: string): Promise<boolean> {
  return (
    services.permissions.has(permission) &&
    managesWholeCounty(actor, MANAGE_GRANTS, here.county.regionPrefix) &&
    (await unheldPermissions(tx, [permission], now)).length > 0
  )
}

interface PostPlace {
  unitDivision: string
  postDivision: string | null
  lines: string[]
}

/** Exactly one subject, and never oneself. */
async function checkSubject(context: Context, input: Input): Promise<PostPlace | null> {
  const { tx, actor } = context
  const subjects = [input.accountId, input.postId, input.role].filter((subject) => subject !== undefined)
  if (subjects.length !== 1 || (!input.role && (input.unitKind || input.unitLevel)))
    throw new AppError('org.one_subject', { status: 422 })
  const posts = actor.kind === 'staff' ? actor.posts : []
  if (input.accountId !== undefined) {
    assertSomebodyElse(actor, input.accountId)
    if (!input.divisionCode || input.divisionCode === 'post' || input.lineCode === 'unit')
      throw new AppError('org.account_grant_needs_place', { status: 422 })
    if (!(await findAccountBrief(tx, input.accountId))) throw notFound()
    return null
  }
  if (input.role !== undefined) {
    if (posts.some((post) => post.role === input.role)) throw new AppError('org.not_oneself', { status: 403 })
    return null
  }
  if (posts.some((post) => post.postId === input.postId)) throw new AppError('org.not_oneself', { status: 403 })
  const post = await getPostForChange(tx, input.postId!)
  if (post.retired) throw new AppError('org.post_retired', { status: 409 })
  return { unitDivision: post.unit.division, postDivision: post.division, lines: post.unit.lines }
}

async function checkPlace(tx: Tx, input: Input): Promise<void> {
  if (input.divisionCode && input.divisionCode !== 'post' && !(await divisionExists(tx, input.divisionCode)))
    throw new AppError('org.unknown_division', { status: 422 })
  if (input.lineCode && input.lineCode !== 'unit' && (await unknownLines(tx, [input.lineCode])).length > 0)
    throw new AppError('org.unknown_line', { status: 422, params: { line: input.lineCode } })
}
