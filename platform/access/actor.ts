/** What one grant lets its holder do, resolved: the whole county where `division` is the county, one line where `line` is set. */
export interface EffectiveGrant {
  /** Exact permission or a prefix ending in `.*`. */
  readonly permission: string
  /** Division code (6 county, 9 town, 12 village, 15 grid): the subtree is meant. */
  readonly division: string
  /** Department line (条线) code, or null for all lines. */
  readonly line: string | null
}

/** A post (岗位) that the account holds now. */
export interface HeldPost {
  readonly postId: number
  readonly role: string
  readonly unitId: number
  readonly unitCode: string
  readonly unitName: string
  /** Division in which the unit works. */
  readonly division: string
  /** Held for somebody else (代理). */
  readonly acting: boolean
}

export interface StaffActor {
  readonly kind: 'staff'
  readonly accountId: number
  readonly name: string
  readonly sessionId: string
  readonly posts: readonly HeldPost[]
  readonly unitIds: readonly number[]
  readonly grants: readonly EffectiveGrant[]
}

/** Anybody without a log-in. `secret` is a random cookie that ties an anonymous reporter's retries and uploads together. */
export interface PublicActor {
  readonly kind: 'public'
  readonly secret: string
}

/** Timers, jobs, importers: named, and never an answer to a request. */
export interface SystemActor {
  readonly kind: 'system'
  readonly name: string
}

export type Actor = StaffActor | PublicActor | SystemActor

function covers(granted: string, wanted: string): boolean {
  return granted === wanted || (granted.endsWith('.*') && wanted.startsWith(granted.slice(0, -1)))
}

/** Grants of the actor that carry a permission; empty for the public. */
export function grantsFor(actor: Actor, permission: string): readonly EffectiveGrant[] {
  return actor.kind === 'staff' ? actor.grants.filter((grant) => covers(grant.permission, permission)) : []
}

/** Whether any grant carries the permission, wherever. */
export function holdsPermission(actor: Actor, permission: string): boolean {
  return actor.kind === 'system' || grantsFor(actor, permission).length > 0
}
