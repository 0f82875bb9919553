import { useDayWords } from '#ui/clock/Countdown.tsx'
import { exactTime, toMs } from '#ui/clock/county-time.ts'
import { useNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'

/** A deadline, and whether it has passed while it still runs. */
export function DueCell({ at, running, rules }: { at: string | null; running: boolean; rules?: boolean }) {
  const { t } = useText()
  const now = useNow()
  const words = useDayWords()
  if (at === null) return <span className="y-muted">—</span>
  const late = running && toMs(at) < now
  return (
    <span className={rules ? 'y-b y-nowrap' : 'y-nowrap'} title={exactTime(at)}>
      {words(toMs(at), now)} {late && <span className="y-tag warm">{t('city_hotline.late')}</span>}
    </span>
  )
}
