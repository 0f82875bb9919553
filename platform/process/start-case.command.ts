import { type Actor, grantsFor, type HeldPost } from '#platform/access/actor.ts'
import { predicateHolds, scopeOf } from '#platform/access/policy.ts'
import { command } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import type { RouteInput } from '#platform/contract/route.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { caseAsOwner } from '#platform/files/file.store.ts'
import { attachFiles } from '#platform/files/uploads.ts'
import { type CaseState, findCase, type LoadedCase } from '#platform/process/case.store.ts'
import { startCaseRoute } from '#platform/process/contract.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { conditionHolds, maySee, noteOnCase, scopedRow, startCase } from '#platform/process/engine.ts'
import { fillTitle } from '#platform/process/form.ts'

/** Whether an official may open cases of a flow without a module's command. */
export function mayStart(actor: Actor, { start }: ProcessDefinition): boolean {
  if (!start.staff || actor.kind !== 'staff') return false
  return start.permission === null ? actor.posts.length > 0 : grantsFor(actor, start.permission).length > 0
}

/** Opens a case of any flow that officials may open: title, place and permission as the flow says, so that it needs no module. */
export const startCaseCommand = command(startCaseRoute, {
  async perform(context, input) {
    const { actor, here, now, tx } = context
    const { body } = here.definitions.current(input.definition)
    if (!body.start.staff)
      throw new AppError('process.start_not_offered', { status: 409, params: { flow: body.name['zh-CN'] } })
    if (actor.kind !== 'staff' || !mayStart(actor, body)) throw new AppError('platform.forbidden', { status: 403 })
    const post = actor.posts.find((held) => held.postId === input.postId) ?? actor.posts[0]
    if (input.fromCaseId !== undefined || body.start.staff.from?.only === true)
      return { ref: { caseId: (await startFrom(context, body, post, input)).id } }
    const division = input.division ?? post?.division ?? here.county.regionPrefix
    await checkPlace(context, body, division, actor.posts)
    const state = await startCase(context, {
      definitionKey: body.key,
      title: fillTitle(body.start.staff.title, input.form) || body.name['zh-CN'],
      source: 'request',
      form: input.form,
      ...levelsOf(division),
      placeText: input.placeText?.trim() || null,
      note: input.note ?? null,
      postId: post?.postId,
    })
    if (input.fileIds?.length) await attachFiles(tx, input.fileIds, caseAsOwner(state), actor, now)
    return { ref: { caseId: state.id } }
  },
  async present(context, ref) {
    const loaded = await findCase(context.tx, (ref as { caseId: number }).caseId, false)
    if (!loaded || !maySee(context.actor, loaded)) throw notFound()
    return { id: loaded.case.id, number: loaded.case.number }
  },
})

/** Whether an official may open a case of a flow from another case, which he sees. */
export function mayStartFrom(
  context: Pick<Context, 'actor' | 'services' | 'now'>,
  body: ProcessDefinition,
  origin: LoadedCase,
): boolean {
  const from = body.start.staff?.from
  if (!from?.flows.includes(origin.case.definitionKey) || !mayStart(context.actor, body)) return false
  if (
    body.start.permission !== null &&
    !predicateHolds(scopeOf(grantsFor(context.actor, body.start.permission)), scopedRow(origin))
  )
    return false
  return from.when === undefined || conditionHolds(context, origin, from.when)
}

/** The new case lies where the other one does and is as secret as it; who sees the one need not see the other. */
async function startFrom(
  context: Context,
  body: ProcessDefinition,
  post: HeldPost | undefined,
  input: RouteInput<typeof startCaseRoute>,
): Promise<CaseState> {
  const { actor, now, tx } = context
  const params = { flow: body.name['zh-CN'] }
  if (input.fromCaseId === undefined) throw new AppError('process.link_not_offered', { status: 409, params })
  const origin = await findCase(tx, input.fromCaseId, true)
  if (!origin || !maySee(actor, origin)) throw new AppError('process.link_unknown', { status: 422 })
  if (!mayStartFrom(context, body, origin)) throw new AppError('process.link_not_offered', { status: 409, params })
  const { case: from } = origin
  const state = await startCase(context, {
    definitionKey: body.key,
    title: fillTitle(body.start.staff!.title, { ...input.form, title: from.title, number: from.number }),
    source: 'request',
    form: input.form,
    data: { fromCase: from.id, fromUnit: from.unitId },
    classCode: from.classCode,
    severity: from.severity,
    secrecy: from.secrecy,
    townCode: from.townCode,
    villageCode: from.villageCode,
    gridCode: from.gridCode,
    lineCode: from.lineCode,
    placeText: input.placeText?.trim() || from.placeText,
    place: from.place,
    note: input.note ?? null,
    postId: post?.postId,
    link: { kind: 'opened', toCaseId: from.id },
  })
  if (input.fileIds?.length) await attachFiles(tx, input.fileIds, caseAsOwner(state), actor, now)
  await noteOnCase(context, origin, {
    action: 'opened',
    why: [
      {
        key: 'process.why.opened',
        params: { flow: body.name['zh-CN'], 'flow@en': body.name.en, number: state.number },
      },
    ],
  })
  return state
}

function levelsOf(division: string) {
  const level = (length: number) => (division.length >= length ? division.slice(0, length) : null)
  return { townCode: level(9), villageCode: level(12), gridCode: level(15) }
}

/** The place exists, and lies where the right reaches; where the flow asks no right, where one of the posts works. */
async function checkPlace(
  { actor, here, tx }: Context,
  { start }: ProcessDefinition,
  division: string,
  posts: readonly HeldPost[],
): Promise<void> {
  const { rows } = await sql`
    select 1 from area_division where code = ${division} and retired_at is null`.execute(tx)
  if (rows.length === 0 || !division.startsWith(here.county.regionPrefix))
    throw new AppError('process.start_place_unknown', { status: 422 })
  const covered =
    start.permission === null
      ? posts.some((post) => division.startsWith(post.division))
      : predicateHolds(scopeOf(grantsFor(actor, start.permission)), { ...levelsOf(division), lineCode: null })
  if (!covered)
    throw new AppError('process.start_place_not_yours', {
      status: 403,
      params: { place: here.directory.divisionName(division) },
    })
}
