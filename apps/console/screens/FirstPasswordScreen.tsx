import '#ui/shell/Login.css'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Brand } from '#ui/icon/Brand.tsx'
import { ChangePassword } from './ChangePassword.tsx'

/** Between the door and the desk: a password that was handed out is changed before anything else opens. */
export function FirstPasswordScreen({ name, onLogout }: { name: string; onLogout: () => void }) {
  const { t } = useText()
  return (
    <div className="y-login">
      <main>
        <div className="head">
          <Brand size={52} />
          <div>
            <h1>{t('console.account.mustChange')}</h1>
            <p>{t('console.account.mustChangeWhy', { name })}</p>
          </div>
        </div>
        <div className="panels">
          <section className="panel" aria-label={t('console.account.password')}>
            <ChangePassword />
            <button type="button" className="y-btn" onClick={onLogout}>
              {t('ui.shell.logout')}
            </button>
          </section>
        </div>
      </main>
    </div>
  )
}
