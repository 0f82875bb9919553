import { consultationReported, earlierQuestions, takeConsultation } from '#modules/services/knowledge/public.ts'
import { grantsFor } from '#platform/access/actor.ts'
import { predicateHolds, scopeOf } from '#platform/access/policy.ts'
import { command, query } from '#platform/command/command.ts'
import { blindToken, blindTokens } from '#platform/crypto/blind-token.ts'
import { maskName } from '#platform/crypto/mask.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { findCase } from '#platform/process/case.store.ts'
import { casesById } from '#platform/process/case-list.ts'
import { maySee } from '#platform/process/engine.ts'
import { presentCase } from '#platform/process/present.ts'
import { PHONE_DOMAIN } from '#platform/search/case-index.ts'
import { getCaller, reportConsultation } from '../contract.ts'
import { findReport } from './loop.store.ts'
import { openReport, phoneForToken } from './open-report.ts'

const MOST = 8
const SHORTEST = 4

/** What the same telephone number brought before, inside one's own sight. Each look leaves a row with its purpose. */
export const getCallerQuery = query(
  getCaller,
  async (context, { phone, purpose }) => {
    const { tx, here, actor, now } = context
    if (actor.kind !== 'staff') throw new AppError('platform.forbidden', { status: 403 })
    const number = phoneForToken(phone)
    const { rows } = await sql<{ id: number }>`
      select case_id as id from search_document
       where person_tokens && ${blindTokens(here.keys, PHONE_DOMAIN, number)}::bytea[]
       order by (case_id + 0) desc limit 100`.execute(tx)
    const cases = (
      await casesById(
        context,
        rows.map(({ id }) => id),
      )
    ).slice(0, MOST)
    const newest = cases[0] ? await findReport(tx, here.keys, cases[0].id) : undefined
    const questions = await earlierQuestions(context, number)
    await sql`
      insert into access_person_read (at, account_id, unit_id, case_id, subject_token, purpose, fields)
      values (${now}, ${actor.accountId}, ${actor.posts[0]?.unitId ?? null}, null,
        ${blindToken(here.keys, PHONE_DOMAIN, number)}, ${purpose}, ${['cases', 'questions']}::text[])`.execute(tx)
    return {
      name: newest?.name ? maskName(newest.name) : null,
      cases: cases.map((row) => presentCase(here, row)),
      questions: questions.map(({ id, at, question, outcome, caseId }) => ({
        id,
        at: at.toISOString(),
        question,
        outcome,
        caseId,
      })),
    }
  },
  { writes: true },
)

/** A question that nobody could answer becomes a report, with all that was said. */
export const reportConsultationCommand = command(reportConsultation, {
  async perform(context, { id }) {
    const asked = await takeConsultation(context, id)
    if (asked.outcome !== 'unanswered') throw new AppError('loop.consultation_done', { status: 409 })
    if ([...asked.text.trim()].length < SHORTEST) throw new AppError('loop.consultation_short', { status: 422 })
    const { townCode, villageCode, name, phone } = asked
    const place = { townCode: townCode ?? null, villageCode: villageCode ?? null, gridCode: null, lineCode: null }
    if (!predicateHolds(scopeOf(grantsFor(context.actor, 'loop.report.submit')), place)) throw notFound()
    const { state, followCode } = await openReport(context, {
      text: asked.text,
      ...(villageCode ? { villageCode } : townCode ? { townCode } : {}),
      ...(name ? { reporterName: name } : {}),
      ...(phone ? { reporterPhone: phone } : {}),
      source: asked.channel === 'window' ? 'window' : 'hotline',
    })
    await consultationReported(context, id, state.id)
    return { ref: { caseId: state.id }, output: { id: state.id, number: state.number, followCode } }
  },
  async present(context, ref) {
    const { caseId } = ref as { caseId: number }
    const loaded = await findCase(context.tx, caseId, false)
    const report = await findReport(context.tx, context.here.keys, caseId)
    if (!loaded || !report || !maySee(context.actor, loaded)) throw notFound()
    return { id: caseId, number: loaded.case.number, followCode: report.followCode }
  },
})
