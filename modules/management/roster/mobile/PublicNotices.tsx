import { listPublicNotices } from '#modules/management/roster/contract.ts'
import { call } from '#ui/api/client.ts'
import { useLoad } from '#ui/mobile/use-load.ts'

/** What the county tells everybody while a mode (汛期, 台风 …) is on; nothing at normal times. */
export function PublicNotices() {
  const [notices] = useLoad('roster.notices', (signal) => call(listPublicNotices, {}, { signal }))
  return notices.value?.items.map((one) => (
    <section key={one.id} className="m-card" role="status">
      <b>{one.name}</b>
      <p>{one.text}</p>
    </section>
  ))
}
