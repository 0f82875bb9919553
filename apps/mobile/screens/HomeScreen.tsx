import { useCallback, useState } from 'react'
import { Link } from 'react-router'
import { PublicNotices } from '#modules/management/roster/mobile/PublicNotices.tsx'
import { keptReports } from '#modules/services/loop/mobile/kept-reports.ts'
import { KeptList } from '#modules/services/loop/mobile/parts/KeptList.tsx'
import { RecentReport } from '#modules/services/loop/mobile/parts/RecentReport.tsx'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Brand } from '#ui/icon/Brand.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { DangerCalls } from '#ui/mobile/DangerCalls.tsx'
import { setElder, useElder } from '#ui/mobile/elder.ts'
import { ReadAloud } from '#ui/mobile/ReadAloud.tsx'
import { Screen } from '#ui/mobile/Screen.tsx'
import { useCounty, useFace } from '../use-county.ts'

/** Danger first, then what one comes for: report, follow up, and what this phone has reported. */
export function HomeScreen() {
  const elder = useElder()
  return elder ? <ElderHome /> : <Home />
}

function Home() {
  const { t, language, setLanguage } = useText()
  const county = useCounty()
  const face = useFace()
  const [reports, setReports] = useState(keptReports)
  const seen = useCallback(() => setReports(keptReports()), [])
  const open = reports.filter((report) => !report.seen?.closed).length
  const toRate = reports.filter((report) => report.seen?.toRate).length
  const [latest, ...others] = reports
  return (
    <Screen
      title={t('m.nav.home')}
      heading={
        <header className="m-top">
          <Brand size={32} />
          <div className="y-grow">
            <h1 style={{ fontSize: 16, lineHeight: '22px' }} tabIndex={-1}>
              {county ? t('m.title', { county: county.name }) : t('m.app')}
            </h1>
            <p className="m-small" style={{ color: 'var(--y-ink-2)' }}>
              {county?.demo ? t('m.title.demo', { parent: county.parentName }) : (county?.parentName ?? '')}
            </p>
          </div>
          <button type="button" className="m-btn pill" onClick={() => setElder(true)}>
            <Icon name="letterSize" />
            {t('m.elder.on')}
          </button>
        </header>
      }
    >
      <DangerCalls line lead={t('m.danger.lead')} />
      <PublicNotices />
      <div className="m-tiles">
        <Link className="m-tile pri" to="/report">
          <Icon name="report" />
          <span>
            <b>{t('m.tile.report')}</b>
            <small>{t('m.tile.report.sub')}</small>
          </span>
        </Link>
        <Link className="m-tile" to="/follow">
          <Icon name="clock" />
          <span>
            <b>{t('m.tile.follow')}</b>
            <small>
              {toRate > 0
                ? t('m.tile.follow.rate', { count: toRate })
                : open > 0
                  ? t('m.tile.follow.open', { count: open })
                  : t('m.tile.follow.sub')}
            </small>
          </span>
        </Link>
      </div>
      <section className="m-card m-rows">
        <Link className="m-row" to="/answers">
          <Icon name="book" />
          <span className="y-grow">
            <b>{t('m.answers')}</b>
            <small>{t('m.answers.sub')}</small>
          </span>
          <Icon name="right" size="s" />
        </Link>
      </section>
      {latest ? (
        <>
          <RecentReport report={latest} onSeen={seen} />
          {others.length > 0 && <KeptList reports={others.slice(0, 4)} />}
          {others.length === 0 && <p className="m-small">{t('loop.m.kept.note')}</p>}
        </>
      ) : (
        <section className="m-card">
          <h2>{t('m.how')}</h2>
          <ol className="m-how">
            {(['say', 'do', 'answer'] as const).map((step, i) => (
              <li key={step}>
                <span className="y-no" aria-hidden="true">
                  {i + 1}
                </span>
                <span>
                  <b className="y-b">{t(`m.how.${step}`)}</b>
                  <br />
                  <span className="m-note">{t(`m.how.${step}.sub`)}</span>
                </span>
              </li>
            ))}
          </ol>
          <p className="m-small" style={{ marginTop: 10 }}>
            {t('m.how.phone')}
          </p>
        </section>
      )}
      <footer className="m-foot" style={{ marginTop: 'auto' }}>
        <p>
          {face ? t('m.foot.by', { unit: face.sponsor }) : t('m.loading')}
          {face && (
            <>
              <br />
              {t('m.foot.filing', { number: face.filingNumber ?? t('m.filing.none') })}
              {face.demo ? t('m.filing.demo') : ''}
            </>
          )}
        </p>
        <p>
          <Link to="/about">{t('m.foot.about')}</Link>
          <button type="button" className="m-link" onClick={() => setLanguage(language === 'en' ? 'zh-CN' : 'en')}>
            <span lang={language === 'en' ? 'zh-CN' : 'en'}>{language === 'en' ? '中文' : 'English'}</span>
          </button>
        </p>
      </footer>
    </Screen>
  )
}

/** The large-type home: four things, said in the words one uses, each as large as a thumb. */
function ElderHome() {
  const { t } = useText()
  const county = useCounty()
  const [reports] = useState(keptReports)
  const toRate = reports.filter((report) => report.seen?.toRate).length
  return (
    <Screen
      title={t('m.nav.home')}
      heading={
        <header className="m-top" style={{ minHeight: 72 }}>
          <h1 className="y-grow" tabIndex={-1} style={{ fontSize: 26, lineHeight: '34px' }}>
            {county?.name ?? t('m.app')}
          </h1>
          <ReadAloud />
        </header>
      }
      dock={
        <div style={{ padding: '10px 16px 14px' }}>
          <button type="button" className="m-btn wide" onClick={() => setElder(false)}>
            <Icon name="back" />
            {t('m.elder.off')}
          </button>
        </div>
      }
    >
      <DangerCalls line lead={t('m.danger.lead.elder')} />
      <Link className="m-big pri" to="/report">
        <Icon name="report" />
        <span>
          <b>{t('m.tile.report.elder')}</b>
          <small>{t('m.tile.report.elder.sub')}</small>
        </span>
      </Link>
      <Link className="m-big" to="/follow">
        <Icon name="clock" />
        <span>
          <b>{t('m.tile.follow')}</b>
          <small>{toRate > 0 ? t('m.tile.follow.rate', { count: toRate }) : t('m.tile.follow.elder.sub')}</small>
        </span>
      </Link>
      <a className="m-big warm" href="tel:12345">
        <Icon name="phone" />
        <span>
          <b>{t('m.call12345')}</b>
          <small>{t('m.call12345.sub')}</small>
        </span>
      </a>
    </Screen>
  )
}
