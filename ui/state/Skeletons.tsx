import '#ui/state/State.css'
import { useText } from '#ui/i18n/TextProvider.tsx'

const widths = [62, 48, 71, 55, 66, 44, 59, 52, 68, 47]

/** The shape of a list before its rows are here. */
export function RowSkeletons({ rows = 8 }: { rows?: number }) {
  const { t } = useText()
  return (
    <div role="status" aria-label={t('ui.loading')}>
      {Array.from({ length: rows }, (_, i) => (
        <div className="y-skel-row" key={i} aria-hidden="true">
          <span className="y-skel" style={{ width: 44 }} />
          <span className="y-skel" style={{ width: `${widths[i % widths.length]! / 2}%` }} />
          <span className="y-skel" style={{ width: 72, marginLeft: 'auto' }} />
          <span className="y-skel" style={{ width: 120 }} />
        </div>
      ))}
    </div>
  )
}

/** The shape of a text before it is here. */
export function TextSkeleton({ lines = 4 }: { lines?: number }) {
  const { t } = useText()
  return (
    <div role="status" aria-label={t('ui.loading')} style={{ display: 'grid', gap: 12, padding: '12px 0' }}>
      {Array.from({ length: lines }, (_, i) => (
        <span className="y-skel" key={i} style={{ width: `${widths[i % widths.length]! + 20}%` }} aria-hidden="true" />
      ))}
    </div>
  )
}
