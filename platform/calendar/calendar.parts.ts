import {
  announceYearCommand,
  putLocalDayCommand,
  removeLocalDayCommand,
  setOfficeHoursCommand,
  withdrawYearCommand,
} from '#platform/calendar/calendar.commands.ts'
import {
  checkYearQuery,
  getCalendarQuery,
  getPublicCalendarQuery,
  getYearQuery,
  listYearsQuery,
} from '#platform/calendar/calendar.queries.ts'
import { RECOMPUTE_JOB, recomputeClocks } from '#platform/process/recompute-clocks.ts'

/** Commands, queries and job handlers of the working calendar, for the platform's list. */
export const calendarCommands = [
  announceYearCommand,
  withdrawYearCommand,
  putLocalDayCommand,
  removeLocalDayCommand,
  setOfficeHoursCommand,
]

export const calendarQueries = [getCalendarQuery, getPublicCalendarQuery, listYearsQuery, getYearQuery, checkYearQuery]

export const calendarHandlers = { [RECOMPUTE_JOB]: recomputeClocks }
