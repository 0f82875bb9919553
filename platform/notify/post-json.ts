import { DeliveryError } from '#platform/notify/delivery.ts'

/** More than this of an answer is not read. */
const ANSWER_LIMIT = 64 * 1024
/** Answers that may be another one a minute later. */
const PASSING = new Set([408, 425, 429])

/**
 * Posts a body and returns the answer's text. Redirects are not followed: what is signed or carries a key goes only where the
 * configuration says.
 * @throws DeliveryError final for a refusal, passing for a time-out, a broken line, 408, 425, 429 and 5xx
 */
export async function postJson(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  timeoutSeconds: number,
): Promise<string> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'yiti', ...headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    })
    const text = await readSome(answer)
    if (answer.ok) return text
    throw new DeliveryError(`http_${answer.status}`, answer.status < 500 && !PASSING.has(answer.status))
  } catch (error) {
    if (error instanceof DeliveryError) throw error
    const { name, cause } = error as Error & { cause?: { code?: unknown } }
    if (name === 'TimeoutError') throw new DeliveryError('timeout')
    const code = String(cause?.code ?? 'no_connection').toLowerCase()
    throw new DeliveryError(/^[\w]{1,40}$/.test(code) ? code : 'no_connection')
  }
}

async function readSome(answer: Response): Promise<string> {
  if (!answer.body) return ''
  const decoder = new TextDecoder()
  let text = ''
  // Leaving the loop early cancels the rest.
  for await (const chunk of answer.body) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length > ANSWER_LIMIT) break
  }
  return text
}
