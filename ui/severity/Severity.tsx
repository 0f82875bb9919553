import '#ui/severity/Severity.css'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { type SeverityLevel, severityRank } from '#ui/severity/severity.ts'

/** Severity by colour, bars and word at once, so that colour is never the only sign. */
export function Severity({ level, urgent }: { level: SeverityLevel | null | undefined; urgent?: boolean }) {
  const { t } = useText()
  if (!level) {
    return (
      <span className="y-muted y-xs">
        <span aria-hidden="true">—</span>
        <span className="y-vh">{t('ui.severity.none')}</span>
      </span>
    )
  }
  const bars = 4 - severityRank(level)
  return (
    <span className={`y-sev y-sev-${level}`}>
      <i aria-hidden="true">
        {[1, 2, 3, 4].map((n) => (
          <b key={n} className={n <= bars ? 'on' : undefined} />
        ))}
      </i>
      {t(`ui.severity.${level}`)}
      {urgent ? ` · ${t('ui.severity.urgent')}` : ''}
    </span>
  )
}
