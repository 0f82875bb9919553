import { useEffect, useRef } from 'react'

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

/**
 * Single-key shortcuts of a page, by `event.key`. They rest while somebody types, while a dialog is open
 * and when a modifier is held, so that they never fight the browser or a form.
 */
export function useKeys(keys: Record<string, (event: KeyboardEvent) => void>, active = true): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    if (!active) return
    function onKey(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return
      const box = event.target instanceof HTMLInputElement && event.target.type === 'checkbox'
      if (typing(event.target) && !box) return
      if (document.querySelector('[aria-modal="true"]')) return
      latest.current[event.key]?.(event)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [active])
}
