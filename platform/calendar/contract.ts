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
  laterHours: Type.Optional(Type.Array(Type.Object({ from: Type.String(), hours: OfficeHours }))),
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
  /** Document behind a local day. */
  basis: NullableString,
})

const Basis = Type.Optional(Type.String({ maxLength: 200 }))

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
  /** Office hours that hold today. */
  officeHours: OfficeHours,
  /** All office hours, each with the date from which it holds; the first holds from the beginning. */
  hoursPeriods: Type.Array(Type.Object({ from: Type.String(), hours: OfficeHours })),
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
  input: Type.Object({ date: Day, kind: DayKind, name: Type.String({ maxLength: 60 }), basis: Basis }),
  output: YearPage,
  errors: [
    'calendar.day_as_it_is',
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
  input: Type.Object({ date: Day, basis: Basis }),
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
  summary: '设置某日起的办公时间（不填为今天起）；全部在办时限随后重算',
  input: Type.Object({ hours: OfficeHours, from: Type.Optional(Day), basis: Basis }),
  output: Type.Object({ officeHours: OfficeHours, from: Type.String(), revision: Type.Integer() }),
  errors: [
    'calendar.date_invalid',
    'calendar.hours_in_past',
    'calendar.hours_as_they_are',
    'calendar.office_hours_invalid',
    'calendar.year_out_of_range',
  ],
})

export const previewChange = route({
  name: 'calendar.preview_change',
  kind: 'query',
  method: 'POST',
  path: '/calendar/preview',
  audience: 'staff',
  permission: 'calendar.day.manage',
  summary: '调整前试算：会改变多少个在办时限，先后各多少；不写入',
  input: Type.Object({
    /** One of the three. `none` takes the local day away. */
    day: Type.Optional(Type.Object({ date: Day, kind: Type.Union([DayKind, Type.Literal('none')]) })),
    hours: Type.Optional(Type.Object({ from: Day, hours: OfficeHours })),
    undo: Type.Optional(Type.Integer()),
  }),
  output: Type.Object({
    /** What the command would refuse. */
    problem: Nullable(Type.Object({ code: Type.String(), params: Type.Record(Type.String(), Type.Any()) })),
    /** Running and paused deadlines that were looked at; false where there are more than that. */
    clocks: Type.Integer(),
    complete: Type.Boolean(),
    later: Type.Integer(),
    earlier: Type.Integer(),
    /** Would be overdue at once. */
    overdue: Type.Integer(),
    /** Are overdue and would no longer be. */
    freed: Type.Integer(),
    /** The most frequent moves. */
    moves: Type.Array(Type.Object({ from: Instant, to: Instant, clocks: Type.Integer() })),
  }),
  errors: ['calendar.change_not_found'],
})

const ChangeState = Nullable(
  Type.Object({
    kind: Type.Optional(DayKind),
    name: Type.Optional(Type.String()),
    hours: Type.Optional(OfficeHours),
    notice: Type.Optional(Type.String()),
    /** Number of days that the notice sets. */
    days: Type.Optional(Type.Integer()),
  }),
)

const ChangeRow = Type.Object({
  id: Type.Integer(),
  at: Instant,
  byName: NullableString,
  subjectKind: Type.Union([Type.Literal('day'), Type.Literal('hours'), Type.Literal('year')]),
  /** A date, the date on which the hours begin, or a year. */
  subject: Type.String(),
  before: ChangeState,
  after: ChangeState,
  basis: NullableString,
  undoes: Nullable(Type.Integer()),
  undone: Type.Boolean(),
  can: Type.Object({ undo: Type.Boolean() }),
})

export const listChanges = route({
  name: 'calendar.list_changes',
  kind: 'query',
  method: 'GET',
  path: '/calendar/changes',
  audience: 'staff',
  permission: null,
  why: 'the working calendar is open to every official',
  summary: '工作日历变更记录，新的在前',
  input: Type.Object({
    cursor: Type.Optional(Type.Integer()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  }),
  output: Type.Object({ items: Type.Array(ChangeRow), next: Nullable(Type.Integer()) }),
})

export const undoChange = route({
  name: 'calendar.undo_change',
  kind: 'command',
  method: 'POST',
  path: '/calendar/changes/:id/undo',
  audience: 'staff',
  permission: 'calendar.day.manage',
  summary: '撤销一次变更，恢复到变更之前；全部在办时限随后重算',
  input: Type.Object({ id: Type.Integer(), basis: Basis }),
  output: ChangeRow,
  errors: [
    'calendar.change_not_found',
    'calendar.change_superseded',
    'calendar.change_undone',
    'calendar.hours_in_past',
    ...NOTICE_ERRORS,
  ],
})
