import { type CalendarData, WorkCalendar } from '#platform/calendar/work-calendar.ts'

const rest = (name: string, days: string[]) =>
  Object.fromEntries(days.map((day) => [day, { kind: 'holiday' as const, name }]))

/** The weeks around 国庆 2026 as the pictures show them. */
export const calendarData: CalendarData = {
  revision: 1,
  timeZone: 'Asia/Shanghai',
  utcOffsetMinutes: 480,
  officeHours: [
    { from: '09:00', to: '12:00' },
    { from: '13:30', to: '17:30' },
  ],
  days: {
    ...rest('国庆', ['2026-10-01', '2026-10-02', '2026-10-03', '2026-10-04', '2026-10-05', '2026-10-06', '2026-10-07']),
    '2026-10-10': { kind: 'workday', name: '国庆' },
  },
  announcedYears: [2026],
}

export const calendar = new WorkCalendar(calendarData)

/** A county's wall time on paper: `at('09-30 16:42:36')`. */
export function at(text: string): string {
  const [day, time] = text.split(' ')
  return new Date(`2026-${day}T${(time ?? '00:00:00').padEnd(8, ':00')}+08:00`).toISOString()
}
