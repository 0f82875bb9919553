import { openReport } from '#modules/services/loop/public.ts'
import type { StaffActor } from '#platform/access/actor.ts'
import { writePending } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import { actOnCase } from '#platform/process/engine.ts'
import { demoContext } from '#platform/process/play-case.ts'
import { alertOnRepeats } from '../server/alert.handler.ts'

const VILLAGE = '320506103002'
const PLACE = { lon: 120.5169, lat: 31.2533 }

/** Written for the demo (演示): the same stairwells within a month. */
const REPORTS: readonly { ago: number; text: string; placeText: string }[] = [
  {
    ago: 100,
    text: '三幢一单元又有人从窗口拉线给电动车充电，晚上线就拖在楼道里。',
    placeText: '花苑小区 3 幢（演示）',
  },
  { ago: 60, text: '五幢楼道里两辆电动车拉插线板充电，过道只剩半边。', placeText: '花苑小区 5 幢（演示）' },
  { ago: 12, text: '三幢一单元飞线充电，上次劝过以后没几天又拉上了。', placeText: '花苑小区 3 幢（演示）' },
]

/**
 * Three reports through the real intake and filing; the third opens the alert by itself, and the town calls a meeting.
 * Safe to repeat.
 */
export async function loadConsultations(load: DemoLoad): Promise<void> {
  const { services, here } = load
  const there = await services.pool.inCounty(here.county, async (tx) => {
    const { rows } = await sql`
      select 1 from process_case where definition_key = 'consultation' and village_code = ${VILLAGE} limit 1`.execute(
      tx,
    )
    return rows.length > 0
  })
  if (there) return
  const [clerk, chief, second] = await Promise.all(['md-zhou', 'md-chen', 'md-fu'].map((login) => person(load, login)))
  const now = services.clock.now()
  await services.pool.inCounty(here.county, async (tx) => {
    const at = (ago: number) => here.calendar.before(now, { value: ago, unit: 'workHour' })
    const does = async (actor: StaffActor, ago: number, work: (context: Context) => Promise<void>) => {
      const context = demoContext(load, tx, actor, at(ago))
      await work(context)
      await writePending(context, { route: 'consultation.demo' })
    }
    for (const [index, report] of REPORTS.entries()) {
      let caseId = 0
      await does(clerk!, report.ago, async (context) => {
        const { state } = await openReport(context, {
          text: report.text,
          placeText: report.placeText,
          place: PLACE,
          villageCode: VILLAGE,
          source: 'window',
          classCode: 'G0206',
          openedAt: context.now,
        })
        caseId = state.id
      })
      await does(clerk!, report.ago - 0.5, async (context) => {
        await actOnCase(context, { caseId, action: 'accept', form: { classCode: 'G0206' } })
      })
      await does(chief!, report.ago - 1, async (context) => {
        await actOnCase(context, { caseId, action: 'fileCase', form: {} })
      })
      const counted = demoContext(load, tx, chief!, at(report.ago - 1))
      const bySystem: Context = { ...counted, actor: { kind: 'system', name: 'demo' } }
      await alertOnRepeats(bySystem, { caseId, action: 'fileCase' })
      await writePending(bySystem, { route: 'consultation.demo' })
      load.progress('演示会商', index + 1, REPORTS.length)
    }
    const { rows } = await sql<{ id: number }>`
      select id from process_case where definition_key = 'consultation' and village_code = ${VILLAGE}`.execute(tx)
    const alert = rows[0]
    if (!alert) return
    await does(second!, 6, async (context) => {
      const { directory, calendar } = context.here
      const units = ['320506103-enforcement', '320506103-safety', '320506-fire'].flatMap(
        (code) => directory.unitByCode(code)?.id ?? [],
      )
      await actOnCase(context, {
        caseId: alert.id,
        action: 'convene',
        form: {
          meetingDate: calendar.dateAt(new Date(now.getTime() + 2 * 86_400_000)),
          place: '镇集成指挥中心会议室',
          units,
        },
      })
    })
  })
}

async function person(load: DemoLoad, login: string): Promise<StaffActor> {
  const found = await load.actor(login)
  if (!found) throw new Error(`demo consultation: no account ${login}`)
  return found
}
