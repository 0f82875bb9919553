import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { serverNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { DangerCalls } from '#ui/mobile/DangerCalls.tsx'
import { Screen } from '#ui/mobile/Screen.tsx'
import { copyText } from '../copy-text.ts'
import { groupCode, keptReport } from '../kept-reports.ts'
import { SaveReceipt } from '../parts/SaveReceipt.tsx'
import { momentWords } from '../time-words.ts'

/** What the resident takes home: number, code, and when an answer is due. */
export default function SentScreen() {
  const { t, language } = useText()
  const { number = '' } = useParams()
  const [copied, setCopied] = useState<boolean>()
  const report = keptReport(number)
  if (!report)
    return (
      <Screen title={t('loop.m.sent')} back="/">
        <section className="m-card">
          <h2>{t('loop.m.sent.gone')}</h2>
          <p className="m-note">{t('loop.m.sent.gone.do')}</p>
          <div className="m-btns" style={{ marginTop: 12 }}>
            <Link className="m-btn" to="/follow">
              {t('loop.m.follow')}
            </Link>
            <a className="m-btn" href="tel:12345">
              <Icon name="phone" />
              {t('m.call12345')}
            </a>
          </div>
        </section>
      </Screen>
    )
  const answerBy = report.sent?.answerBy
  const when = answerBy ? momentWords(answerBy, serverNow(), language) : undefined
  const danger = report.sent?.danger ?? []
  return (
    <Screen title={t('loop.m.sent')} back="/">
      {danger.length > 0 && <DangerCalls lead={t('loop.m.sent.danger')} why={t('loop.m.danger.why')} first={danger} />}
      <section className="m-card">
        <div className="y-row" style={{ gap: 10 }}>
          <span
            aria-hidden="true"
            style={{
              display: 'grid',
              placeItems: 'center',
              width: 40,
              height: 40,
              flex: 'none',
              borderRadius: '50%',
              background: 'var(--y-blue-600)',
              color: 'var(--y-on-blue)',
            }}
          >
            <Icon name="check" size="l" />
          </span>
          <div className="y-grow">
            <h2>{t('loop.m.sent.thanks')}</h2>
            <p className="m-note">
              {report.sent?.quarantined
                ? t('loop.m.sent.held')
                : when
                  ? t('loop.m.sent.by', { when })
                  : t('loop.m.sent.noDate')}
            </p>
          </div>
        </div>
      </section>
      <section className="m-card" style={{ display: 'grid', gap: 12 }}>
        <div>
          <p className="m-note">{t('loop.m.number')}</p>
          <p style={{ fontSize: 'var(--y-t-xl)', fontWeight: 700, lineHeight: 1.3 }}>{report.number}</p>
        </div>
        <div>
          <p className="m-note">{t('loop.m.code')}</p>
          <p
            style={{
              fontSize: 'var(--m-t-code)',
              fontWeight: 700,
              lineHeight: 1.25,
              letterSpacing: 2,
              color: 'var(--y-blue-700)',
            }}
          >
            {groupCode(report.followCode)}
          </p>
        </div>
        <p className="m-note">{t('loop.m.code.why')}</p>
        <div className="m-btns">
          <button
            type="button"
            className="m-btn soft"
            onClick={async () =>
              setCopied(await copyText(t('loop.m.copy.text', { number: report.number, code: report.followCode })))
            }
          >
            <Icon name="document" />
            {t('loop.m.copy')}
          </button>
          <SaveReceipt report={report} when={when} />
        </div>
        <p className="m-small" role="status">
          {copied === undefined ? '' : t(copied ? 'loop.m.copy.done' : 'loop.m.copy.failed')}
        </p>
      </section>
      <section className="m-card m-rows">
        <Link className="m-row" to={`/follow/${encodeURIComponent(report.number)}`}>
          <Icon name="clock" />
          <span className="y-grow">
            <b>{t('loop.m.sent.progress')}</b>
            <small>{t('loop.m.sent.progress.why')}</small>
          </span>
          <Icon name="right" size="s" />
        </Link>
        <Link className="m-row" to="/" replace>
          <Icon name="home" />
          <span className="y-grow">
            <b>{t('m.home')}</b>
          </span>
          <Icon name="right" size="s" />
        </Link>
      </section>
    </Screen>
  )
}
