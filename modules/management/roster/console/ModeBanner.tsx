import '#modules/management/roster/console/roster.css'
import { listNotices } from '#modules/management/roster/contract.ts'
import { useApi } from '#ui/api/use-api.ts'

/** What holds while modes are on, above every page of the console. */
export function ModeBanner() {
  const notices = useApi(listNotices, {}, { every: 300_000, staleTime: 60_000 })
  return notices.data?.items.map((one) => (
    <p key={one.id} className="y-mode-banner" role="status">
      <b>{one.name}</b>
      <span>
        {one.text}（{one.documentNumber}）
      </span>
    </p>
  ))
}
