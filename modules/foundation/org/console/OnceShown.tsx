import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'

/** A secret that is shown this once; the server keeps only its hash. */
export function OnceShown({ title, secret, onClose }: { title: string; secret: string; onClose: () => void }) {
  const { t } = useText()
  return (
    <section
      className="y-row"
      role="status"
      style={{
        margin: '12px 24px 0',
        padding: '10px 16px',
        borderRadius: 8,
        background: 'var(--y-warm-50)',
        boxShadow: 'inset 0 0 0 1px var(--y-warm-200)',
      }}
    >
      <Icon name="key" />
      <span className="y-sm">{title}</span>
      <code style={{ fontSize: 16, letterSpacing: 1, userSelect: 'all' }}>{secret}</code>
      <span className="y-xs y-sub">{t('org.once')}</span>
      <span className="y-grow" />
      <button type="button" className="y-btn sm" onClick={onClose}>
        {t('org.onceDone')}
      </button>
    </section>
  )
}
