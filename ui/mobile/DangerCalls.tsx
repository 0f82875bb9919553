import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { useElder } from '#ui/mobile/elder.ts'

export type EmergencyNumber = '119' | '110' | '120'

const all: readonly EmergencyNumber[] = ['119', '110', '120']

/** Danger first: the three numbers, one tap away. With `first`, those that fit the words stand out. */
export function DangerCalls({
  lead,
  why,
  first,
  line = false,
}: {
  lead: string
  why?: string
  first?: readonly EmergencyNumber[]
  line?: boolean
}) {
  const { t } = useText()
  const elder = useElder()
  return (
    <section className={line ? 'm-danger line' : 'm-danger'} aria-label={t('m.danger.label')}>
      <p className="lead">
        <Icon name="warn" />
        <span>{lead}</span>
      </p>
      {why && <p className="why">{why}</p>}
      <div className="calls">
        {all.map((number) => (
          <a
            key={number}
            className={first && first.length > 0 && !first.includes(number) ? 'm-call quiet' : 'm-call'}
            href={`tel:${number}`}
          >
            {number}
            <small>{t(elder ? `m.danger.${number}.elder` : `m.danger.${number}`)}</small>
          </a>
        ))}
      </div>
    </section>
  )
}
