import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { registerCounty } from '#platform/db/counties.ts'
import type { CountyRef, Tx } from '#platform/db/db.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts'
import { APP_ROLE, migrateCounty, prepareDatabase, readMigrations } from '#platform/db/migrate.ts'
import { Pool } from '#platform/db/pool.ts'
import { createLog } from '#platform/logs/log.ts'
import {
  announceYear,
  CalendarCache,
  FIRST_DAY,
  findCalendarRevision,
  listCalendarDays,
  listCalendarYears,
  loadCalendar,
  removeLocalDay,
  removeOfficeHours,
  setOfficeHours,
  upsertLocalDay,
  withdrawYear,
} from './calendar.store.ts'
import type { HolidayNotice } from './holiday-notice.ts'
import { seedCalendar, seededCalendarData } from './seed-calendar.ts'
import { daysOffByRule } from './statutory-days.ts'

const now = new Date('2026-09-30T16:42:36+08:00')
const slug = `caltest${process.pid}`
let own: EmbeddedPostgres | undefined
let ownDir: string | undefined
let migrator: Pool
let pool: Pool
let county: CountyRef

const inCounty = <T>(work: (tx: Tx) => Promise<T>) => pool.inCounty(county, work)

beforeAll(async () => {
  let url = process.env.DATABASE_URL
  if (!url) {
    ownDir = mkdtempSync(path.join(tmpdir(), 'yiti-calendar-'))
    own = await startEmbeddedPostgres({ dir: path.join(ownDir, 'db'), log: createLog({ level: 'silent' }) })
    url = own.socketUrl
  }
  migrator = new Pool({ url, max: 2 })
  await prepareDatabase(migrator)
  await registerCounty(migrator, { slug, name: '测试区', parentName: '测试市', regionPrefix: '320999' })
  pool = new Pool({ url, role: APP_ROLE, max: 4 })
})

beforeEach(async () => {
  await migrator.pg.query(`drop schema if exists county_${slug} cascade`)
  const migrations = readMigrations([]).filter(({ name }) => name.startsWith('platform/calendar/'))
  ;({ county } = await migrateCounty(migrator, slug, migrations))
})

afterAll(async () => {
  await migrator?.pg.query(`drop schema if exists county_${slug} cascade`)
  await migrator?.pg.query('delete from yiti.county where slug = $1', [slug])
  await Promise.all([pool?.close(), migrator?.close()])
  await own?.stop()
  if (ownDir) rmSync(ownDir, { recursive: true, force: true })
})

describe('a new county', () => {
  it('has no calendar until it is seeded', async () => {
    expect(await inCounty(findCalendarRevision)).toBe(0)
    await expect(inCounty(loadCalendar)).rejects.toMatchObject({ code: 'calendar.not_set_up' })
    await expect(inCounty((tx) => withdrawYear(tx, 2026, now))).rejects.toMatchObject({ code: 'calendar.not_set_up' })
  })

  it('is given the notices that are known, and loads as they are', async () => {
    const { announcedYears } = await inCounty((tx) => seedCalendar(tx, now))
    expect(announcedYears.at(-1)).toBe(2026)
    const { revision, ...loaded } = await inCounty(loadCalendar)
    const { revision: _, ...expected } = seededCalendarData()
    expect(loaded).toEqual(expected)
    expect(revision).toBe(await inCounty(findCalendarRevision))
    expect((await inCounty(listCalendarYears))[0]).toMatchObject({
      year: 2026,
      announced: true,
      publishedOn: '2025-11-04',
    })
    // New Year 2019 turned days of December 2018: they come with the notice of 2019.
    expect((await inCounty((tx) => listCalendarDays(tx, 2019)))[0]).toEqual({
      date: '2018-12-29',
      kind: 'workday',
      name: '元旦调休',
      source: 'notice',
      noticeYear: 2019,
      basis: null,
    })
  })

  it('is not touched by a second seeding', async () => {
    await inCounty((tx) => seedCalendar(tx, now))
    await inCounty((tx) => withdrawYear(tx, 2026, now))
    const before = await inCounty(loadCalendar)
    expect(await inCounty((tx) => seedCalendar(tx, now))).toEqual({ announcedYears: [] })
    expect(await inCounty(loadCalendar)).toEqual(before)
  })
})

describe('a seeded county', () => {
  beforeEach(() => inCounty((tx) => seedCalendar(tx, now)))

  const notice: HolidayNotice = {
    year: 2027,
    notice: '2027年部分节假日安排的通知',
    days: [
      ...[...daysOffByRule(2027)].map(([date, name]) => ({ date, kind: 'holiday' as const, name })),
      { date: '2027-02-20', kind: 'workday', name: '春节调休' },
      { date: '2026-12-31', kind: 'holiday', name: '元旦' },
    ],
  }

  it('takes a notice, its correction and its withdrawal', async () => {
    const cache = new CalendarCache()
    const before = await inCounty((tx) => cache.get(tx))
    expect(await inCounty((tx) => cache.get(tx))).toBe(before)

    const revision = await inCounty((tx) => announceYear(tx, notice, now))
    const after = await inCounty((tx) => cache.get(tx))
    expect(after.data.revision).toBe(revision)
    expect([before, after].map((calendar) => calendar.isWorkday('2026-12-31'))).toEqual([true, false])
    expect([before, after].map((calendar) => calendar.isWorkday('2027-02-20'))).toEqual([false, true])
    expect([before, after].map((calendar) => calendar.dayInfo('2027-03-01').provisional)).toEqual([true, false])

    const days = notice.days.filter(({ date }) => date !== '2027-02-20')
    await inCounty((tx) => announceYear(tx, { ...notice, days }, now))
    expect((await inCounty((tx) => cache.get(tx))).isWorkday('2027-02-20')).toBe(false)

    await inCounty((tx) => withdrawYear(tx, 2027, now))
    const { revision: _, ...withdrawn } = (await inCounty((tx) => cache.get(tx))).data
    expect({ ...withdrawn, revision: before.data.revision }).toEqual(before.data)
  })

  it('refuses a notice with a slip and stays as it was', async () => {
    const before = await inCounty(loadCalendar)
    const days = notice.days.filter(({ date }) => date !== '2027-02-05')
    await expect(inCounty((tx) => announceYear(tx, { ...notice, days }, now))).rejects.toMatchObject({
      code: 'calendar.statutory_day_missing',
      params: { date: '2027-02-05', name: '春节' },
    })
    expect(await inCounty(loadCalendar)).toEqual(before)
  })

  it('keeps local days apart from those of a notice', async () => {
    const cache = new CalendarCache()
    await inCounty((tx) => upsertLocalDay(tx, { date: '2027-03-05', kind: 'holiday', name: '本级调整' }, now))
    expect((await inCounty((tx) => cache.get(tx))).isWorkday('2027-03-05')).toBe(false)
    await inCounty((tx) => removeLocalDay(tx, '2027-03-05', now))
    expect((await inCounty((tx) => cache.get(tx))).isWorkday('2027-03-05')).toBe(true)

    const code = 'calendar.day_from_notice'
    const day = { date: '2026-10-01', kind: 'workday' as const, name: '本级调整' }
    await expect(inCounty((tx) => upsertLocalDay(tx, day, now))).rejects.toMatchObject({ code })
    await expect(inCounty((tx) => removeLocalDay(tx, '2026-10-01', now))).rejects.toMatchObject({ code })
    await expect(inCounty((tx) => upsertLocalDay(tx, { ...day, date: '2026-02-29' }, now))).rejects.toMatchObject({
      code: 'calendar.date_invalid',
    })
    await expect(inCounty((tx) => upsertLocalDay(tx, { ...day, name: ' ' }, now))).rejects.toMatchObject({
      code: 'calendar.day_name_missing',
    })
  })

  it('changes its office hours', async () => {
    const hours = [
      { from: '08:30', to: '12:00' },
      { from: '14:00', to: '18:00' },
    ]
    const from = '2026-10-08'
    const { officeHours } = await inCounty(loadCalendar)
    await inCounty((tx) => setOfficeHours(tx, { from, hours }, now))
    // Those before the date stay as they were.
    expect(await inCounty(loadCalendar)).toMatchObject({ officeHours, laterHours: [{ from, hours }] })
    await expect(
      inCounty((tx) => setOfficeHours(tx, { from, hours: [...hours].reverse() }, now)),
    ).rejects.toMatchObject({ code: 'calendar.office_hours_invalid' })
    expect((await inCounty(loadCalendar)).laterHours).toEqual([{ from, hours }])
    await inCounty((tx) => removeOfficeHours(tx, from, now))
    expect(await inCounty(loadCalendar)).toMatchObject({ officeHours, laterHours: [] })
    await inCounty((tx) => removeOfficeHours(tx, FIRST_DAY, now))
    expect((await inCounty(loadCalendar)).officeHours).toEqual(officeHours)
  })

  it('counts up with concurrent changes, none lost', async () => {
    const from = await inCounty(findCalendarRevision)
    const dates = Array.from({ length: 8 }, (_, i) => `2027-03-0${i + 1}`)
    const revisions = await Promise.all(
      dates.map((date) => inCounty((tx) => upsertLocalDay(tx, { date, kind: 'holiday', name: '本级调整' }, now))),
    )
    expect(revisions.sort((a, b) => a - b)).toEqual(dates.map((_, i) => from + i + 1))
    const { days } = await inCounty(loadCalendar)
    expect(dates.every((date) => days[date]?.kind === 'holiday')).toBe(true)
  })
})
