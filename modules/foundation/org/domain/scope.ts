import type { EffectiveGrant } from '#platform/access/actor.ts'

/** Territory and line of something that a right is asked for; `line` null = all lines. */
export interface Area {
  readonly division: string
  readonly line: string | null
}

/** Whether one grant covers the whole area: its subtree holds the division, its line is the area's or every line. */
export function grantCovers(grant: Area, area: Area): boolean {
  return area.division.startsWith(grant.division) && (grant.line === null || grant.line === area.line)
}

/** Whether one of the grants covers the whole area. */
export function covers(grants: readonly Area[], area: Area): boolean {
  return grants.some((grant) => grantCovers(grant, area))
}

/**
 * What a unit stands for when somebody wants to manage it: each of its lines in its division. A unit without a line is
 * covered only by a grant for every line.
 */
export function areasOf(unit: { division: string; lines: readonly string[] }): Area[] {
  if (unit.lines.length === 0) return [{ division: unit.division, line: null }]
  return unit.lines.map((line) => ({ division: unit.division, line }))
}

/** Whether the grants cover every area: nobody manages what reaches beyond his own territory or line. */
export function coversAll(grants: readonly Area[], areas: readonly Area[]): boolean {
  return areas.every((area) => covers(grants, area))
}

/** A permission, or a prefix ending in `.*`, lies within another. */
export function permissionWithin(inner: string, outer: string): boolean {
  if (inner === outer) return true
  if (!outer.endsWith('.*')) return false
  const stem = outer.slice(0, -1)
  return inner.startsWith(stem)
}

/** A row of `access_grant` whose subject fits a post, or the account itself. */
export interface GrantRow {
  readonly permission: string
  readonly divisionCode: string | null
  readonly lineCode: string | null
}

/** The post through which a grant is held. */
export interface GrantHolder {
  readonly unitDivision: string
  readonly postDivision: string | null
  readonly lines: readonly string[]
}

/**
 * What a grant means for one post: division null = the unit's, `post` = the post's own (the unit's where it has none);
 * line `unit` = one grant for each line of the unit.
 */
export function resolveGrant(row: GrantRow, holder: GrantHolder): EffectiveGrant[] {
  const division =
    row.divisionCode === null
      ? holder.unitDivision
      : row.divisionCode === 'post'
        ? (holder.postDivision ?? holder.unitDivision)
        : row.divisionCode
  const lines = row.lineCode === 'unit' ? holder.lines : [row.lineCode]
  return lines.map((line) => ({ permission: row.permission, division, line }))
}

/** Drops grants that another one of the list already contains, so that queries get few branches. */
export function withoutContained(grants: readonly EffectiveGrant[]): EffectiveGrant[] {
  const kept: EffectiveGrant[] = []
  for (const [index, grant] of grants.entries()) {
    const contained = grants.some((other, otherIndex) => {
      if (otherIndex === index) return false
      if (!permissionWithin(grant.permission, other.permission) || !grantCovers(other, grant)) return false
      const equal =
        other.permission === grant.permission && other.division === grant.division && other.line === grant.line
      return !equal || otherIndex < index
    })
    if (!contained) kept.push(grant)
  }
  return kept
}
