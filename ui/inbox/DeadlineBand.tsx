import '#ui/inbox/DeadlineBand.css'
import { useId, useMemo } from 'react'
import type { WorkCalendar } from '#platform/calendar/work-calendar.ts'
import { hourMinute, monthDay, weekdayText } from '#ui/clock/county-time.ts'
import { durationText } from '#ui/clock/durations.ts'
import { useNow, useNowEvery } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { type BandItem, type BandSegment, layBand } from '#ui/inbox/deadline-band.ts'
import { useSize } from '#ui/theme/use-size.ts'

const heights = { red: 22, orange: 17, yellow: 12, blue: 8, none: 6 }

/** Today, the days of rest and the next working days side by side, with everything that falls due on them. */
export function DeadlineBand({
  items,
  calendar,
  onJump,
}: {
  items: readonly BandItem[]
  calendar: WorkCalendar
  /** Opens the list at a day. */
  onJump?: (day: string) => void
}) {
  const [ref, { width }] = useSize<HTMLDivElement>()
  const hatch = useId()
  const { t, language } = useText()
  const step = useNowEvery(15_000)
  const band = useMemo(() => layBand(items, step, calendar, Math.max(width, 320)), [items, step, calendar, width])

  const title = (s: BandSegment) => {
    if (s.kind === 'rest') {
      if (s.width < 100) return ''
      const name = s.day.holiday ?? t('ui.band.rest')
      return s.from === s.to
        ? `${name} ${monthDay(s.from)}`
        : t('ui.band.span', { name, from: monthDay(s.from), to: monthDay(s.to) })
    }
    const parts = [`${monthDay(s.from)} ${weekdayText(s.from, language)}`]
    if (s.kind === 'today') parts.push(t('ui.day.today'))
    if (s.day.makeUp) parts.push(t('ui.band.makeUp'))
    if (s.kind === 'today' && !s.day.work) parts.push(s.day.holiday ?? t('ui.band.rest'))
    if (s.day.provisional) parts.push(t('ui.due.provisional'))
    return parts.join(' · ')
  }
  const foot = (s: BandSegment, i: number) => {
    if (s.kind === 'today') return hourMinute(band.start)
    if (s.kind === 'rest') {
      if (s.width < 100) return ''
      return s.count > 0 ? t('ui.band.restCount', { n: s.count }) : t('ui.band.restNote')
    }
    const firstWork = band.segments.findIndex((x) => x.kind === 'work') === i
    const more =
      i === band.segments.length - 1 && band.beyond > 0 && s.width >= 110
        ? ` · ${t('ui.band.beyond', { n: band.beyond })}`
        : ''
    return (
      (s.count > 0 ? t(firstWork ? 'ui.band.dueCount' : 'ui.band.count', { n: s.count }) : t('ui.band.nothing')) + more
    )
  }
  const label = t('ui.band.label', {
    days: band.segments
      .filter((s) => s.kind !== 'rest' || s.count > 0)
      .map((s) => `${monthDay(s.from)} ${t('ui.band.count', { n: s.count })}`)
      .join(language === 'en' ? ', ' : '，'),
  })

  return (
    <div className="y-band" ref={ref}>
      {width > 0 && (
        <svg viewBox={`0 0 ${width} 72`} width={width} height={72} role="img" aria-label={label}>
          <defs>
            <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <path d="M0 0v6" className="hatch" />
            </pattern>
          </defs>
          {band.segments.map((s, i) => (
            <g key={s.from + s.kind}>
              {s.kind === 'rest' && (
                <>
                  <rect x={s.x} y={1} width={s.width} height={70} className="rest" />
                  <rect x={s.x} y={34} width={s.width} height={16} fill={`url(#${hatch})`} />
                </>
              )}
              {s.kind === 'work' && i > 0 && <path d={`M${s.x + 0.5} 1v70`} className="rule" />}
              {s.lines.map((line) => (
                <path key={line.x1} d={`M${line.x1} 42H${line.x2}`} className="hours" />
              ))}
              <svg x={s.x} y={0} width={Math.max(0, s.width - 4)} height={72} aria-hidden="true">
                <text x={12} y={20} className={s.kind === 'rest' ? 'rest-text' : undefined}>
                  {title(s)}
                </text>
              </svg>
              {s.marks.map((m) => {
                const h = heights[m.severity ?? 'none']
                return (
                  <rect
                    key={m.x}
                    x={m.x - 3}
                    y={46 - h}
                    width={6}
                    height={h}
                    rx={2}
                    className={`mark ${m.severity ?? ''}`}
                  >
                    <title>{t('ui.band.count', { n: m.count })}</title>
                  </rect>
                )
              })}
            </g>
          ))}
          <NowLine x={band.nowX} close={band.close} todayWidth={band.segments[0]!.width} />
          {band.segments.map((s, i) => {
            if (s.kind === 'today' && band.nowX < 200 && band.nowX > 20)
              // The time at the left edge gives way to what is said beside the line of now.
              return band.nowX < 60 || band.nowX > 120 ? null : (
                <text key={s.from} x={s.x + 12} y={64}>
                  {foot(s, i)}
                </text>
              )
            return (
              <text key={s.from} x={s.x + 12} y={64} className={s.kind === 'rest' ? 'rest-text' : undefined}>
                {foot(s, i)}
              </text>
            )
          })}
        </svg>
      )}
      {onJump &&
        band.segments
          .filter((s) => s.width >= 32)
          .map((s) => (
            <button
              key={s.from}
              type="button"
              className="y-band-jump"
              style={{ left: s.x, width: s.width }}
              aria-label={`${title(s) || monthDay(s.from)}：${t('ui.band.count', { n: s.count })}`}
              onClick={() => onJump(s.from)}
            />
          ))}
    </div>
  )
}

function NowLine({ x, close, todayWidth }: { x: number; close: number | undefined; todayWidth: number }) {
  const now = useNow()
  const { t, language } = useText()
  const text =
    close !== undefined && close > now
      ? t('ui.band.toClose', { left: durationText(close - now, language) })
      : t('ui.band.closed')
  const width = language === 'en' ? 132 : 114
  const left = x > width + 10
  const bx = left ? x - 6 - width : x + 6
  return (
    <>
      {/* Near the left edge the line begins below the name of the day. */}
      <path d={x < 150 ? `M${x} 28v38` : `M${x} 6v60`} className="now" />
      {(left || todayWidth - x > width + 8) && (
        <>
          <rect x={bx} y={52} width={width} height={18} rx={4} className="now-bg" />
          <text x={left ? x - 12 : x + 12} y={65} textAnchor={left ? 'end' : 'start'} className="now-text">
            {text}
          </text>
        </>
      )}
    </>
  )
}
