import { ApiError } from '#ui/api/api-error.ts'
import { call, newKey } from '#ui/api/client.ts'
import { readDevice, writeDevice } from '#ui/mobile/device-store.ts'
import { keepReport } from './kept-reports.ts'
import { publicPlaces } from './public-places.ts'
import { reportPublicly } from './public-routes.ts'
import { type Attempt, attemptFor, type Draft, problemsOf, readDraft, toInput } from './report-draft.ts'
import { reportPhotos } from './report-photos.ts'

export const DRAFT = 'draft'
/** Survives the page, so that a report whose answer was lost is not made twice. */
const ATTEMPT = 'attempt'
/** When the resident pressed send without a network; the report goes out by itself when there is one. */
const WAITING = 'waiting'
const GIVE_UP_MS = 45_000

function readAttempt(): Attempt | undefined {
  try {
    const kept = JSON.parse(readDevice(ATTEMPT) ?? 'null') as Attempt | null
    return kept && typeof kept.body === 'string' && typeof kept.key === 'string' ? kept : undefined
  } catch {
    return undefined
  }
}

/** Since when a report waits for a network, or undefined. */
export function waitingSince(): string | undefined {
  const at = readDevice(WAITING)
  return at && !Number.isNaN(Date.parse(at)) ? at : undefined
}

const listeners = new Set<() => void>()

export function onWaiting(listener: () => void): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** Lets the draft wait for a network (`since`), or no longer (null). Answers whether that outlives the page. */
export function setWaiting(since: string | null): boolean {
  const kept = writeDevice(WAITING, since)
  for (const listener of [...listeners]) listener()
  return kept
}

/**
 * Sends the draft and forgets it; answers the number of the case. The same report sent again keeps its key, so that the server
 * answers it once. Throws ApiError; nothing is lost then.
 */
export async function sendReport(draft: Draft, fileIds: readonly string[]): Promise<string> {
  const input = toInput(draft, fileIds)
  const attempt = attemptFor(JSON.stringify(input), readAttempt(), newKey)
  writeDevice(ATTEMPT, JSON.stringify(attempt))
  const abort = new AbortController()
  const late = setTimeout(() => abort.abort(), GIVE_UP_MS)
  const deviceAt = waitingSince()
  try {
    await publicPlaces()
    const sent = await call(reportPublicly, input, {
      idempotencyKey: attempt.key,
      signal: abort.signal,
      ...(deviceAt ? { deviceAt } : {}),
    })
    keepReport({
      number: sent.number,
      followCode: sent.followCode,
      title: input.text.length > 40 ? `${input.text.slice(0, 39)}…` : input.text,
      at: new Date().toISOString(),
      sent: { answerBy: sent.answerBy, danger: sent.danger, quarantined: sent.quarantined },
    })
    writeDevice(DRAFT, null)
    writeDevice(ATTEMPT, null)
    setWaiting(null)
    reportPhotos.clear()
    return sent.number
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError('screen.timeout', 0)
  } finally {
    clearTimeout(late)
  }
}

let under: Promise<string | undefined> | undefined

/**
 * Sends what waits for a network. Answers the number of the case, or undefined where nothing waited or it could not go out: it
 * goes on waiting while the network is missing, and waits for its writer when the server refuses it or a photo is lost.
 */
export function sendWaiting(): Promise<string | undefined> {
  under ??= attemptWaiting().finally(() => {
    under = undefined
  })
  return under
}

async function attemptWaiting(): Promise<string | undefined> {
  if (!waitingSince()) return undefined
  const draft = readDraft(readDevice(DRAFT))
  if (problemsOf(draft).length > 0) {
    setWaiting(null)
    return undefined
  }
  await reportPhotos.restore()
  reportPhotos.retryAll(true)
  // Uploads that the server no longer knows are sent anew, once.
  for (const last of [false, true]) {
    const { ids, failed } = await reportPhotos.settled()
    if (failed > 0) return undefined
    // Taken back meanwhile: the writer goes on writing.
    if (!waitingSince()) return undefined
    try {
      return await sendReport(readDraft(readDevice(DRAFT)), ids)
    } catch (error) {
      const { code, status } = error as ApiError
      if (code === 'files.not_attachable' && !last) reportPhotos.renew()
      else {
        if (status >= 400 && status < 500 && status !== 429) setWaiting(null)
        return undefined
      }
    }
  }
  return undefined
}
