import {
  getChange,
  getEffect,
  getGrid,
  listChanges,
  listGrids,
  listShapes,
  MANAGE,
  PUBLISH,
  VIEW,
} from '#modules/foundation/grid/contract.ts'
import { gridOf, villageOf } from '#modules/foundation/grid/domain/grid-code.ts'
import type { GeoShape } from '#modules/foundation/grid/domain/shape.ts'
import { boxesMeet, boxOf, toGeo } from '#modules/foundation/grid/domain/shape.ts'
import { successorsIn } from '#modules/foundation/grid/server/apply-change.ts'
import {
  type Change,
  type ChangeRow,
  countChanges,
  findChange,
  listChangeRows,
  listChangesOf,
} from '#modules/foundation/grid/server/change.store.ts'
import { boxOfAll } from '#modules/foundation/grid/server/examine.ts'
import { gridScope, mayInPlace } from '#modules/foundation/grid/server/grid.policy.ts'
import {
  countCases,
  findGrid,
  findShape,
  type GridRow,
  listGridPosts,
  listGridRows,
  listLineage,
  listMicro,
  listShapeRows,
  listVillageShapes,
  listVisibleCases,
  sumGrids,
} from '#modules/foundation/grid/server/grid.store.ts'
import { listPostsAt } from '#modules/foundation/grid/server/grid-posts.ts'
import { getLimits, listDrawnGrids, listVillageLand } from '#modules/foundation/grid/server/land.store.ts'
import { destinations, listOpenCases } from '#modules/foundation/grid/server/move-cases.ts'
import { orgDirectory } from '#modules/foundation/org/public.ts'
import { holdsPermission } from '#platform/access/actor.ts'
import { caseVisibility } from '#platform/access/policy.ts'
import { query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'

const encode = (key: string | number) => Buffer.from(JSON.stringify(key)).toString('base64url')

function decode(cursor: string | undefined, type: 'string' | 'number'): string | number | null {
  if (cursor === undefined) return null
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (typeof key === type) return key as string | number
  } catch {
    // Falls through to the refusal.
  }
  throw new AppError('platform.bad_cursor', { status: 400 })
}

type Here = Pick<Context, 'here'>

/** A grid as lists show it. */
export function presentGrid({ here }: Here, grid: GridRow) {
  const named = (code: string) => ({ code, name: here.directory.divisionName(code) })
  const { code, kind, name, households, people, area, workers, leaders, illustrative, drawn, retiredOn, since } = grid
  return {
    code,
    kind,
    name,
    town: named(code.slice(0, 9)),
    village: named(code.slice(0, 12)),
    place: grid.place as 'building' | null,
    households,
    people,
    area,
    workers,
    leaders,
    illustrative,
    drawn,
    retiredOn,
    since,
  }
}

export const listGridsQuery = query(listGrids, async (context, input) => {
  const { tx, actor, now } = context
  const { cursor, limit = 50, ...filter } = input
  const scope = gridScope(actor, VIEW)
  const after = decode(cursor, 'string') as string | null
  const rows = await listGridRows(tx, filter, scope, { after, limit: limit + 1, at: now })
  const page = rows.slice(0, limit)
  const { total, ...sums } = await sumGrids(tx, filter, scope, now)
  return {
    items: page.map((row) => presentGrid(context, row)),
    next: rows.length > limit ? encode(page.at(-1)!.code) : null,
    total,
    sums,
    can: { manage: holdsPermission(actor, MANAGE) },
  }
})

export const listShapesQuery = query(listShapes, async ({ tx, actor, here }, { under, micro }) => {
  const scope = gridScope(actor, VIEW)
  const from = under ?? here.county.regionPrefix
  return {
    grids: await listShapeRows(tx, from, micro ?? false, scope),
    villages: await listVillageShapes(tx, from, scope),
  }
})

export const getGridQuery = query(getGrid, async (context, { code }) => {
  const { tx, actor, now, here } = context
  const grid = await findGrid(tx, code, gridScope(actor, VIEW), now)
  if (!grid) throw notFound()
  const micro = grid.kind === 'micro'
  const posts = await listGridPosts(tx, gridOf(code), now)
  const unit = orgDirectory(here).unitAt(villageOf(code), 'committee')
  const cases = micro ? { open: 0, closed: 0 } : await countCases(tx, code)
  const manage = grid.retiredOn === null && mayInPlace(actor, MANAGE, code)
  return {
    grid: presentGrid(context, grid),
    shape: await findShape(tx, code),
    version: grid.version,
    retiredReason: grid.retiredReason,
    keeper: grid.keeperId === null ? null : { id: grid.keeperId, name: here.directory.accountName(grid.keeperId) },
    posts: posts.map(({ divisionCode, ...post }) => ({ ...post, ofVillage: divisionCode.length < 15 })),
    unit: unit ? { id: unit.id, name: unit.shortName } : null,
    parent: micro ? { code: gridOf(code), name: here.directory.divisionName(gridOf(code)) } : null,
    micro: micro ? [] : await listMicro(tx, code),
    before: await listLineage(tx, code, 'before'),
    after: await listLineage(tx, code, 'after'),
    cases,
    openCases: micro
      ? []
      : (await listVisibleCases(tx, code, caseVisibility(actor))).map((row) => ({
          ...row,
          openedAt: row.openedAt.toISOString(),
        })),
    changes: mayInPlace(actor, MANAGE, code) ? await listChangesOf(tx, code) : [],
    can: {
      manage,
      settle:
        !micro &&
        grid.retiredOn !== null &&
        mayInPlace(actor, PUBLISH, code) &&
        (cases.open > 0 || posts.some((post) => post.divisionCode === code)),
    },
  }
})

function presentChange({ here }: Here, row: ChangeRow) {
  const name = (id: number | null) => (id === null ? null : here.directory.accountName(id))
  const at = (date: Date | null) => date?.toISOString() ?? null
  const place = row.villageCode ?? row.townCode
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    title: row.title,
    reason: row.reason,
    source: row.source,
    place: place
      ? [place.slice(0, 9), ...(place.length > 9 ? [place] : [])]
          .map((code) => here.directory.divisionName(code))
          .join(' ')
      : here.county.name,
    grids: row.grids,
    errors: row.errors,
    notes: row.notes,
    effectiveOn: row.effectiveOn,
    createdBy: name(row.createdBy)!,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    checkedAt: at(row.checkedAt),
    publishedBy: name(row.publishedBy),
    publishedAt: at(row.publishedAt),
    appliedAt: at(row.appliedAt),
    note: row.note,
    illustrative: row.illustrative,
    version: row.version,
  }
}

const asRow = (change: Change): ChangeRow => {
  const errors = change.faults.filter((fault) => fault.weight === 'error').length
  return { ...change, grids: change.plan.length, errors, notes: change.faults.length - errors }
}

export const listChangesQuery = query(listChanges, async (context, { cursor, limit = 50, ...filter }) => {
  const scope = gridScope(context.actor, MANAGE)
  const before = decode(cursor, 'number') as number | null
  const rows = await listChangeRows(context.tx, filter, scope, { before, limit: limit + 1 })
  const page = rows.slice(0, limit)
  return {
    items: page.map((row) => presentChange(context, row)),
    next: rows.length > limit ? encode(page.at(-1)!.id) : null,
    total: await countChanges(context.tx, filter, scope),
  }
})

export const getChangeQuery = query(getChange, async (context, { id }) => {
  const { tx, actor, here } = context
  const change = await findChange(tx, id, gridScope(actor, MANAGE))
  if (!change) throw notFound()
  const land = await listVillageLand(tx)
  const touched = new Set([...change.plan.flatMap((grid) => grid.villageCode ?? []), ...change.retired.map(villageOf)])
  const villages = [...touched].sort().flatMap((code) => land.get(code) ?? [])
  const area = boxOfAll([
    ...villages.flatMap((village) => (village.shape ? [toGeo(village.shape)] : [])),
    ...change.plan.flatMap((grid) => (soundEnough(grid.shape) ? [grid.shape!] : [])),
  ])
  const standing = area ? (await listDrawnGrids(tx)).filter((grid) => boxesMeet(boxOf(grid.shape), area)) : []
  const open = change.state === 'draft' || change.state === 'checked'
  const own = actor.kind === 'staff' && change.editedBy.includes(actor.accountId)
  const mayPublish = holdsPermission(actor, PUBLISH) && [...touched].every((code) => mayInPlace(actor, PUBLISH, code))
  const mayEdit = [...touched].every((code) => mayInPlace(actor, MANAGE, code) || !land.has(code))
  return {
    change: presentChange(context, asRow(change)),
    plan: change.plan as never[],
    retired: change.retired.map((code) => ({ code, name: here.directory.divisionName(code) })),
    cases: change.cases,
    faults: change.faults,
    villages: villages.map((village) => ({
      code: village.code,
      name: village.name,
      townName: here.directory.divisionName(village.code.slice(0, 9)),
      shape: village.shape && toGeo(village.shape),
      illustrative: village.illustrative,
    })),
    standing: standing.map((grid) => ({ code: grid.code, kind: grid.kind, name: grid.name, shape: toGeo(grid.shape) })),
    limits: await getLimits(tx),
    can: {
      edit: open && mayEdit,
      publish: change.state === 'checked' && mayPublish && !own,
      withdraw: (open || change.state === 'scheduled') && mayEdit,
    },
    ownDraft: change.state === 'checked' && mayPublish && own,
  }
})

/** A shape whose numbers can at least be measured. */
function soundEnough(shape: GeoShape | null): boolean {
  const numbers = shape === null ? [] : (shape.coordinates.flat(shape.type === 'Polygon' ? 2 : 3) as unknown[])
  return numbers.length >= 6 && numbers.every((number) => typeof number === 'number' && Math.abs(number) <= 180)
}

export const getEffectQuery = query(getEffect, async ({ tx, actor, now, here }, { id }) => {
  const change = await findChange(tx, id, gridScope(actor, MANAGE))
  if (!change) throw notFound()
  const gone = change.retired.filter((code) => code.length === 15)
  const successors = successorsIn(change)
  const names = new Map(change.plan.flatMap((grid) => (grid.code ? [[grid.code, grid.name] as const] : [])))
  const named = (code: string) => ({ code, name: names.get(code) ?? here.directory.divisionName(code) })
  const open = await listOpenCases(tx, gone)
  const counts = new Map<string, number>()
  for (const move of destinations(open, successors)) {
    const key = `${move.from} ${move.to}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const posts = await listPostsAt(tx, gone, now)
  return {
    open: open.length,
    moves: [...counts].sort().map(([key, cases]) => {
      const [from, to] = key.split(' ') as [string, string]
      return { from: named(from), to: named(to), cases }
    }),
    posts: posts.map((post) => ({
      name: post.name,
      holders: post.holders.map((holder) => holder.name).join('、'),
      from: named(post.gridCode),
      to: successors(post.gridCode).flatMap((grid) => (grid.code ? [named(grid.code)] : [])),
    })),
  }
})
