import '#ui/case/ActionBar.css'
import type { ReactNode } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { Menu } from '#ui/menu/Menu.tsx'

export interface CaseAction {
  key: string
  name: string
  kind: 'main' | 'side' | 'danger'
}

const SIDE_SHOWN = 3

/** Only what this person may do here; the rest is told in one sentence with its reason. */
export function ActionBar({
  actions,
  reason,
  busy,
  onAct,
  tools,
}: {
  actions: readonly CaseAction[]
  /** Why an action one might look for is not among them. */
  reason?: string | undefined
  busy?: string | null
  onAct: (key: string) => void
  /** Papers and prints, at the right. */
  tools?: ReactNode
}) {
  const { t } = useText()
  const main = actions.filter((a) => a.kind === 'main')
  const side = actions.filter((a) => a.kind !== 'main')
  const shown = side.slice(0, side.length > SIDE_SHOWN + 1 ? SIDE_SHOWN : side.length)
  const more = side.slice(shown.length)
  return (
    <section className="y-actbar" aria-label={t('ui.actions.label')}>
      {main.map((action, i) => (
        <button
          type="button"
          key={action.key}
          className={i === 0 ? 'y-btn pri' : 'y-btn soft'}
          disabled={busy === action.key}
          onClick={() => onAct(action.key)}
        >
          {i === 0 && <Icon name="check" />}
          {action.name}
        </button>
      ))}
      {shown.map((action) => (
        <button
          type="button"
          key={action.key}
          className={`y-btn${action.kind === 'danger' ? ' danger' : ''}`}
          disabled={busy === action.key}
          onClick={() => onAct(action.key)}
        >
          {action.name}
        </button>
      ))}
      {more.length > 0 && (
        <Menu
          label={t('ui.actions.more')}
          worded
          className="y-btn"
          button={
            <>
              {t('ui.actions.more')}
              <Icon name="down" size="s" />
            </>
          }
          entries={more.map((a) => ({
            key: a.key,
            label: a.name,
            danger: a.kind === 'danger',
            onPick: () => onAct(a.key),
          }))}
        />
      )}
      {actions.length === 0 && <span className="y-sm y-muted">{t('ui.actions.none')}</span>}
      {reason && <span className="y-sm y-muted why">{reason}</span>}
      <span className="y-grow" />
      {tools}
    </section>
  )
}
