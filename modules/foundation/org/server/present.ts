import type { Static } from 'typebox'
import type { AccountRowShape, UnitRowShape } from '#modules/foundation/org/contract.ts'
import type { AccountPostRow, AccountRow } from '#modules/foundation/org/server/account.store.ts'
import type { UnitRow } from '#modules/foundation/org/server/unit.store.ts'

/** An instant as the API gives it, or null. */
export const iso = (at: Date | null): string | null => (at ? at.toISOString() : null)

/** A unit as lists and its own page show it. */
export function presentUnitRow(row: UnitRow): Static<typeof UnitRowShape> {
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    shortName: row.shortName,
    kind: row.kind,
    level: row.level,
    divisionCode: row.division,
    divisionName: row.divisionName,
    parent: row.parent,
    lines: row.lines,
    limited: row.limited,
    posts: row.posts,
    people: row.people,
    version: row.version,
    retiredAt: iso(row.retiredAt),
    can: { manage: row.manageable && row.retiredAt === null },
  }
}

/** An account as lists and its own page show it. Nobody manages his own account. */
export function presentAccountRow(row: AccountRow, actorId: number): Static<typeof AccountRowShape> {
  return {
    id: row.id,
    login: row.login,
    name: row.name,
    demo: row.demo,
    secondFactor: row.secondFactor,
    mustChangePassword: row.mustChangePassword,
    lockedUntil: iso(row.lockedUntil),
    disabledAt: iso(row.disabledAt),
    createdAt: row.createdAt.toISOString(),
    posts: row.posts.map(presentAccountPost),
    can: { manage: row.manageable && row.id !== actorId },
  }
}

function presentAccountPost(post: AccountPostRow) {
  return {
    holdingId: post.holdingId,
    postId: post.postId,
    role: post.role,
    name: post.name,
    unit: post.unit,
    acting: post.acting,
    since: post.since.toISOString(),
    until: iso(post.until),
  }
}
