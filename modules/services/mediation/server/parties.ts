import { command, query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { maskName, maskPhone } from '#platform/crypto/mask.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { findCase, type LoadedCase } from '#platform/process/case.store.ts'
import { maySee, noteOnCase } from '#platform/process/engine.ts'
import { getParties, recordParty, removePartyRoute } from '../contract.ts'
import { findParties, insertParty, type Party, removeParty } from './party.store.ts'

export const FLOW = 'mediation'

/** Until there is an agreement, parties may still be added and mended; the agreement names those that it was made between. */
const OPEN_STATES: ReadonlySet<string> = new Set(['applied', 'mediating'])

async function mediation(context: Context, id: number, lock: boolean): Promise<LoadedCase> {
  const loaded = await findCase(context.tx, id, lock)
  if (!loaded || !maySee(context.actor, loaded)) throw notFound()
  if (loaded.case.definitionKey !== FLOW) throw new AppError('mediation.not_a_mediation', { status: 409 })
  return loaded
}

/** Whoever has the case in hand now, by the own name or by unit and role. */
export function hasInHand({ actor }: Pick<Context, 'actor'>, loaded: LoadedCase): boolean {
  return (
    actor.kind === 'staff' &&
    loaded.items.some((item) =>
      item.accountId === null
        ? actor.posts.some((post) => post.unitId === item.unitId && post.role === item.role)
        : item.accountId === actor.accountId,
    )
  )
}

/** The mediator reads them whole; once the case is over, the unit that had it still may. */
export function mayReadWhole(context: Pick<Context, 'actor'>, loaded: LoadedCase): boolean {
  const { actor } = context
  if (hasInHand(context, loaded)) return true
  return (
    actor.kind === 'staff' &&
    loaded.case.closedAt !== null &&
    actor.posts.some((post) => post.unitId === loaded.case.unitId && post.role === 'handler')
  )
}

function mayRecord(context: Pick<Context, 'actor'>, loaded: LoadedCase): boolean {
  const { actor } = context
  if (actor.kind !== 'staff' || !OPEN_STATES.has(loaded.case.state)) return false
  return (
    hasInHand(context, loaded) || (loaded.case.starterAccountId === actor.accountId && loaded.case.state === 'applied')
  )
}

async function present(context: Context, loaded: LoadedCase, whole: boolean) {
  const parties = await findParties(context.tx, context.here.keys, loaded.case.id)
  return {
    parties: parties.map((party) => (whole ? party : masked(party))),
    masked: !whole,
    canRecord: mayRecord(context, loaded),
    canUnmask: mayReadWhole(context, loaded),
  }
}

export function masked(party: Party): Party {
  return { ...party, name: maskName(party.name), phone: party.phone ? maskPhone(party.phone) : null }
}

/** Masked without a purpose. With one: in full, and one row of who read what for what. */
export const getPartiesQuery = query(
  getParties,
  async (context, { id, purpose }) => {
    const { tx, actor, now } = context
    const loaded = await mediation(context, id, false)
    if (purpose === undefined) return present(context, loaded, false)
    if (actor.kind !== 'staff' || !mayReadWhole(context, loaded))
      throw new AppError('platform.forbidden', { status: 403 })
    await sql`
      insert into access_person_read (at, account_id, unit_id, case_id, subject_token, purpose, fields)
      values (${now}, ${actor.accountId}, ${actor.posts[0]?.unitId ?? null}, ${id}, null, ${purpose},
        ${['parties']}::text[])`.execute(tx)
    return present(context, loaded, true)
  },
  { writes: true },
)

/** Records on the case that its parties changed, and whether both sides are there; who they are stays in the own table. */
async function changed(context: Context, loaded: LoadedCase, key: string): Promise<void> {
  const parties = await findParties(context.tx, context.here.keys, loaded.case.id)
  const of = (side: Party['side']) => parties.filter((party) => party.side === side).length
  const [applicants, respondents] = [of('applicant'), of('respondent')]
  await noteOnCase(context, loaded, {
    action: 'recordParties',
    why: [{ key, params: { applicants, respondents } }],
    data: { bothSides: applicants > 0 && respondents > 0 },
  })
}

async function recordable(context: Context, id: number): Promise<LoadedCase> {
  const loaded = await mediation(context, id, true)
  if (!OPEN_STATES.has(loaded.case.state)) throw new AppError('mediation.parties_fixed', { status: 409 })
  if (!mayRecord(context, loaded)) throw new AppError('platform.forbidden', { status: 403 })
  return loaded
}

export const recordPartyCommand = command(recordParty, {
  async perform(context, { id, side, name, phone }) {
    await addParty(context, id, { side, name, phone })
    return { ref: {} }
  },
  present: async (context, _ref, { id }) => present(context, await mediation(context, id, false), false),
})

/** Records a party of a mediation that the actor has in hand or has opened. */
export async function addParty(
  context: Context,
  id: number,
  party: { side: Party['side']; name: string; phone?: string | undefined },
): Promise<void> {
  const { tx, here, actor, now } = context
  const loaded = await recordable(context, id)
  const by = actor.kind === 'staff' ? actor.accountId : 0
  await insertParty(tx, here.keys, id, { ...party, name: party.name.trim(), by, at: now })
  await changed(context, loaded, 'mediation.why.party_recorded')
}

export const removePartyCommand = command(removePartyRoute, {
  async perform(context, { id, no }) {
    const loaded = await recordable(context, id)
    if (!(await removeParty(context.tx, id, no, context.now)))
      throw new AppError('mediation.party_unknown', { status: 404 })
    await changed(context, loaded, 'mediation.why.party_removed')
    return { ref: {} }
  },
  present: async (context, _ref, { id }) => present(context, await mediation(context, id, false), false),
})
