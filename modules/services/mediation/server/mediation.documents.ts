import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import type { CaseDocument } from '#platform/documents/case-document.ts'
import { caseFactsOf, caseHopsOf, fullUnitName } from '#platform/documents/case-facts.ts'
import { fillTemplate, parseTemplate } from '#platform/documents/template.ts'
import type { LoadedCase } from '#platform/process/case.store.ts'
import type { Session } from '../domain/session.ts'
import agreementTemplate from '../templates/agreement.json' with { type: 'json' }
import otherWaysTemplate from '../templates/other-ways.json' with { type: 'json' }
import { masked, mayReadWhole } from './parties.ts'
import { findParties } from './party.store.ts'

const AGREEMENT = parseTemplate(agreementTemplate)
const OTHER_WAYS = parseTemplate(otherWaysTemplate)

/** The agreement that the parties sign: names whole for who mediates, masked for everybody else who sees the case. */
const agreement: CaseDocument = {
  key: 'agreement',
  name: { 'zh-CN': '人民调解协议书', en: 'Mediation agreement' },
  formats: ['docx', 'pdf'],
  ready: (loaded) => typeof loaded.case.data.agreementNumber === 'string',
  async fill(context, loaded) {
    const document = fillTemplate(AGREEMENT, await factsOf(context, loaded, '制作人民调解协议书'))
    return { kind: 'official', document: { ...document, createdAt: context.now } }
  },
}

/** What the parties are told where mediation has failed. */
const otherWays: CaseDocument = {
  key: 'other-ways',
  name: { 'zh-CN': '调解不成告知书', en: 'Notice of other ways' },
  formats: ['docx', 'pdf'],
  ready: (loaded) => loaded.case.state === 'notSettled',
  async fill(context, loaded) {
    const document = fillTemplate(OTHER_WAYS, await factsOf(context, loaded, '制作调解不成告知书'))
    return { kind: 'official', document: { ...document, createdAt: context.now } }
  },
}

export const mediationDocuments: readonly CaseDocument[] = [agreement, otherWays]

async function factsOf(context: Context, loaded: LoadedCase, purpose: string): Promise<Record<string, unknown>> {
  const { here, tx } = context
  const { case: c } = loaded
  const whole = mayReadWhole(context, loaded)
  if (whole) await noteReading(context, c.id, purpose)
  const parties = (await findParties(tx, here.keys, c.id)).map((party) => (whole ? party : masked(party)))
  const unit = c.unitId === null ? undefined : here.directory.unit(c.unitId)
  const hops = await caseHopsOf(context, loaded)
  const agreed = hops.findLast((hop) => hop.key === 'agree')
  const failed = hops.findLast((hop) => hop.key === 'fail')
  return {
    ...caseFactsOf(context, loaded),
    committee: `${unit ? fullUnitName(here, unit) : here.county.name}人民调解委员会`,
    applicants: parties.filter((party) => party.side === 'applicant'),
    respondents: parties.filter((party) => party.side === 'respondent'),
    applicantNames: namesOf(parties, 'applicant'),
    respondentNames: namesOf(parties, 'respondent'),
    sessions: Array.isArray(c.data.sessions) ? (c.data.sessions as Session[]) : [],
    agreedAt: agreed?.at ?? null,
    failedAt: failed?.at ?? null,
    ways: Array.isArray(c.data.ways) ? c.data.ways.join('、') : '',
  }
}

function namesOf(parties: readonly { side: string; name: string }[], side: string): string {
  return parties
    .filter((party) => party.side === side)
    .map((party) => party.name)
    .join('、')
}

/** Documents are gathered in a reading transaction; that somebody has the names whole is written in one of its own. */
async function noteReading(context: Context, caseId: number, purpose: string): Promise<void> {
  const { actor, services, here, now } = context
  if (actor.kind !== 'staff') return
  await services.pool.inCounty(here.county, (tx) =>
    sql`
      insert into access_person_read (at, account_id, unit_id, case_id, subject_token, purpose, fields)
      values (${now}, ${actor.accountId}, ${actor.posts[0]?.unitId ?? null}, ${caseId}, null, ${purpose},
        ${['parties']}::text[])`.execute(tx),
  )
}
