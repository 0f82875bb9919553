import { changeFacts, MANAGE, PUBLISH, settleGrid } from '#modules/foundation/grid/contract.ts'
import { gridOf } from '#modules/foundation/grid/domain/grid-code.ts'
import { draftsman } from '#modules/foundation/grid/server/draft-change.command.ts'
import { gridScope } from '#modules/foundation/grid/server/grid.policy.ts'
import {
  findGrid,
  findShape,
  listGridPosts,
  listLineage,
  lockGrid,
  updateFacts,
} from '#modules/foundation/grid/server/grid.store.ts'
import { endPosts, listPostsAt } from '#modules/foundation/grid/server/grid-posts.ts'
import { destinations, listOpenCases, moveCases, type Successor } from '#modules/foundation/grid/server/move-cases.ts'
import { raiseRevision } from '#modules/foundation/org/public.ts'
import { command } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { dateText } from '#platform/tables/column.ts'

/** Mends what is said of a grid beside its shape: name, figures, kind of place, who looks after a micro grid. */
export const changeFactsCommand = command(changeFacts, {
  async perform(context, input) {
    const { tx, now, pending } = context
    draftsman(context)
    const grid = await findGrid(tx, input.code, gridScope(context.actor, MANAGE), now)
    if (!grid) throw notFound()
    if (grid.retiredOn !== null) throw new AppError('grid.retired', { status: 409 })
    const { version } = await lockGrid(tx, input.code, grid.kind, dateText(now))
    if (version !== input.version) throw new AppError('grid.changed_meanwhile', { status: 409 })
    const keeperId = grid.kind === 'micro' ? (input.keeperId ?? null) : null
    if (keeperId !== null) {
      const posts = await listGridPosts(tx, gridOf(input.code), now)
      if (!posts.some((post) => post.holders.some((holder) => holder.id === keeperId)))
        throw new AppError('grid.keeper_not_worker', { status: 422 })
    }
    await updateFacts(tx, input.code, {
      name: input.name.trim(),
      households: input.households,
      people: input.people,
      place: grid.kind === 'dedicated' ? (input.place ?? null) : null,
      keeperId,
    })
    await raiseRevision(tx)
    pending.subject = `grid:${input.code}`
    pending.facts.push({
      kind: 'grid.facts_changed',
      subject: pending.subject,
      content: { households: input.households, people: input.people, name: input.name.trim(), reason: input.reason },
    })
    return { ref: { code: input.code }, output: { code: input.code } }
  },
  async present(_context, ref) {
    return ref as { code: string }
  },
})

/** Moves the cases that stayed with a grid that is gone to the grids that stand in its place now, and ends its posts. */
export const settleGridCommand = command(settleGrid, {
  async perform(context, input) {
    const { tx, now, here, pending } = context
    draftsman(context)
    const grid = await findGrid(tx, input.code, gridScope(context.actor, PUBLISH), now)
    if (!grid) throw notFound()
    if (grid.retiredOn === null || grid.kind === 'micro') throw new AppError('grid.not_retired', { status: 409 })
    const open = await listOpenCases(tx, [input.code])
    if (open.length !== input.seen)
      throw new AppError('grid.cases_changed', { status: 409, params: { open: open.length } })
    const heirs: Successor[] = []
    for (const line of await listLineage(tx, input.code, 'after')) {
      const heir = await findGrid(tx, line.code, { kind: 'always' }, now)
      if (heir && heir.retiredOn === null && heir.kind !== 'micro')
        heirs.push({ code: heir.code, name: heir.name, shape: await findShape(tx, heir.code) })
    }
    const moves = destinations(open, () => heirs)
    const names = new Map(heirs.map((heir) => [heir.code, heir.name]))
    const reason = grid.retiredReason ?? ''
    await moveCases(context, moves, (code) => names.get(code) ?? here.directory.divisionName(code), reason)
    await endPosts(context, await listPostsAt(tx, [input.code], now), reason || grid.name)
    await sql`update grid_grid set settled_at = ${now} where code = ${input.code}`.execute(tx)
    await raiseRevision(tx)
    pending.subject = `grid:${input.code}`
    pending.facts.push({ kind: 'grid.settled', subject: pending.subject, content: { moved: moves.length } })
    return { ref: { moved: moves.length }, output: { moved: moves.length } }
  },
  async present(_context, ref) {
    return ref as { moved: number }
  },
})
