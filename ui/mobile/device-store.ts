import { base } from '#ui/api/base.ts'

/**
 * What this phone keeps for itself, by county. Where the browser keeps nothing (private window, storage full) the value
 * lives as long as the page, and `kept` says so, because then the resident must write the number down.
 */
const memory = new Map<string, string>()

const nameOf = (key: string) => `yiti.${base().slug}.${key}`

export function readDevice(key: string): string | null {
  const held = memory.get(key)
  if (held !== undefined) return held
  try {
    return localStorage.getItem(nameOf(key))
  } catch {
    return null
  }
}

/** Keeps a text, or forgets it (null). Answers whether it outlives the page. */
export function writeDevice(key: string, value: string | null): boolean {
  memory.delete(key)
  try {
    if (value === null) localStorage.removeItem(nameOf(key))
    else localStorage.setItem(nameOf(key), value)
    return true
  } catch {
    if (value !== null) memory.set(key, value)
    return false
  }
}
