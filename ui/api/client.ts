import type { Route, RouteInput, RouteOutput } from '#platform/contract/route.ts'
import { ApiError } from '#ui/api/api-error.ts'
import { apiUrl, base } from '#ui/api/base.ts'
import { buildRequest, errorFrom } from '#ui/api/request.ts'
import { setServerNow } from '#ui/clock/server-clock.ts'

export interface CallOptions {
  signal?: AbortSignal
  /** Same key, same deed: a repeated try is answered from the first. Made here when none is given. */
  idempotencyKey?: string
  /** When it was done on this device, if it is sent later than that (ISO). */
  deviceAt?: string
}

function cookie(name: string): string | undefined {
  return document.cookie
    .split('; ')
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1)
}

/** Header that proves that a change comes from this page. */
export function csrfHeaders(): Record<string, string> {
  const token = cookie(`yiti_csrf_${base().slug}`)
  return token ? { 'x-yiti-csrf': token } : {}
}

function languageHeader(): Record<string, string> {
  return { 'accept-language': document.documentElement.lang || 'zh-CN' }
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** `crypto.randomUUID` is missing on plain http pages other than localhost. */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('')
}

/**
 * Calls a route of a contract. A command carries an idempotency key, so that it may be sent again when the network broke
 * before the answer came; it is, twice. Throws ApiError.
 */
export async function call<R extends Route>(
  route: R,
  input: RouteInput<R>,
  options: CallOptions = {},
): Promise<RouteOutput<R>> {
  const { url, body } = buildRequest(route, input as Record<string, unknown>)
  const headers: Record<string, string> = { accept: 'application/json', ...languageHeader() }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (route.method !== 'GET') Object.assign(headers, csrfHeaders())
  if (route.kind === 'command') headers['idempotency-key'] = options.idempotencyKey ?? newKey()
  if (options.deviceAt) headers['x-device-at'] = options.deviceAt
  const tries = route.kind === 'command' ? 3 : 1
  for (let n = 1; ; n++) {
    let response: Response
    try {
      response = await fetch(apiUrl(url), {
        method: route.method,
        headers,
        credentials: 'same-origin',
        ...(body !== undefined ? { body } : {}),
        ...(options.signal ? { signal: options.signal } : {}),
      })
    } catch (error) {
      if (options.signal?.aborted) throw error
      if (n < tries) {
        await pause(600 * n)
        continue
      }
      throw new ApiError('screen.offline', 0)
    }
    if (response.status === 503 && n < tries) {
      await pause(1000 * n)
      continue
    }
    const text = await response.text()
    let answer: unknown
    try {
      answer = text ? JSON.parse(text) : {}
    } catch {
      answer = {}
    }
    if (!response.ok) throw errorFrom(response.status, answer)
    const now = (answer as { now?: unknown }).now
    if (typeof now === 'string') setServerNow(Date.parse(now))
    return answer as RouteOutput<R>
  }
}

/** Sends one file with its progress. Answers what the server says of it. */
export function upload<T>(
  path: string,
  file: Blob,
  name: string,
  onProgress: (share: number) => void,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', apiUrl(path))
    for (const [key, value] of Object.entries({ ...csrfHeaders(), ...languageHeader(), 'idempotency-key': newKey() }))
      request.setRequestHeader(key, value)
    request.responseType = 'json'
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onload = () =>
      request.status < 300 ? resolve(request.response as T) : reject(errorFrom(request.status, request.response))
    request.onerror = () => reject(new ApiError('screen.offline', 0))
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    signal?.addEventListener('abort', () => request.abort())
    const form = new FormData()
    form.append('file', file, name)
    request.send(form)
  })
}
