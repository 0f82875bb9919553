import { useState } from 'react'
import { Link } from 'react-router'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { setElder, useElder } from '#ui/mobile/elder.ts'
import { Screen } from '#ui/mobile/Screen.tsx'
import { Segments } from '#ui/mobile/Segments.tsx'
import { keepLook, type Look, readLook } from '../preferences.ts'
import { useFace } from '../use-county.ts'

/** Whose face this is, where to complain about it, what it does with data, and how it looks. */
export default function AboutScreen() {
  const { t, language, setLanguage } = useText()
  const face = useFace()
  const elder = useElder()
  const [look, setLook] = useState<Look>(readLook)
  return (
    <Screen title={t('m.about')}>
      <section className="m-card" style={{ display: 'grid', gap: 12 }}>
        <h2>{t('m.about.look')}</h2>
        <div>
          <p className="m-label" aria-hidden="true">
            {t('m.about.size')}
          </p>
          <Segments
            label={t('m.about.size')}
            value={elder ? 'elder' : 'normal'}
            options={[
              { value: 'normal', label: t('m.about.size.normal') },
              { value: 'elder', label: t('m.about.size.elder') },
            ]}
            onChange={(value) => setElder(value === 'elder')}
          />
        </div>
        <div>
          <p className="m-label" aria-hidden="true">
            {t('m.about.language')}
          </p>
          <Segments
            label={t('m.about.language')}
            value={language}
            options={[
              { value: 'zh-CN', label: '中文' },
              { value: 'en', label: 'English' },
            ]}
            onChange={setLanguage}
          />
        </div>
        <div>
          <p className="m-label" aria-hidden="true">
            {t('m.about.light')}
          </p>
          <Segments
            label={t('m.about.light')}
            value={look}
            options={[
              { value: 'system', label: t('m.about.light.system') },
              { value: 'light', label: t('m.about.light.light') },
              { value: 'dark', label: t('m.about.light.dark') },
            ]}
            onChange={(value) => {
              keepLook(value)
              setLook(value)
            }}
          />
        </div>
      </section>

      <section className="m-card">
        <h2>{t('m.about.who')}</h2>
        <dl className="m-facts">
          <dt>{t('m.about.unit')}</dt>
          <dd>{face ? face.sponsor : t('m.loading')}</dd>
          <dt>{t('m.about.filing')}</dt>
          <dd>
            {face ? `${face.filingNumber ?? t('m.filing.none')}${face.demo ? t('m.filing.demo') : ''}` : t('m.loading')}
          </dd>
        </dl>
      </section>

      <section className="m-card m-rows">
        <h2 style={{ padding: '14px 0 2px' }}>{t('m.about.complain')}</h2>
        <a className="m-row" href={`tel:${face?.complaintPhone ?? '12345'}`}>
          <Icon name="phone" />
          <span className="y-grow">
            <b>{t('m.about.complain.call', { phone: face?.complaintPhone ?? '12345' })}</b>
            <small>{t('m.about.complain.call.sub')}</small>
          </span>
          <Icon name="right" size="s" />
        </a>
        <Link className="m-row" to={`/report?${new URLSearchParams({ text: t('m.about.complain.begin') })}`}>
          <Icon name="talk" />
          <span className="y-grow">
            <b>{t('m.about.complain.write')}</b>
            <small>{t('m.about.complain.write.sub')}</small>
          </span>
          <Icon name="right" size="s" />
        </Link>
      </section>

      <section className="m-card">
        <h2>{t('m.about.data')}</h2>
        <ul className="m-list">
          {(['asked', 'hidden', 'reads', 'place', 'phone'] as const).map((key) => (
            <li key={key}>{t(`m.about.data.${key}`)}</li>
          ))}
        </ul>
      </section>
    </Screen>
  )
}
