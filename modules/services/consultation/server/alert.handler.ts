import type { Context } from '#platform/command/context.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import { type CaseState, findCase, type Secrecy } from '#platform/process/case.store.ts'
import { noteOnCase, startCase } from '#platform/process/engine.ts'
import { type Candidate, findAlike, findSetting, insertRepeats } from './consultation.store.ts'

const DAY_MS = 86_400_000

/** Steps with which a report counts: it was found to be so. */
const COUNTING: ReadonlySet<string> = new Set(['fileCase', 'selfHandle'])

/**
 * When a report is filed: the third of its class at the place within thirty days (the county's own numbers) opens a
 * consultation. What happens again while one is open is added to it; what one was about counts for no other. A repeated job
 * changes nothing.
 */
export const alertOnRepeats: JobHandler = async (context, payload) => {
  const { caseId, action } = payload as { caseId: number; action: string }
  if (!COUNTING.has(action)) return
  const { tx, now } = context
  const setting = await findSetting(tx, true)
  const loaded = await findCase(tx, caseId, false)
  const report = loaded?.case
  if (report?.definitionKey !== 'report' || !report.classCode || !(report.villageCode || report.place)) return
  // What is brought in from long ago is no news.
  if (report.openedAt.getTime() < now.getTime() - setting.days * DAY_MS) return
  const alike = await findAlike(tx, {
    caseId,
    classCode: report.classCode,
    villageCode: report.villageCode,
    place: report.place,
    since: new Date(report.openedAt.getTime() - setting.days * DAY_MS),
    until: now,
    metres: setting.metres,
  })
  if (alike.find((one) => one.id === caseId)?.consultationId) return
  const running = alike.find((one) => one.consultationOpen)
  if (running?.consultationId) return addTo(context, running.consultationId, report)
  const fresh = alike.filter((one) => one.consultationId === null)
  if (fresh.length < setting.repeats) return
  await open(context, report, fresh, setting.days)
}

async function addTo(context: Context, consultationId: number, report: CaseState): Promise<void> {
  const { tx, now } = context
  const consultation = await findCase(tx, consultationId, true)
  if (!consultation || (await insertRepeats(tx, consultationId, report.classCode!, [report.id], now)) === 0) return
  // A secret report makes nobody see more: its number alone says nothing of it.
  await noteOnCase(context, consultation, {
    action: 'anotherRepeat',
    why: [{ key: 'consultation.why.another', params: { number: report.number } }],
  })
}

async function open(context: Context, report: CaseState, repeats: readonly Candidate[], days: number): Promise<void> {
  const { tx, here, now } = context
  const one = <T>(values: readonly T[]) => (new Set(values).size === 1 ? values[0]! : null)
  const townCode = one(repeats.map((repeat) => repeat.townCode))
  const villageCode = townCode ? one(repeats.map((repeat) => repeat.villageCode)) : null
  const secrecy: Secrecy = repeats.some((repeat) => repeat.secrecy === 'secret') ? 'secret' : 'internal'
  const className = here.directory.className(report.classCode!) ?? report.classCode!
  const place = here.directory.divisionName(villageCode ?? townCode ?? here.county.regionPrefix)
  const matter = `${place}${className}${days}日内${repeats.length}件`
  const state = await startCase(context, {
    definitionKey: 'consultation',
    title: `会商预警：${matter}`,
    source: 'alert',
    form: { matter: [...matter].slice(0, 80).join(''), reason: `同类问题在同一地点${days}日内立案${repeats.length}件` },
    classCode: report.classCode,
    severity: report.severity,
    secrecy,
    townCode,
    villageCode,
    lineCode: report.lineCode,
    placeText: report.placeText,
    place: report.place,
    why: [{ key: 'consultation.why.alert', params: { class: className, n: repeats.length, days } }],
  })
  await insertRepeats(
    tx,
    state.id,
    report.classCode!,
    repeats.map(({ id }) => id),
    now,
  )
}
