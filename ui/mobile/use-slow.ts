import { useEffect, useState } from 'react'

/** True once `busy` has lasted for so many milliseconds. */
export function useSlow(busy: boolean, afterMs = 6000): boolean {
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    setSlow(false)
    if (!busy) return
    const timer = setTimeout(() => setSlow(true), afterMs)
    return () => clearTimeout(timer)
  }, [busy, afterMs])
  return slow
}
