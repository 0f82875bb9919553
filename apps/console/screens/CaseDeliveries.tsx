import { listDeliveries } from '#platform/notify/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { exactTime, hourMinute, monthDay } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'

const GONE_WRONG = new Set(['failed', 'refused', 'not_configured'])

/** What was to leave the platform about a case: whether it did, and if not, why. Nothing is shown where there was nothing. */
export function CaseDeliveries({ caseId }: { caseId: number }) {
  const { t, has } = useText()
  const answer = useApi(listDeliveries, { caseId }, { staleTime: 30_000 })
  const items = answer.data?.items ?? []
  if (items.length === 0) return null
  return (
    <section>
      <h2 className="y-sec" style={{ marginBottom: 6 }}>
        {t('console.case.deliveries')}
      </h2>
      <div className="y-asks">
        {items.map((item) => {
          const at = item.triedAt ?? item.at
          const why =
            item.detail && (has(`delivery.detail.${item.detail}`) ? t(`delivery.detail.${item.detail}`) : item.detail)
          return (
            <div className="y-ask" key={item.id}>
              <Icon
                name={GONE_WRONG.has(item.outcome) ? 'warn' : item.outcome === 'sent' ? 'check' : 'clock'}
                size="s"
              />
              <span style={{ minWidth: 0 }}>
                <b className="y-b">{t(`delivery.channel.${item.channel}`)}</b> {t(`delivery.outcome.${item.outcome}`)}
                {why ? ` · ${t('console.case.deliveryWhy', { detail: why })}` : ''}{' '}
                <span className="y-muted y-xs" title={exactTime(at)}>
                  {monthDay(at)} {hourMinute(at)}
                </span>
              </span>
            </div>
          )
        })}
      </div>
    </section>
  )
}
