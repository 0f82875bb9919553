import { useState } from 'react'
import { Link } from 'react-router'
import { serverNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { forgetReport, type KeptReport } from '../kept-reports.ts'
import { shortMoment } from '../time-words.ts'

/** The reports that this phone keeps; they can be taken off it, which changes nothing at the office. */
export function KeptList({ reports, onChange }: { reports: readonly KeptReport[]; onChange?: () => void }) {
  const { t, language } = useText()
  const [editing, setEditing] = useState(false)
  return (
    <section className="m-card m-rows" aria-label={t('loop.m.kept')}>
      <div className="y-row" style={{ minHeight: 'var(--m-touch)' }}>
        <h2 className="y-grow">{t('loop.m.kept')}</h2>
        {onChange && (
          <button type="button" className="m-link" aria-pressed={editing} onClick={() => setEditing(!editing)}>
            {t(editing ? 'loop.m.kept.edit.end' : 'loop.m.kept.edit')}
          </button>
        )}
      </div>
      <ul className="m-rows" style={{ padding: 0 }}>
        {reports.map((report) => (
          <li key={report.number} className="y-row" style={{ gap: 0 }}>
            <Link className="m-row y-grow" to={`/follow/${encodeURIComponent(report.number)}`}>
              <span className="y-grow">
                <b>{report.title}</b>
                <small>{t('loop.m.kept.at', { when: shortMoment(report.at, serverNow(), language) })}</small>
              </span>
              <KeptState report={report} />
              <Icon name="right" size="s" />
            </Link>
            {editing && onChange && (
              <button
                type="button"
                className="m-icon"
                aria-label={t('loop.m.kept.forget', { title: report.title })}
                onClick={() => {
                  forgetReport(report.number)
                  onChange()
                }}
              >
                <Icon name="trash" />
              </button>
            )}
          </li>
        ))}
      </ul>
      <p className="m-small" style={{ padding: '8px 0' }}>
        {t(editing ? 'loop.m.kept.edit.note' : 'loop.m.kept.note')}
      </p>
    </section>
  )
}

export function KeptState({ report }: { report: KeptReport }) {
  const { t, language } = useText()
  if (!report.seen) return null
  if (report.seen.toRate) return <span className="y-tag warm">{t('loop.m.kept.toRate')}</span>
  return <span className={report.seen.closed ? 'y-tag pri' : 'y-tag line'}>{report.seen.stateName[language]}</span>
}
