import { Link, useParams } from 'react-router'
import { HotlineHead } from '#modules/services/city-hotline/console/HotlineHead.tsx'
import { OrderPanel } from '#modules/services/city-hotline/console/OrderPanel.tsx'
import { getOrder } from '#modules/services/city-hotline/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

/** One order of the city. */
export default function OrderScreen() {
  const { t } = useText()
  const answer = useApi(getOrder, { orderId: Number(useParams().id) }, { every: 15_000 })
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  const { data } = answer
  return (
    <>
      <HotlineHead simulated={data?.simulated} />
      <div className="y-page" style={{ display: 'grid', gap: 16, alignContent: 'start' }}>
        {!data ? (
          <TextSkeleton lines={8} />
        ) : (
          <>
            <p>
              <b>{data.order.caseTitle}</b>{' '}
              <Link to={`/cases/${data.order.caseId}`}>
                {t('city_hotline.openCase', { number: data.order.caseNumber })}
              </Link>
            </p>
            <OrderPanel of={data} />
          </>
        )}
      </div>
    </>
  )
}
