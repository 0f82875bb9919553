/**
 * Working-time deadlines per second on one core: mixed units, starts spread over four years, the seeded calendar.
 * Arguments: `--count N` deadlines per round (default 1,000,000), `--rounds N` (default 5; the middle one counts).
 */
import { parseArgs } from 'node:util'
import { pauseClock, resumeClock, startClock } from '#platform/calendar/deadline-clock.ts'
import { seededCalendarData } from '#platform/calendar/seed-calendar.ts'
import { type Limit, WorkCalendar } from '#platform/calendar/work-calendar.ts'

const LIMITS: Limit[] = [
  { value: 2, unit: 'workHour' },
  { value: 8, unit: 'workHour' },
  { value: 24, unit: 'urgentHour' },
  { value: 5, unit: 'workday' },
  { value: 20, unit: 'workday' },
  { value: 30, unit: 'day' },
]

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { count: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '5' } },
  })
  const count = Number(values.count)
  const rounds = Number(values.rounds)
  const data = seededCalendarData()
  const loaded = performance.now()
  const calendar = new WorkCalendar(data)
  const buildMs = performance.now() - loaded

  const from = Date.UTC(2023, 0, 1)
  const step = Math.floor((4 * 365 * 86_400_000) / count)
  // Summed up and printed, so that no work can be left out as unused.
  let checksum = 0
  const perSecond = (work: (start: Date, limit: Limit) => number) => {
    const rates: number[] = []
    for (let round = 0; round < rounds; round++) {
      const began = performance.now()
      for (let i = 0; i < count; i++) checksum += work(new Date(from + i * step), LIMITS[i % LIMITS.length]!) % 1000
      rates.push(count / ((performance.now() - began) / 1000))
    }
    return Math.round(rates.sort((a, b) => a - b)[rounds >> 1]!)
  }

  const deadlinesPerSecond = perSecond((start, limit) => calendar.deadline(start, limit).at.getTime())
  const remainingPerSecond = perSecond((start, limit) => {
    return calendar.remaining(start, new Date(start.getTime() + 9 * 86_400_000), limit.unit).millis
  })
  const pausesPerSecond = perSecond((start, limit) => {
    const paused = pauseClock(calendar, startClock(calendar, start, limit), new Date(start.getTime() + 3_600_000))
    return resumeClock(calendar, paused, new Date(start.getTime() + 200_000_000)).dueAt.getTime()
  })
  console.log(
    JSON.stringify({
      deadlinesPerSecond,
      remainingPerSecond,
      pausesPerSecond,
      buildMs: Math.round(buildMs * 10) / 10,
      count,
      rounds,
      checksum,
    }),
  )
}
