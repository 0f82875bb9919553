import { exportMessages } from '#modules/services/city-hotline/contract.ts'
import { apiUrl } from '#ui/api/base.ts'
import { csrfHeaders, newKey } from '#ui/api/client.ts'
import { buildRequest, errorFrom } from '#ui/api/request.ts'

/** Fetches the file of what waits for the city; that counts as exported, so it is no plain link. */
export async function downloadMessages(): Promise<void> {
  const { url, body } = buildRequest(exportMessages, {})
  const answer = await fetch(apiUrl(url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': newKey(), ...csrfHeaders() },
    body: typeof body === 'string' ? body : JSON.stringify(body ?? {}),
  })
  if (!answer.ok) throw errorFrom(answer.status, await answer.json().catch(() => undefined))
  const name = /filename\*=UTF-8''([^;]+)/i.exec(answer.headers.get('content-disposition') ?? '')?.[1]
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await answer.blob())
  link.download = name ? decodeURIComponent(name) : 'messages.xlsx'
  link.click()
  URL.revokeObjectURL(link.href)
}
