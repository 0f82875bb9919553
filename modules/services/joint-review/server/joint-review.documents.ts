import type { Context } from '#platform/command/context.ts'
import type { CaseDocument } from '#platform/documents/case-document.ts'
import {
  type CaseHop,
  caseFactsOf,
  caseHopsOf,
  casePhotosOf,
  fullUnitName,
  printedBy,
  secrecyWord,
} from '#platform/documents/case-facts.ts'
import { fillCaseFile, parseCaseFileTemplate } from '#platform/documents/case-file-template.ts'
import { type DocumentTemplate, fillTemplate, parseTemplate } from '#platform/documents/template.ts'
import { findCountyUnit } from '#platform/process/assignment.ts'
import { type LoadedCase, listSubmissions } from '#platform/process/case.store.ts'
import { roundOf } from '#platform/process/engine.ts'
import type { Average, Averages } from '../domain/scores.ts'
import agree from '../templates/answer-agree.json' with { type: 'json' }
import agreeModified from '../templates/answer-agree-modified.json' with { type: 'json' }
import defer from '../templates/answer-defer.json' with { type: 'json' }
import refuse from '../templates/answer-refuse.json' with { type: 'json' }
import caseFile from '../templates/case-file.json' with { type: 'json' }
import minutes from '../templates/minutes.json' with { type: 'json' }

/** The answer by what the meeting decided, as the form of the minutes names it. */
const ANSWERS: Readonly<Record<string, DocumentTemplate>> = {
  同意: parseTemplate(agree),
  原则同意修改后实施: parseTemplate(agreeModified),
  暂缓: parseTemplate(defer),
  不同意: parseTemplate(refuse),
}
const MINUTES = parseTemplate(minutes)
const CASE_FILE = parseCaseFileTemplate(caseFile)

/** States in which the answer is drafted or has gone out. */
const ANSWERING: ReadonlySet<string> = new Set(['decided', 'agreed', 'deferred', 'refused'])

function outcomeOf(loaded: LoadedCase): string {
  return String(loaded.case.data.outcome ?? '')
}

const answerDocument: CaseDocument = {
  key: 'answer',
  name: { 'zh-CN': '答复文书', en: 'Answer' },
  formats: ['docx', 'pdf'],
  ready: (loaded) => ANSWERING.has(loaded.case.state) && outcomeOf(loaded) in ANSWERS,
  async fill(context, loaded) {
    const hops = await caseHopsOf(context, loaded)
    const issued = hops.findLast((hop) => hop.key === 'issue')
    const facts = await factsOf(context, loaded, hops)
    const document = fillTemplate(ANSWERS[outcomeOf(loaded)]!, {
      ...facts,
      issuedAt: issued?.at ?? context.now,
      draft: issued === undefined,
    })
    return { kind: 'official', document: { ...document, createdAt: context.now } }
  },
}

const minutesDocument: CaseDocument = {
  key: 'minutes',
  name: { 'zh-CN': '会议纪要', en: 'Minutes' },
  formats: ['docx', 'pdf'],
  ready: (loaded) => outcomeOf(loaded) !== '',
  async fill(context, loaded) {
    const hops = await caseHopsOf(context, loaded)
    const document = fillTemplate(MINUTES, await factsOf(context, loaded, hops))
    return { kind: 'official', document: { ...document, createdAt: context.now } }
  },
}

const caseFileDocument: CaseDocument = {
  key: 'case-file',
  name: { 'zh-CN': '会审案卷', en: 'Case file' },
  formats: ['pdf'],
  ready: () => true,
  async fill(context, loaded) {
    const hops = await caseHopsOf(context, loaded)
    const { watermark, ...printed } = printedBy(context)
    const file = fillCaseFile(CASE_FILE, {
      facts: await factsOf(context, loaded, hops),
      number: loaded.case.number,
      title: loaded.case.title,
      secrecy: secrecyWord(loaded),
      hops,
      photos: await casePhotosOf(context, loaded),
      printed,
      watermark,
    })
    return { kind: 'caseFile', file }
  },
}

export const jointReviewDocuments: readonly CaseDocument[] = [answerDocument, minutesDocument, caseFileDocument]

/** What the templates may name beyond the case itself: applicant, desk, opinions, scores, the meeting's day. */
async function factsOf(
  context: Context,
  loaded: LoadedCase,
  hops: readonly CaseHop[],
): Promise<Record<string, unknown>> {
  const { here, tx } = context
  const { case: c } = loaded
  const unitOf = (id: unknown) => (typeof id === 'number' ? here.directory.unit(id) : undefined)
  const full = (unit: ReturnType<typeof unitOf>) => (unit ? fullUnitName(here, unit) : null)
  const signed = await listSubmissions(tx, c.id, 'signing', roundOf(loaded, 'signing'))
  // In the order in which the desk chose the departments, whoever was first.
  const chosen = Array.isArray(c.data.signUnits) ? (c.data.signUnits as number[]) : []
  signed.sort((a, b) => chosen.indexOf(a.unitId ?? 0) - chosen.indexOf(b.unitId ?? 0))
  const opinions = signed.map((submission) => {
    const unit = unitOf(submission.unitId)
    return {
      unit: unit?.name ?? null,
      unitFull: full(unit),
      opinion: String(submission.form?.opinion ?? ''),
      grounds: String(submission.form?.grounds ?? ''),
      signer: here.directory.accountName(submission.accountId),
      at: submission.at,
    }
  })
  const base = caseFactsOf(context, loaded)
  const data = base.data as Record<string, unknown>
  const scores = c.data.scores as Averages | undefined
  const recorded = hops.findLast((hop) => hop.key === 'recordMinutes')
  return {
    ...base,
    applicant: full(unitOf(c.data.starterUnitId)) ?? '申请单位',
    approval: full(findCountyUnit('approval', here.directory)) ?? here.county.name,
    bureau: full(findCountyUnit('data', here.directory)) ?? here.county.name,
    opinions,
    conditions: opinions.filter((opinion) => opinion.opinion === '有条件同意').map(inSentence),
    objections: opinions.filter((opinion) => opinion.opinion === '不同意').map(inSentence),
    opinionCount: opinions.length,
    scores: scores?.criteria.map((criterion) => ({ name: criterion.name, ...written(criterion) })) ?? [],
    total: scores ? written(scores.total) : null,
    expertCount: scores?.experts ?? 0,
    materials: Array.isArray(data.materials) ? data.materials.join('、') : '',
    // The minutes' own day where the form gives it, else the day they were recorded.
    meetingAt: data.meetingDate ?? recorded?.at ?? null,
    recordedAt: recorded?.at ?? null,
    requestedAt: c.openedAt,
  }
}

/** Every score with its one decimal, so that columns line up. */
function written({ mean, lowest, highest, spread }: Average): Record<keyof Average, string> {
  return { mean: mean.toFixed(1), lowest: lowest.toFixed(1), highest: highest.toFixed(1), spread: spread.toFixed(1) }
}

/** Grounds are typed without a full stop as often as with one; in running text one belongs there. */
function inSentence<T extends { grounds: string }>(opinion: T): T {
  const grounds = opinion.grounds.trim()
  return { ...opinion, grounds: /[。！？；]$/.test(grounds) ? grounds : `${grounds}。` }
}
