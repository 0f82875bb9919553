import '#ui/case/Trace.css'
import { Fragment, type ReactNode, useMemo, useState } from 'react'
import { foldedAtFirst, groupHops, type TimedHop, type TraceHop } from '#ui/case/trace.ts'
import { clockText, dayOf, exactTime, monthDay } from '#ui/clock/county-time.ts'
import { durationText } from '#ui/clock/durations.ts'
import { useNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'

/** 办理经过: every hop to the second, with who, how long the case waited, and why it went where it went. */
export function Trace({
  hops,
  phaseName,
  waiting,
  links,
}: {
  hops: readonly TraceHop[]
  phaseName: (phase: string) => string
  /** What the case waits for now; none when it has ended. */
  waiting?: { what: string; who: string } | null
  links?: ReactNode
}) {
  const { t, language } = useText()
  const phases = useMemo(() => groupHops(hops, phaseName, dayOf), [hops, phaseName])
  const [folded, setFolded] = useState<ReadonlySet<string> | null>(null)
  const closed = folded ?? foldedAtFirst(phases)
  const lastDay = hops.length > 0 ? dayOf(hops.at(-1)!.at) : ''

  return (
    <section aria-label={t('ui.trace.title')}>
      <h2 className="y-sec">
        {t('ui.trace.title')} <small>{t('ui.trace.note')}</small>
        <span className="y-grow" />
        {links}
      </h2>
      <ol className="y-trace">
        {phases.map((phase, i) => {
          const running = Boolean(waiting) && i === phases.length - 1
          const fold = closed.has(phase.id)
          return (
            <Fragment key={phase.id}>
              <li className="g">
                <h3>{phase.names.join(' · ')}</h3>
                <em>
                  {fold || phase.day !== lastDay ? `${monthDay(phase.day)} · ` : ''}
                  {running ? t('ui.trace.running') : t('ui.trace.hops', { n: phase.hops.length })} ·{' '}
                  {running ? <Since ms={phase.ms} at={phase.hops.at(-1)!.at} /> : durationText(phase.ms, language)}
                  {phase.hops.length > 2 && phases.length > 1 && (
                    <>
                      {' · '}
                      <button
                        type="button"
                        aria-expanded={!fold}
                        onClick={() => {
                          const next = new Set(closed)
                          if (!next.delete(phase.id)) next.add(phase.id)
                          setFolded(next)
                        }}
                      >
                        {t(fold ? 'ui.trace.unfold' : 'ui.trace.fold')}
                      </button>
                    </>
                  )}
                </em>
              </li>
              {fold ? (
                <li className="y-fold">
                  <time dateTime={phase.hops[0]!.at} title={exactTime(phase.hops[0]!.at)}>
                    {clockText(phase.hops[0]!.at)}
                  </time>
                  <ol>
                    {phase.hops.map((hop) => (
                      <li key={hop.id} title={`${exactTime(hop.at)} ${hop.who}`}>
                        {hop.what} {hop.waitedMs !== undefined && <b>{durationText(hop.waitedMs, language)}</b>}
                      </li>
                    ))}
                  </ol>
                  <p>{[...new Set(phase.hops.map((hop) => hop.who).filter(Boolean))].join(' · ')}</p>
                </li>
              ) : (
                phase.hops.map((hop, n) => (
                  <Hop
                    key={hop.id}
                    hop={hop}
                    day={n > 0 && dayOf(hop.at) !== dayOf(phase.hops[n - 1]!.at) ? monthDay(hop.at) : ''}
                    end={!waiting && i === phases.length - 1 && n === phase.hops.length - 1}
                  />
                ))
              )}
            </Fragment>
          )
        })}
        {waiting && hops.length > 0 && <Now waiting={waiting} since={hops.at(-1)!.at} />}
      </ol>
    </section>
  )
}

function Hop({ hop, day, end }: { hop: TimedHop; day: string; end: boolean }) {
  const { t, language } = useText()
  return (
    <>
      <li className={`y-hop ${hop.mark}${end && !hop.why ? ' end' : ''}`}>
        <time dateTime={hop.at} title={exactTime(hop.at)}>
          {clockText(hop.at)}
        </time>
        <span className="dot" />
        <span>
          <strong>{hop.what}</strong>{' '}
          <span className="by">
            {hop.who}
            {day && <span className="y-nowrap">{` · ${day}`}</span>}
          </span>
          {hop.note && <span className="note">{hop.note}</span>}
          {hop.deviceAt && <span className="note">{t('ui.trace.device', { at: exactTime(hop.deviceAt) })}</span>}
          {hop.details && hop.details.length > 0 && (
            <details>
              <summary>{t('ui.trace.details')}</summary>
              <dl>
                {hop.details.map((d) => (
                  <Fragment key={d.label}>
                    <dt>{d.label}</dt>
                    <dd>{d.value}</dd>
                  </Fragment>
                ))}
              </dl>
            </details>
          )}
        </span>
        <span className="d">{hop.waitedMs === undefined ? '' : durationText(hop.waitedMs, language)}</span>
      </li>
      {hop.why && (
        <li className="y-why">
          <b>{hop.why.title}</b>
          {hop.why.text}
        </li>
      )}
    </>
  )
}

/** How long a phase has taken so far. */
function Since({ ms, at }: { ms: number; at: string }) {
  const now = useNow()
  const { language } = useText()
  return <>{durationText(ms + Math.max(0, now - Date.parse(at)), language)}</>
}

function Now({ waiting, since }: { waiting: { what: string; who: string }; since: string }) {
  const now = useNow()
  const { t, language } = useText()
  return (
    <li className="y-hop now" aria-current="step">
      <time>{clockText(now)}</time>
      <span className="dot" />
      <span>
        <strong>{waiting.what}</strong> <span className="by">{waiting.who}</span>
      </span>
      <span className="d">{t('ui.trace.already', { time: durationText(now - Date.parse(since), language) })}</span>
    </li>
  )
}
