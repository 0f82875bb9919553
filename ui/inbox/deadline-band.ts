import type { WorkCalendar } from '#platform/calendar/work-calendar.ts'
import { DAY, dayOf, dayStart, HOUR, MINUTE, nextDay, toMs } from '#ui/clock/county-time.ts'
import { lastClose } from '#ui/clock/due.ts'
import { type DayKind, kindOf, type Session, sessionsOn } from '#ui/clock/work-days.ts'
import { type SeverityLevel, severityRank } from '#ui/severity/severity.ts'

export interface BandItem {
  at: string
  severity?: SeverityLevel | null
}

export interface BandMark {
  x: number
  severity: SeverityLevel | null
  count: number
}

export interface BandSegment {
  kind: 'today' | 'work' | 'rest'
  from: string
  /** Last day of a stretch of rest. */
  to: string
  x: number
  width: number
  day: DayKind
  lines: { x1: number; x2: number }[]
  marks: BandMark[]
  count: number
}

export interface Band {
  segments: BandSegment[]
  nowX: number
  /** Where today's part of the band begins. */
  start: number
  /** Close of today's office hours while it lies ahead. */
  close?: number
  /** Due after the last day shown. */
  beyond: number
}

const HALF = 30 * MINUTE
const WORK_DAYS_SHOWN = 4
/** Marks nearer than this are drawn as one. */
const BIN = 6

interface Draft {
  kind: BandSegment['kind']
  from: string
  to: string
  weight: number
  t0: number
  t1: number
  sessions: Session[]
}

/**
 * 时限带: today at a large scale, days of rest squeezed, the next working days side by side.
 * What was due before today's part begins stands at its left edge.
 */
export function layBand(items: readonly BandItem[], now: number, calendar: WorkCalendar, width: number): Band {
  const today = dayOf(now)
  const at = items.map((item) => toMs(item.at))
  const todayStart = dayStart(today)
  const todayEnd = todayStart + DAY
  const dueToday = at.filter((t) => t >= todayStart && t < todayEnd)
  const close = lastClose(calendar, today)
  const earliest = Math.min(now - 70 * MINUTE, ...dueToday.map((t) => t - 6 * MINUTE))
  const start = Math.max(todayStart, Math.floor(earliest / HALF) * HALF)
  const latest = Math.max(close ?? now + 2 * HOUR, now + HALF, ...dueToday)
  const end = Math.min(todayEnd, Math.ceil(latest / HALF) * HALF)

  const drafts: Draft[] = [
    { kind: 'today', from: today, to: today, weight: 330, t0: start, t1: end, sessions: sessionsOn(calendar, today) },
  ]
  let day = nextDay(today)
  for (let shown = 0; shown < WORK_DAYS_SHOWN && drafts.length < 12; ) {
    const sessions = sessionsOn(calendar, day)
    if (sessions.length > 0) {
      drafts.push({
        kind: 'work',
        from: day,
        to: day,
        weight: shown === 0 ? 210 : 160,
        t0: sessions[0]!.from,
        t1: sessions.at(-1)!.to,
        sessions,
      })
      shown++
      day = nextDay(day)
      continue
    }
    const from = day
    let to = day
    for (let i = 0; i < 20 && sessionsOn(calendar, day).length === 0; i++) {
      to = day
      day = nextDay(day)
    }
    const t0 = dayStart(from)
    const t1 = dayStart(to) + DAY
    const span = Math.round((t1 - t0) / DAY)
    const holds = at.some((t) => t >= t0 && t < t1)
    drafts.push({ kind: 'rest', from, to, weight: span >= 3 ? 140 : holds ? 64 : 24, t0, t1, sessions: [] })
  }

  const total = drafts.reduce((sum, d) => sum + d.weight, 0)
  let x = 0
  let nowX = 0
  let beyond = 0
  const last = drafts.at(-1)!
  const segments = drafts.map((draft) => {
    const w = (draft.weight / total) * width
    const pad = draft.kind === 'rest' ? 2 : 4
    const place = (t: number) => {
      const share = (Math.min(Math.max(t, draft.t0), draft.t1) - draft.t0) / (draft.t1 - draft.t0)
      return x + pad + share * (w - 2 * pad)
    }
    const lo = draft.kind === 'today' ? Number.NEGATIVE_INFINITY : dayStart(draft.from)
    const hi = dayStart(draft.to) + DAY
    const bins = new Map<number, BandMark>()
    let count = 0
    items.forEach((item, i) => {
      const t = at[i]!
      if (draft === last && t >= hi) beyond++
      if (t < lo || t >= hi) return
      count++
      const px = place(t)
      const bin = Math.round(px / BIN)
      const mark = bins.get(bin)
      const severity = item.severity ?? null
      if (!mark) bins.set(bin, { x: px, severity, count: 1 })
      else {
        mark.count++
        if (severityRank(severity) < severityRank(mark.severity)) mark.severity = severity
      }
    })
    const lines = draft.sessions
      .filter((s) => s.to > draft.t0 && s.from < draft.t1)
      .map((s) => ({ x1: place(s.from), x2: place(s.to) }))
    if (draft.kind === 'today') nowX = place(now)
    const segment: BandSegment = {
      kind: draft.kind,
      from: draft.from,
      to: draft.to,
      x,
      width: w,
      day: kindOf(calendar, draft.from),
      lines,
      marks: [...bins.values()].sort((a, b) => a.x - b.x),
      count,
    }
    x += w
    return segment
  })
  const band: Band = { segments, nowX, start, beyond }
  if (close !== undefined && close > now) band.close = close
  return band
}
