import {
  announceYearCommand,
  putLocalDayCommand,
  removeLocalDayCommand,
  setOfficeHoursCommand,
  undoChangeCommand,
  withdrawYearCommand,
} from '#platform/calendar/calendar.commands.ts'
import {
  checkYearQuery,
  getCalendarQuery,
  getPublicCalendarQuery,
  getYearQuery,
  listChangesQuery,
  listYearsQuery,
} from '#platform/calendar/calendar.queries.ts'
import { previewChangeQuery } from '#platform/calendar/preview-change.query.ts'
import { RECOMPUTE_JOB, recomputeClocks } from '#platform/process/recompute-clocks.ts'

/** Commands, queries and job handlers of the working calendar, for the platform's list. */
export const calendarCommands = [
  announceYearCommand,
  withdrawYearCommand,
  putLocalDayCommand,
  removeLocalDayCommand,
  setOfficeHoursCommand,
  undoChangeCommand,
]

export const calendarQueries = [
  getCalendarQuery,
  getPublicCalendarQuery,
  listYearsQuery,
  getYearQuery,
  checkYearQuery,
  previewChangeQuery,
  listChangesQuery,
]

export const calendarHandlers = { [RECOMPUTE_JOB]: recomputeClocks }
