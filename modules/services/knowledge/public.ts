/** What other modules may use of the knowledge base: questions somebody asked, and turning one into a report. */
import type { Context } from '#platform/command/context.ts'
import { notFound } from '#platform/errors/app-error.ts'
import { RECORD, VIEW } from './contract.ts'
import { consultationsOfPhone, markReported, openConsultation } from './server/consultation.store.ts'
import { scopeFor } from './server/knowledge.policy.ts'

/** Earlier questions of the holder of a telephone number that the actor may see; who asked stays masked. */
export async function earlierQuestions(context: Context, phone: string) {
  return consultationsOfPhone(context.tx, context.here.keys, scopeFor(context.actor, VIEW), phone)
}

/**
 * A consultation in full, locked, for the report that is made of it.
 * @throws AppError `platform.not_found` outside of the actor's place
 */
export async function takeConsultation(context: Context, id: number) {
  const found = await openConsultation(context.tx, context.here.keys, scopeFor(context.actor, RECORD), id)
  if (!found) throw notFound()
  return found
}

/** Says which case was made of a consultation. */
export async function consultationReported(context: Context, id: number, caseId: number): Promise<void> {
  await markReported(context.tx, id, caseId)
}
