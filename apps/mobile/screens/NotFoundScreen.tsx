import { Link } from 'react-router'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Screen } from '#ui/mobile/Screen.tsx'

export function NotFoundScreen() {
  const { t } = useText()
  return (
    <Screen title={t('m.lost')} back="/">
      <section className="m-card">
        <p className="m-note">{t('m.lost.do')}</p>
        <Link className="m-btn pri wide" style={{ marginTop: 12 }} to="/">
          {t('m.home')}
        </Link>
      </section>
    </Screen>
  )
}
