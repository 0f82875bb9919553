import { OrderPanel } from '#modules/services/city-hotline/console/OrderPanel.tsx'
import { getOrderOfCase } from '#modules/services/city-hotline/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import type { CasePart, CasePartProps } from '#ui/case/case-part.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

function CityOrder({ caseId }: { caseId: number }) {
  const answer = useApi(getOrderOfCase, { id: caseId }, { every: 20_000 })
  if (answer.error && !answer.data)
    return <ErrorState tight error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data) return <TextSkeleton lines={3} />
  return answer.data.found ? <OrderPanel of={answer.data.found} caseId={caseId} /> : null
}

/** Only of cases that the city handed over; the others are not asked about. */
function CityOrderPart({ caseId, source, data }: CasePartProps) {
  return source === 'city12345' || typeof data.cityNumber === 'string' ? <CityOrder caseId={caseId} /> : null
}

export const casePart: CasePart = { definitions: ['report'], Part: CityOrderPart, order: 10 }
