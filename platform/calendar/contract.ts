import { Type } from 'typebox'
import { Instant, route } from '#platform/contract/route.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(shape: T) => Type.Union([shape, Type.Null()])
const NullableString = Nullable(Type.String())

const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })
const Time = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' })
const Year = Type.Integer({ minimum: 2000, maximum: 2060 })
const DayKind = Type.Union([Type.Literal('holiday'), Type.Literal('workday')])
const OfficeHours = Type.Array(Type.Object({ from: Time, to: Time }), { minItems: 1, maxItems: 6 })

/** `CalendarData`: what a screen builds its `WorkCalendar` from. */
export const CalendarDataShape = Type.Object({
  revision: Type.Integer(),
  timeZone: Type.String(),
  utcOffsetMinutes: Type.Integer(),
  officeHours: OfficeHours,
  days: Type.Record(Type.String(), Type.Object({ kind: DayKind, name: Type.String() })),
  announcedYears: Type.Array(Type.Integer()),
})

const YearRow = {
  year: Type.Integer(),
  announced: Type.Boolean(),
  notice: NullableString,
  noticeUrl: NullableString,
  publishedOn: NullableString,
  announcedAt: Nullable(Instant),
}

const EnteredDay = Type.Object({
  date: Type.String(),
  kind: DayKind,
  name: Type.String(),
  source: Type.Union([Type.Literal('notice'), Type.Literal('local')]),
  noticeYear: Nullable(Type.Integer()),
})

const YearPage = Type.Object({
  ...YearRow,
  /** Entered days, late December of the year before included where the notice turned them. */
  entered: Type.Array(EnteredDay),
  /** Every date of the year. */
  dates: Type.Array(
    Type.Object({
      date: Type.String(),
      workday: Type.Boolean(),
      name: NullableString,
      from: Type.Union([Type.Literal('entered'), Type.Literal('rule'), Type.Literal('weekday')]),
      provisional: Type.Boolean(),
    }),
  ),
  workdays: Type.Integer(),
  officeHours: OfficeHours,
  can: Type.Object({ manage: Type.Boolean() }),
})

const NoticeInput = {
  year: Year,
  /** Left empty it is refused with a reason, not by its shape. */
  notice: Type.String({ maxLength: 300 }),
  noticeUrl: Type.Optional(Type.String({ maxLength: 500, pattern: '^https?://' })),
  publishedOn: Type.Optional(Day),
  days: Type.Array(Type.Object({ date: Day, kind: DayKind, name: Type.String({ minLength: 1, maxLength: 60 }) }), {
    maxItems: 120,
  }),
}

const NOTICE_ERRORS = [
  'calendar.year_out_of_range',
  'calendar.notice_missing',
  'calendar.date_invalid',
  'calendar.day_outside_year',
  'calendar.day_twice',
  'calendar.workday_not_weekend',
  'calendar.statutory_day_missing',
] as const

export const getCalendar = route({
  name: 'calendar.get_calendar',
  kind: 'query',
  method: 'GET',
  path: '/calendar',
  audience: 'staff',
  permission: null,
  why: 'every screen counts deadlines by it',
  summary: '工作日历：去年起，供屏幕计算时限',
  input: Type.Object({}),
  output: CalendarDataShape,
})

export const getPublicCalendar = route({
  name: 'calendar.get_public_calendar',
  kind: 'query',
  method: 'GET',
  path: '/public/calendar',
  audience: 'public',
  permission: null,
  why: 'office days and hours are public',
  summary: '办公日和办公时间：今年起',
  input: Type.Object({}),
  output: CalendarDataShape,
  rateLimit: 60,
})

export const listYears = route({
  name: 'calendar.list_years',
  kind: 'query',
  method: 'GET',
  path: '/calendar/years',
  audience: 'staff',
  permission: null,
  why: 'the working calendar is open to every official',
  summary: '各年度放假安排是否录入',
  input: Type.Object({}),
  output: Type.Object({
    /** Newest first; this year and the next are always there. */
    items: Type.Array(Type.Object(YearRow)),
    /** Deadlines that are 暂定 now. */
    provisionalClocks: Type.Integer(),
    can: Type.Object({ manage: Type.Boolean() }),
  }),
})

export const getYear = route({
  name: 'calendar.get_year',
  kind: 'query',
  method: 'GET',
  path: '/calendar/years/:year',
  audience: 'staff',
  permission: null,
  why: 'the working calendar is open to every official',
  summary: '一个年度：每一天及录入的节假日、调休、本级调整',
  input: Type.Object({ year: Year }),
  output: YearPage,
})

export const checkYear = route({
  name: 'calendar.check_year',
  kind: 'query',
  method: 'POST',
  path: '/calendar/years/:year/check',
  audience: 'staff',
  permission: 'calendar.day.manage',
  summary: '录入前检查：一次列出放假安排中的所有问题',
  input: Type.Object(NoticeInput),
  output: Type.Object({
    problems: Type.Array(Type.Object({ code: Type.String(), date: NullableString, name: NullableString })),
    /** Open deadlines that the notice would settle. */
    provisionalClocks: Type.Integer(),
  }),
})

export const announceYear = route({
  name: 'calendar.announce_year',
  kind: 'command',
  method: 'PUT',
  path: '/calendar/years/:year',
  audience: 'staff',
  permission: 'calendar.day.manage',
  summary: '录入或更正年度放假安排；暂定时限随后重算',
  input: Type.Object(NoticeInput),
  output: YearPage,
  errors: NOTICE_ERRORS,
})

export const withdrawYear = route({
  name: 'calendar.withdraw_year',
  kind: 'command',
  method: 'POST',
  path: '/calendar/years/:year/withdraw',
  audience: 'staff',
  permission: 'calendar.day.manage',
  summary: '撤回录错的年度放假安排；全部在办时限随后重算',
  input: Type.Object({ year: Year, reason: Type.String({ minLength: 1, maxLength: 300 }) }),
  output: YearPage,
  errors: ['calendar.year_not_announced'],
})

export const putLocalDay = route({
  name: 'calendar.put_local_day',
  kind: 'command',
  method: 'PUT',
  path: '/calendar/days/:date',
  audience: 'staff',
  permission: 'calendar.day.manage',
  summary: '本级调整某一天放假或上班；全部在办时限随后重算',
  input: Type.Object({ date: Day, kind: DayKind, name: Type.String({ maxLength: 60 }) }),
  output: YearPage,
  errors: [
    'calendar.date_invalid',
    'calendar.day_name_missing',
    'calendar.day_from_notice',
    'calendar.year_out_of_range',
  ],
})

export const removeLocalDay = route({
  name: 'calendar.remove_local_day',
  kind: 'command',
  method: 'POST',
  path: '/calendar/days/:date/remove',
  audience: 'staff',
  permission: 'calendar.day.manage',
  summary: '取消本级调整；全部在办时限随后重算',
  input: Type.Object({ date: Day }),
  output: YearPage,
  errors: ['calendar.date_invalid', 'calendar.day_from_notice', 'calendar.day_not_local', 'calendar.year_out_of_range'],
})

export const setOfficeHours = route({
  name: 'calendar.set_office_hours',
  kind: 'command',
  method: 'PUT',
  path: '/calendar/office-hours',
  audience: 'staff',
  permission: 'calendar.day.manage',
  summary: '设置办公时间；全部在办时限随后重算',
  input: Type.Object({ hours: OfficeHours }),
  output: Type.Object({ officeHours: OfficeHours, revision: Type.Integer() }),
  errors: ['calendar.office_hours_invalid'],
})
