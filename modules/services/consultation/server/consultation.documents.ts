import type { Context } from '#platform/command/context.ts'
import type { CaseDocument } from '#platform/documents/case-document.ts'
import { caseFactsOf, caseHopsOf, fullUnitName } from '#platform/documents/case-facts.ts'
import { fillTemplate, parseTemplate } from '#platform/documents/template.ts'
import { redactText } from '#platform/logs/redact.ts'
import type { LoadedCase } from '#platform/process/case.store.ts'
import { presentCase } from '#platform/process/present.ts'
import minutesTemplate from '../templates/minutes.json' with { type: 'json' }
import packTemplate from '../templates/pack.json' with { type: 'json' }
import { decisionsOf } from './consultation.effects.ts'
import { repeatsIn } from './pack.ts'

const PACK = parseTemplate(packTemplate)
const MINUTES = parseTemplate(minutesTemplate)

/** Five levels (好差评, GB/T 39734 待核实). */
const RATINGS = ['', '非常不满意', '不满意', '基本满意', '满意', '非常满意']

/** What the meeting reads: the repeats as far as the reader sees them, who handled them and how, and where they lie. */
const pack: CaseDocument = {
  key: 'pack',
  name: { 'zh-CN': '会商材料', en: 'Consultation pack' },
  formats: ['docx', 'pdf'],
  ready: () => true,
  async fill(context, loaded) {
    const document = fillTemplate(PACK, await factsOf(context, loaded))
    return { kind: 'official', document: { ...document, createdAt: context.now } }
  },
}

const minutes: CaseDocument = {
  key: 'minutes',
  name: { 'zh-CN': '会商纪要', en: 'Minutes' },
  formats: ['docx', 'pdf'],
  ready: (loaded) => typeof loaded.case.data.discussion === 'string' && decisionsOf(loaded.case).length > 0,
  async fill(context, loaded) {
    const document = fillTemplate(MINUTES, await factsOf(context, loaded))
    return { kind: 'official', document: { ...document, createdAt: context.now } }
  },
}

export const consultationDocuments: readonly CaseDocument[] = [pack, minutes]

async function factsOf(context: Context, loaded: LoadedCase): Promise<Record<string, unknown>> {
  const { here } = context
  const { case: c } = loaded
  const { repeats, hidden } = await repeatsIn(context, loaded)
  const desk = c.unitId === null ? undefined : here.directory.unit(c.unitId)
  const units = Array.isArray(c.data.units) ? (c.data.units as number[]) : []
  const hops = await caseHopsOf(context, loaded)
  const issued = hops.findLast((hop) => hop.key === 'issue')
  return {
    ...caseFactsOf(context, loaded),
    desk: desk ? fullUnitName(here, desk) : here.county.name,
    repeats: repeats.map(({ case: row, result, reply, rating }) => {
      const shown = presentCase(here, row)
      const place = [shown.townName, shown.villageName, row.placeText].filter(Boolean).join('')
      return {
        number: row.number,
        title: row.title,
        openedAt: row.openedAt,
        closedAt: row.closedAt,
        state: shown.stateName['zh-CN'],
        unit: shown.unit?.name ?? '未派单位',
        place: place || '未填地点',
        point: row.place ? `${row.place.lon.toFixed(5)}，${row.place.lat.toFixed(5)}` : '未标点',
        result: result ? redactText(result) : '尚无处置结果',
        reply: reply ? redactText(reply) : '尚未答复',
        rating: rating ? RATINGS[rating] : '未评价',
      }
    }),
    repeatCount: repeats.length,
    hidden,
    decisions: decisionsOf(c).map((decision) => ({
      text: decision.text,
      unit: here.directory.unit(decision.unitId)?.name ?? '',
      due: decision.due,
    })),
    invited: units.map((id) => here.directory.unit(id)?.name ?? '').join('、'),
    copies: units.flatMap((id) => {
      const unit = here.directory.unit(id)
      return unit ? [{ name: fullUnitName(here, unit) }] : []
    }),
    issuedAt: issued?.at ?? context.now,
  }
}
