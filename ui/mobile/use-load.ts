import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError } from '#ui/api/api-error.ts'

export interface Load<T> {
  value?: T
  error?: ApiError
  loading: boolean
  /** Nothing has come for a while: the page says that it is still waiting. */
  slow: boolean
}

const SLOW_MS = 4000
const GIVE_UP_MS = 30_000

/**
 * Loads once on show and again on request. Keeps what was there while it loads anew, says when it takes long, and gives
 * up after half a minute instead of turning for ever. The key names what is loaded; another key loads anew.
 */
export function useLoad<T>(key: string, load: (signal: AbortSignal) => Promise<T>): [Load<T>, () => void] {
  const [state, setState] = useState<Load<T> & { key: string }>({ key, loading: true, slow: false })
  const [turn, setTurn] = useState(0)
  const latest = useRef(load)
  latest.current = load
  useEffect(() => {
    const abort = new AbortController()
    let wanted = true
    setState((before) =>
      before.key === key ? { ...before, loading: true, slow: false } : { key, loading: true, slow: false },
    )
    const slow = setTimeout(() => wanted && setState((before) => ({ ...before, slow: true })), SLOW_MS)
    const late = setTimeout(() => abort.abort(), GIVE_UP_MS)
    latest
      .current(abort.signal)
      .then((value) => wanted && setState({ key, value, loading: false, slow: false }))
      .catch((error: unknown) => {
        if (!wanted) return
        const failed = error instanceof ApiError ? error : new ApiError('screen.timeout', 0)
        setState((before) => ({
          ...(before.value === undefined ? {} : { value: before.value }),
          key,
          error: failed,
          loading: false,
          slow: false,
        }))
      })
      .finally(() => {
        clearTimeout(slow)
        clearTimeout(late)
      })
    return () => {
      wanted = false
      clearTimeout(slow)
      clearTimeout(late)
      abort.abort()
    }
  }, [key, turn])
  const again = useCallback(() => setTurn((n) => n + 1), [])
  return [state.key === key ? state : { loading: true, slow: false }, again]
}
