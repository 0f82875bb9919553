import { expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { logInAs, type Session } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

// Wednesday 2026-09-30 09:00; the test county has desks, but nobody is on the roster.
const NEXT = '2026-10-05'

async function ids(county: TestCounty, logins: string[]): Promise<number[]> {
  return county.inCounty(async (tx) => {
    const { rows } = await sql<{ id: number; login: string }>`
      select id, login from auth_account where login = any(${logins}::text[])`.execute(tx)
    return logins.map((login) => rows.find((row) => row.login === login)!.id)
  })
}

async function deskOf(session: Session, name: string): Promise<number> {
  const week = (await session.get(`/roster/weeks/${NEXT}`)) as { desks: { id: number; name: string }[] }
  return week.desks.find((desk) => desk.name.includes(name))!.id
}

it('a week is saved, copied, swapped; doubles, strangers and others’ units are refused', () =>
  withTestCounty(async (county) => {
    const chief = await logInAs(county, 'md-chen')
    const [chen, fu, zhou, elsewhere] = await ids(county, ['md-chen', 'md-fu', 'md-zhou', 'lz-shen'])
    const desk = await deskOf(chief, '木渎')
    const empty = await chief.get(`/roster/weeks/${NEXT}?deskId=${desk}`)
    // 10-05 to 10-07 are holidays, 10-10 a Saturday at work.
    expect(empty.gaps).toHaveLength(14)
    expect(
      empty.gaps.filter((gap: { shift: string }) => gap.shift === 'restday').map((gap: { day: string }) => gap.day),
    ).toEqual(['2026-10-05', '2026-10-06', '2026-10-07', '2026-10-11'])
    const put = (duties: unknown[], monday = NEXT) =>
      chief.raw('PUT', `/roster/desks/${desk}/weeks/${monday}`, { duties })
    const duties = [
      { day: '2026-10-08', shift: 'day', accountId: chen },
      { day: '2026-10-08', shift: 'night', accountId: zhou },
      { day: '2026-10-09', shift: 'day', accountId: fu },
    ]
    const saved = await put(duties)
    expect(saved.status).toBe(200)
    expect(saved.body.gaps).toHaveLength(11)
    // Who is no duty chief acts as one for the shift and no longer.
    expect(saved.body.duties.map((duty: { acting: boolean }) => duty.acting)).toEqual([false, true, false])
    const during = new Date('2026-10-08T12:00:00Z')
    const acting = await county.inCounty((tx) =>
      sql<{
        account_id: number
      }>`select account_id from org_post_holding where acting and since <= ${during} and until > ${during}`.execute(tx),
    )
    expect(acting.rows).toEqual([{ account_id: zhou }])

    expect((await put([...duties, { day: '2026-10-08', shift: 'restday', accountId: chen }])).body.code).toBe(
      'roster.double_booked',
    )
    expect((await put([...duties, { day: '2026-10-06', shift: 'day', accountId: elsewhere }])).body.code).toBe(
      'roster.person_not_of_unit',
    )
    expect((await put([], '2026-10-06')).body.code).toBe('roster.not_a_monday')
    expect((await put([{ day: '2026-09-30', shift: 'day', accountId: chen }], '2026-09-28')).body.code).toBe(
      'roster.past_shift',
    )
    const other = await deskOf(chief, '甪直')
    expect((await chief.raw('PUT', `/roster/desks/${other}/weeks/${NEXT}`, { duties: [] })).body.code).toBe(
      'roster.not_your_unit',
    )
    const clerk = await logInAs(county, 'md-zhou')
    expect((await clerk.raw('PUT', `/roster/desks/${desk}/weeks/${NEXT}`, { duties: [] })).status).toBe(403)

    const copied = await chief.post('/roster/weeks/2026-10-12/copy', { deskIds: [desk] })
    expect(copied).toEqual({ taken: 3, left: [] })
    expect(
      (await chief.post('/roster/weeks/2026-10-12/copy', { deskIds: [desk] })).left.map(
        (one: { why: string }) => one.why,
      ),
    ).toEqual(['taken', 'taken', 'taken'])

    // 陈国安 gives his day and takes 傅's next day.
    const own = (await chief.get('/roster/mine')).shifts[0]
    const friday = (await chief.get(`/roster/weeks/${NEXT}?deskId=${desk}`)).duties.find(
      (duty: { day: string }) => duty.day === '2026-10-09',
    )
    const swap = await chief.post(`/roster/duties/${own.dutyId}/swap`, { withDutyId: friday.id, reason: '家中有事' })
    expect((await clerk.raw('POST', `/roster/swaps/${swap.id}/answer`, { answer: 'agreed' })).status).toBe(404)
    const deputy = await logInAs(county, 'md-fu')
    expect((await deputy.post(`/roster/swaps/${swap.id}/answer`, { answer: 'agreed' })).answer).toBe('agreed')
    const after = await chief.get(`/roster/weeks/${NEXT}?deskId=${desk}`)
    expect(
      after.duties.map((duty: { day: string; shift: string; person: { id: number } }) => [
        duty.day,
        duty.shift,
        duty.person.id,
      ]),
    ).toEqual([
      ['2026-10-08', 'day', fu],
      ['2026-10-08', 'night', zhou],
      ['2026-10-09', 'day', chen],
    ])

    // The exported sheet is read again; a wrong name is told with its row and nothing is taken.
    const sheet = (text: string, dryRun: boolean) =>
      chief.post('/roster/import', { fileName: '值班表.csv', content: Buffer.from(text).toString('base64'), dryRun })
    const head = '单位,席位,日期,班次,值班人员\n'
    const row = (day: string, person: string) =>
      `${after.desks[0].unit.name},${after.desks[0].name},${day},夜班,${person}\n`
    const wrong = await sheet(head + row('2026-10-20', '陈国安') + row('2026-10-21', '查无此人'), false)
    expect(wrong).toMatchObject({ done: false, taken: 0, problems: [{ row: 3, code: 'roster.sheet_no_person' }] })
    expect(await sheet(head + row('2026-10-20', '陈国安'), false)).toMatchObject({ done: true, taken: 1 })
    expect((await chief.raw('GET', `/roster/weeks/${NEXT}/export`)).status).toBe(200)
  }))

it('B stands in while A is away: rights, own work, notices; both away at once is refused; A comes back to everything', () =>
  withTestCounty(async (county) => {
    const chief = await logInAs(county, 'md-chen')
    const deputy = await logInAs(county, 'md-fu')
    const [chen, fu] = await ids(county, ['md-chen', 'md-fu'])
    const clerk = await logInAs(county, 'md-zhou')
    const made = await clerk.post('/loop/reports', {
      text: '香溪社区门口雨水井盖破损，行人容易绊倒',
      villageCode: '320506103001',
      source: 'window',
    })
    await clerk.act(made.id, 'accept', { classCode: 'C0103' })
    const caseId = made.id
    // Put into the chief's own name, as work that was handed to him.
    await county.inCounty((tx) =>
      sql`update process_work_item set account_id = ${chen} where case_id = ${caseId}`.execute(tx),
    )
    expect((await deputy.get('/inbox')).items.some((item: { caseId: number }) => item.caseId === caseId)).toBe(false)

    const span = { since: '2026-09-30T01:30:00Z', until: '2026-10-12T01:00:00Z' }
    const preview = await chief.get(`/roster/absences/preview?since=${span.since}&until=${span.until}`)
    expect(preview).toMatchObject({ ownWork: 1, posts: [{ backup: { id: fu }, problem: null }] })
    const absence = await chief.post('/roster/absences', { kind: 'leave', ...span })
    expect(absence.covers).toMatchObject([{ person: { id: fu } }])
    expect((await deputy.raw('POST', '/roster/absences', { kind: 'leave', ...span })).body.code).toBe(
      'roster.stands_in',
    )
    expect((await chief.raw('POST', '/roster/absences', { kind: 'leave', ...span })).body.code).toBe(
      'roster.absent_already',
    )

    county.clock.set('2026-09-30T01:31:00Z')
    await county.settle()
    expect((await deputy.get('/inbox')).items.some((item: { caseId: number }) => item.caseId === caseId)).toBe(true)
    expect((await deputy.get('/notices')).items.map((one: { kind: string }) => one.kind)).toEqual(
      expect.arrayContaining(['roster.stand_in', 'roster.work_for_stand_in']),
    )
    const here = await county.here()
    expect(here.directory.isActive(chen!)).toBe(false)
    const page = await deputy.act(caseId, 'orderVerify')
    expect(page.trace.at(-1)).toMatchObject({ action: 'orderVerify', acting: true })

    await chief.post(`/roster/absences/${absence.id}/end`, {})
    // The next request with a session sees the new revision.
    expect((await chief.get('/roster/mine')).absences).toEqual([])
    expect((await county.here()).directory.isActive(chen!)).toBe(true)
    expect((await chief.raw('POST', `/roster/absences/${absence.id}/end`, {})).body.code).toBe('roster.absence_over')
    // Nobody names himself, and nobody else's absence is entered by a colleague.
    const pairs = (await chief.get('/roster/pairs')).items
    const dispatcher = pairs.find((pair: { role: string }) => pair.role === 'dispatcher')
    expect((await chief.raw('PUT', `/roster/pairs/${dispatcher.postId}`, { accountId: chen })).body.code).toBe(
      'roster.not_oneself',
    )
    expect((await clerk.raw('POST', '/roster/absences', { accountId: fu, kind: 'trip', ...span })).body.code).toBe(
      'roster.not_your_unit',
    )
  }))

it('the log of a shift writes itself, is signed, reminded and taken over', () =>
  withTestCounty(async (county) => {
    const chief = await logInAs(county, 'md-chen')
    const deputy = await logInAs(county, 'md-fu')
    const [chen, fu] = await ids(county, ['md-chen', 'md-fu'])
    const desk = await deskOf(chief, '木渎')
    const saved = await chief.raw('PUT', `/roster/desks/${desk}/weeks/2026-09-28`, {
      duties: [
        { day: '2026-09-30', shift: 'night', accountId: chen },
        { day: '2026-10-01', shift: 'restday', accountId: fu },
      ],
    })
    expect(saved.status, JSON.stringify(saved.body)).toBe(200)
    county.clock.set('2026-09-30T12:00:00Z')
    const clerk = await logInAs(county, 'md-zhou')
    await clerk.post('/loop/reports', {
      text: '香溪社区门口雨水井盖破损，行人容易绊倒',
      villageCode: '320506103001',
      source: 'window',
    })
    county.clock.set('2026-10-01T01:00:00Z')
    await county.settle()
    const night = await logInAs(county, 'md-chen')
    const [log] = (await night.get('/roster/mine')).logs
    expect(log).toMatchObject({
      day: '2026-09-30',
      numbers: { taken: 1, dispatched: 0, closed: 0, open: 1 },
      can: { sign: true, take: false },
    })
    expect((await night.get(`/roster/logs/${log.id}/cases?number=taken`)).items).toHaveLength(1)
    const morning = await logInAs(county, 'md-fu')
    expect((await morning.raw('POST', `/roster/logs/${log.id}/take`, {})).body.code).toBe('roster.log_unsigned')
    expect((await morning.raw('POST', `/roster/logs/${log.id}/sign`, {})).body.code).toBe('roster.not_on_duty')
    county.clock.set('2026-10-01T01:31:00Z')
    await county.settle()
    expect((await night.get('/notices')).items.map((one: { kind: string }) => one.kind)).toContain(
      'roster.log_unsigned',
    )
    await night.post(`/roster/logs/${log.id}/sign`, { remarks: '井盖已围挡，等待更换' })
    expect((await night.raw('POST', `/roster/logs/${log.id}/take`, {})).body.code).toBe('roster.not_to_oneself')
    const taken = await morning.post(`/roster/logs/${log.id}/take`, { note: '已看现场' })
    expect(taken).toMatchObject({
      signed: { by: '陈国安' },
      taken: { by: expect.any(String) },
      remarks: '井盖已围挡，等待更换',
    })
    const stranger = await logInAs(county, 'lz-shen')
    expect((await stranger.raw('GET', `/roster/logs/${log.id}`)).status).toBe(404)
    for (const format of ['docx', 'pdf'])
      expect((await morning.raw('GET', `/roster/logs/${log.id}/document?format=${format}`)).status).toBe(200)
    void deputy
  }))

it('汛期 on: new cases have its limits, running ones are shortened on request; off: new ones as before, running ones keep', () =>
  withTestCounty(async (county) => {
    const director = await logInAs(county, 'cmd-gao')
    const clerk = await logInAs(county, 'md-zhou')
    const report = async () => {
      const made = await clerk.post('/loop/reports', {
        text: '香溪社区门口雨水井盖破损，行人容易绊倒',
        villageCode: '320506103001',
        source: 'window',
        classCode: 'C0103',
      })
      return (await clerk.get(`/cases/${made.id}`)) as { case: { id: number; severity: number } }
    }
    const limits = async (id: number) =>
      county.inCounty(async (tx) => {
        const { rows } = await sql<{
          limits: unknown
        }>`select data->'limits' as limits from process_case where id = ${id}`.execute(tx)
        return rows[0]!.limits
      })
    const before = await report()
    const normal = await limits(before.case.id)
    const mode = (await director.get('/roster/modes')).items.find((one: { name: string }) => one.name === '汛期')
    expect(await director.get(`/roster/modes/${mode.id}/preview`)).toMatchObject({
      open: 1,
      classes: [{ code: 'C0103', open: 1 }],
    })
    const on = (body: object) =>
      director.raw('POST', `/roster/modes/${mode.id}/on`, {
        documentNumber: '吴汛〔2026〕3 号',
        until: '2026-10-05T04:00:00Z',
        running: 'shorten',
        ...body,
      })
    expect((await on({ documentNumber: ' ' })).body.code).toBe('roster.document_missing')
    expect((await on({ until: '2026-09-29T04:00:00Z' })).body.code).toBe('roster.until_before_since')
    expect((await clerk.raw('POST', `/roster/modes/${mode.id}/on`, {})).status).toBe(403)
    expect((await on({})).status).toBe(200)
    expect((await on({})).body.code).toBe('roster.mode_is_on')
    await county.settle()
    const during = await report()
    expect(await limits(during.case.id)).toMatchObject({ handle: { value: 4, unit: 'urgentHour' } })
    expect(during.case.severity).toBeLessThanOrEqual(2)
    expect((await clerk.get('/roster/notices')).items).toHaveLength(1)
    const app = await county.app()
    const told = await app.inject({ method: 'GET', url: '/test/api/v1/public/notices' })
    expect(told.json().items).toMatchObject([{ name: '汛期' }])
    const week = await director.get('/roster/weeks/2026-09-28')
    expect(week.slots.some((slot: { deskId: number }) => slot.deskId === mode.desks[0].deskId)).toBe(true)

    await director.post(`/roster/modes/${mode.id}/off`, { reason: '解除应急响应' })
    expect(await limits((await report()).case.id)).toEqual(normal)
    expect(await limits(during.case.id)).toMatchObject({ handle: { value: 4, unit: 'urgentHour' } })
    const { periods } = await director.get('/roster/modes')
    expect(periods).toMatchObject([{ state: 'over', offBy: '高明远' }])

    // A second time it ends by its plan.
    expect((await on({ running: 'keep' })).status).toBe(200)
    county.clock.set('2026-10-05T04:00:00Z')
    await county.settle()
    const ended = (await (await logInAs(county, 'cmd-gao')).get('/roster/modes')).periods
    expect(ended[0]).toMatchObject({ state: 'over', offBy: null })
  }))
