import type { Static } from 'typebox'
import { grantsFor } from '#platform/access/actor.ts'
import { ALWAYS, type Predicate, scopeOf } from '#platform/access/policy.ts'
import { command, query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { casesById } from '#platform/process/case-list.ts'
import { presentCase } from '#platform/process/present.ts'
import { listCallbacks, MAKE_CALLBACK, recordCallback } from '../contract.ts'
import {
  type CallbackRow,
  countOpenCallbacks,
  findCallback,
  handlersOf,
  listCallbackRows,
  recordTry,
  setRedoCase,
} from './callback.store.ts'
import { openRedoAfterCallback } from './callback-redo.ts'

const PAGE = 50
/** Whoever did not answer is tried again half a working day later. */
const AGAIN = { value: 4, unit: 'workHour' } as const
const DISSATISFIED = 2

type Shape = Static<typeof recordCallback.output>

function scope({ actor }: Context): Predicate {
  return actor.kind === 'system' ? ALWAYS : scopeOf(grantsFor(actor, MAKE_CALLBACK))
}

const accountOf = ({ actor }: Context) => (actor.kind === 'staff' ? actor.accountId : null)

/** Cases that this person may not see (secret ones) are left out. */
async function present(context: Context, rows: CallbackRow[]): Promise<Shape[]> {
  const ids = rows.map((row) => row.caseId)
  const cases = new Map((await casesById(context, ids)).map((row) => [row.id, row]))
  const handled = await handlersOf(context.tx, ids)
  const me = accountOf(context)
  return rows.flatMap((row) => {
    const found = cases.get(row.caseId)
    if (!found) return []
    const own = me !== null && (handled.get(row.caseId)?.has(me) ?? false)
    return [
      {
        id: row.id,
        case: presentCase(context.here, found),
        reason: row.reason,
        state: row.state,
        tries: row.tries,
        mostTries: row.mostTries,
        askedAt: row.askedAt.toISOString(),
        notBefore: row.notBefore.toISOString(),
        doneAt: row.doneAt?.toISOString() ?? null,
        solved: row.solved,
        satisfied: row.satisfied as Shape['satisfied'],
        words: row.words,
        redoAsked: row.redoAsked,
        redoCaseId: row.redoCaseId,
        can: { call: row.state === 'open' && !own, why: own ? 'handled' : null },
      },
    ]
  })
}

export const listCallbacksQuery = query(listCallbacks, async (context, { done, cursor }) => {
  const within = scope(context)
  const before = cursor ? Number(cursor) || null : null
  const rows = await listCallbackRows(context.tx, context.here.keys, within, done ?? false, before, PAGE + 1)
  const shown = rows.slice(0, PAGE)
  return {
    items: await present(context, shown),
    next: rows.length > PAGE ? String(shown.at(-1)!.id) : null,
    open: await countOpenCallbacks(context.tx, within),
  }
})

/** One try. Answered it ends the call-back; unanswered it is tried again, up to as often as the rule says. */
export const recordCallbackCommand = command(recordCallback, {
  async perform(context, { id, outcome, solved, satisfied, words }) {
    const { tx, here, now, pending } = context
    const row = await findCallback(tx, here.keys, scope(context), id, true)
    if (!row || (await casesById(context, [row.caseId])).length === 0) throw notFound()
    if (row.state !== 'open') throw new AppError('loop.callback_done', { status: 409 })
    const me = accountOf(context)
    if (me !== null && (await handlersOf(tx, [row.caseId])).get(row.caseId)?.has(me))
      throw new AppError('loop.callback_handled', { status: 403 })
    const answered = outcome === 'answered'
    if (answered && (solved === undefined || satisfied === undefined))
      throw new AppError('loop.callback_incomplete', {
        status: 422,
        fields: [{ path: solved === undefined ? '/solved' : '/satisfied', code: 'loop.callback_incomplete' }],
      })
    const bad = answered && (solved === false || satisfied! <= DISSATISFIED)
    if (bad && !words?.trim())
      throw new AppError('loop.callback_words', {
        status: 422,
        fields: [{ path: '/words', code: 'loop.callback_words' }],
      })
    // Who does not want to talk, and a number that is nobody's, are not tried again.
    const over = outcome === 'refused' || outcome === 'wrong_number' || row.tries + 1 >= row.mostTries
    const state = answered ? 'answered' : over ? 'unreached' : 'open'
    await recordTry(
      tx,
      here.keys,
      row,
      {
        outcome,
        state,
        solved: answered ? solved! : null,
        satisfied: answered ? satisfied! : null,
        words: words?.trim() || null,
        redoAsked: bad,
        notBefore: state === 'open' ? here.calendar.deadline(now, AGAIN).at : now,
      },
      me,
      now,
    )
    if (bad) {
      const again = await openRedoAfterCallback(context, row.caseId, `回访不满意：${words!.trim()}`.slice(0, 500))
      if (again !== undefined) await setRedoCase(tx, id, again)
    }
    pending.subject = `loop_callback:${id}`
    if (state !== 'open')
      pending.facts.push({
        kind: 'loop.called_back',
        subject: `case:${row.caseId}`,
        content: { state, solved: solved ?? null, satisfied: satisfied ?? null, tries: row.tries + 1 },
      })
    return { ref: { id } }
  },
  async present(context, ref) {
    const { id } = ref as { id: number }
    const row = await findCallback(context.tx, context.here.keys, scope(context), id, false)
    const [shown] = row ? await present(context, [row]) : []
    if (!shown) throw notFound()
    return shown
  },
})
