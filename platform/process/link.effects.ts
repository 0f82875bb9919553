import type { Context } from '#platform/command/context.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { type CaseState, findCase, type LoadedCase } from '#platform/process/case.store.ts'
import type { Effect } from '#platform/process/effect.ts'
import { maySee, noteOnCase, type StartInput, startCase } from '#platform/process/engine.ts'
import { earliestDue, endLink, insertLink, type LinkKind, shareAllParties } from '#platform/process/link.store.ts'

/** The clock of a main case that a merged one may make earlier: every reporter is answered in time, by one answer. */
const ANSWER_CLOCK = 'reply'

/**
 * Merges the case into the one that the form names: its own clocks run on or are held as the action says, its reporter is
 * answered with the main one, and the earlier deadline of the answer rules. It waits until the main one ends.
 */
const merge: Effect = async ({ context, case: state, form }) => {
  const main = await mainCase(context, state, Number(form.mainCase))
  await insertLink(
    context.tx,
    { kind: 'merged', fromCaseId: state.id, toCaseId: main.case.id },
    context.actor.kind === 'staff' ? context.actor.accountId : null,
    context.now,
  )
  await shareAllParties(context.tx, main.case.id, state.id)
  const own = await ownDue(context, state.id)
  const mainClock = main.clocks.find((clock) => clock.key === ANSWER_CLOCK)
  const earlier = own !== null && mainClock !== undefined && own < mainClock.state.dueAt
  await noteOnCase(context, main, {
    action: 'absorbed',
    why: [
      { key: 'process.why.absorbed', params: { number: state.number, title: state.title } },
      ...(earlier ? [{ key: 'process.why.earlier_deadline', params: { dueAt: own.toISOString() } }] : []),
    ],
    data: { mergedCount: countOf(main.case.data.mergedCount) + 1 },
    ...(earlier ? { clockCaps: { [ANSWER_CLOCK]: own } } : {}),
  })
  return {
    data: { mergedInto: main.case.id, mergedFrom: state.state },
    why: [{ key: 'process.why.merged', params: { number: main.case.number, title: main.case.title } }],
  }
}

/** Takes a merged case out again; the main one has its own deadline back, or that of those still merged into it. */
const unmerge: Effect = async ({ context, case: state }) => {
  const mainId = await endLink(context.tx, state.id, 'merged', context.now)
  if (mainId === undefined) throw new AppError('process.not_merged', { status: 409 })
  const main = (await findCase(context.tx, mainId, true))!
  if (main.case.closedAt === null) {
    const own = typeof main.case.data.ownCap === 'string' ? new Date(main.case.data.ownCap) : null
    const others = await earliestDue(context.tx, mainId, ANSWER_CLOCK)
    const cap = own && others ? (own < others ? own : others) : (own ?? others)
    await noteOnCase(context, main, {
      action: 'released',
      why: [{ key: 'process.why.released', params: { number: state.number, title: state.title } }],
      data: { mergedCount: Math.max(0, countOf(main.case.data.mergedCount) - 1) },
      clockCaps: { [ANSWER_CLOCK]: cap },
    })
  }
  return {
    data: { mergedInto: null },
    why: [{ key: 'process.why.unmerged', params: { number: main.case.number } }],
  }
}

/** The case to merge into, locked and fit for it. */
async function mainCase(context: Context, state: CaseState, mainId: number): Promise<LoadedCase> {
  if (countOf(state.data.mergedCount) > 0) throw new AppError('process.merge_is_main', { status: 409 })
  if (countOf(state.data.openParts) > 0) throw new AppError('process.merge_has_parts', { status: 409 })
  if (mainId === state.id) throw new AppError('process.merge_itself', { status: 422 })
  const main = await findCase(context.tx, mainId, true)
  if (!main || !maySee(context.actor, main)) throw new AppError('process.merge_unknown', { status: 422 })
  if (main.case.definitionKey !== state.definitionKey) throw new AppError('process.merge_other_flow', { status: 422 })
  const params = { number: main.case.number }
  if (main.case.closedAt !== null) throw new AppError('process.merge_closed', { status: 409, params })
  if (typeof main.case.data.mergedInto === 'number') throw new AppError('process.merge_chain', { status: 409, params })
  // What is secret is not seen by way of a case that is not.
  if (state.secrecy === 'secret' && main.case.secrecy !== 'secret')
    throw new AppError('process.merge_less_secret', { status: 409, params })
  return main
}

async function ownDue(context: Context, caseId: number): Promise<Date | null> {
  const loaded = await findCase(context.tx, caseId, false)
  return loaded?.clocks.find((clock) => clock.key === ANSWER_CLOCK && !clock.state.stoppedAt)?.state.dueAt ?? null
}

function countOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

export interface PartInput extends Omit<StartInput, 'link' | 'secrecy' | 'source'> {
  /** part: the whole waits for it · follow: it goes on by itself. */
  kind: Extract<LinkKind, 'part' | 'follow'>
}

/**
 * Opens a case for a part of another one, at its place and as secret as it. Whoever calls this inside an effect of the whole
 * keeps `openParts` in the patch that it returns (`partsPatch`).
 */
export async function openPart(context: Context, whole: CaseState, part: PartInput): Promise<CaseState> {
  const { kind, ...input } = part
  return startCase(context, {
    townCode: whole.townCode,
    villageCode: whole.villageCode,
    gridCode: whole.gridCode,
    lineCode: whole.lineCode,
    placeText: whole.placeText,
    place: whole.place,
    ...input,
    secrecy: whole.secrecy,
    source: 'part',
    data: { ...input.data, partOf: whole.id, waitedFor: kind === 'part' },
    link: { kind, toCaseId: whole.id },
  })
}

/** What the whole keeps of parts that were opened in one of its effects. */
export function partsPatch(whole: CaseState, opened: readonly CaseState[], kind: 'part' | 'follow') {
  const numbers = opened.map((part) => part.number).join('、')
  return {
    data: kind === 'part' ? { openParts: countOf(whole.data.openParts) + opened.length } : {},
    why: [{ key: `process.why.opened_${kind}`, params: { numbers, count: opened.length } }],
  }
}

export const linkEffects: Readonly<Record<string, Effect>> = {
  'process.merge': merge,
  'process.unmerge': unmerge,
}
