import { formatLimit } from '#platform/calendar/format-deadline.ts'
import type { Context } from '#platform/command/context.ts'
import { maskName, maskPhone } from '#platform/crypto/mask.ts'
import type { CaseDocument } from '#platform/documents/case-document.ts'
import {
  caseFactsOf,
  caseHopsOf,
  casePhotosOf,
  fullUnitName,
  printedBy,
  secrecyWord,
} from '#platform/documents/case-facts.ts'
import { fillCaseFile, parseCaseFileTemplate } from '#platform/documents/case-file-template.ts'
import { fillTemplate, parseTemplate } from '#platform/documents/template.ts'
import type { LoadedCase } from '#platform/process/case.store.ts'
import { maskNumbers } from '../domain/report-text.ts'
import caseFileTemplate from '../templates/case-file.json' with { type: 'json' }
import feedbackTemplate from '../templates/feedback.json' with { type: 'json' }
import { findRating, findReport } from './loop.store.ts'

const FEEDBACK = parseTemplate(feedbackTemplate)
const CASE_FILE = parseCaseFileTemplate(caseFileTemplate)

/** Five levels (好差评, GB/T 39734 待核实). */
const RATINGS = ['', '非常不满意', '不满意', '基本满意', '满意', '非常满意']

/** What was done and answered, as a letter to whoever brought the matter. */
const feedback: CaseDocument = {
  key: 'feedback',
  name: { 'zh-CN': '反馈件', en: 'Feedback letter' },
  formats: ['docx', 'pdf'],
  ready: (loaded) => typeof loaded.case.data.result === 'string',
  async fill(context, loaded) {
    const facts = await factsOf(context, loaded)
    const hops = await caseHopsOf(context, loaded)
    const inspected = hops.findLast((hop) => hop.key === 'inspectPass')
    const signed = hops.findLast((hop) => hop.key === 'signReply')
    const { here } = context
    const unit = loaded.case.unitId === null ? undefined : here.directory.unit(loaded.case.unitId)
    const document = fillTemplate(FEEDBACK, {
      ...facts,
      issuer: unit ? fullUnitName(here, unit) : facts.desk,
      // A city order goes back to the hotline; everything else to the person, who stays unnamed on paper.
      recipient: loaded.case.source === 'hotline' ? `${here.county.parentName}12345政务服务便民热线` : '反映人',
      inspection: inspected ? { ...inspected, note: inspected.note || '情况属实，处置到位' } : null,
      signedAt: signed?.at ?? null,
      date: signed?.at ?? context.now,
    })
    return { kind: 'official', document: { ...document, createdAt: context.now } }
  },
}

/** Everything of a case, complete enough to be bound and handed over. */
const caseFile: CaseDocument = {
  key: 'case-file',
  name: { 'zh-CN': '案卷', en: 'Case file' },
  formats: ['pdf'],
  ready: () => true,
  async fill(context, loaded) {
    const { watermark, ...printed } = printedBy(context)
    const file = fillCaseFile(CASE_FILE, {
      facts: await factsOf(context, loaded),
      number: loaded.case.number,
      title: loaded.case.title,
      secrecy: secrecyWord(loaded),
      hops: await caseHopsOf(context, loaded),
      photos: await casePhotosOf(context, loaded),
      printed,
      watermark,
    })
    return { kind: 'caseFile', file }
  },
}

export const loopDocuments: readonly CaseDocument[] = [feedback, caseFile]

/** The case with its report; name and number of the reporter masked as on the screen, so that printing reveals nothing. */
async function factsOf(context: Context, loaded: LoadedCase): Promise<Record<string, unknown>> {
  const { here, tx, now } = context
  const { id, data } = loaded.case
  const report = await findReport(tx, here.keys, id)
  const rating = await findRating(tx, here.keys, id)
  const { body } = here.definitions.byId(loaded.case.definitionId)
  const desk = here.directory.triage()
  return {
    ...caseFactsOf(context, loaded),
    desk: desk ? fullUnitName(here, desk) : here.county.name,
    text: report ? maskNumbers(report.text) : String(data.text ?? loaded.case.title),
    reporter: {
      name: report?.name ? maskName(report.name) : null,
      phone: report?.phone ? maskPhone(report.phone) : null,
    },
    rating: rating ? RATINGS[rating.score] : null,
    outcome: typeof data.result === 'string' || typeof data.reply === 'string',
    clocks: loaded.clocks.map(({ key, state, overdue }) => ({
      name: body.clocks[key]?.name['zh-CN'] ?? key,
      limit: formatLimit(state.limit, 'zh-CN'),
      startedAt: state.startedAt,
      dueAt: state.dueAt,
      result:
        overdue || (state.stoppedAt ?? now) > state.dueAt
          ? '超时'
          : state.stoppedAt
            ? '按时'
            : state.pausedAt
              ? '暂停'
              : '计时中',
    })),
  }
}
