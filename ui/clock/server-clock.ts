import { useSyncExternalStore } from 'react'

/**
 * The time the server goes by. A desk's own clock may be minutes off, and a countdown that disagrees with the server
 * would make people late; so every answer's Date tells the difference and every part reads the time here.
 */
let offset = 0
let fixed: number | undefined
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function tick() {
  now = fixed ?? Date.now() + offset
  for (const listener of listeners) listener()
}

/** Takes the server's time at this moment (milliseconds). Differences under a second are left alone. */
export function setServerNow(serverNow: number): void {
  const next = serverNow - Date.now()
  if (Math.abs(next - offset) < 1000) return
  offset = next
  tick()
}

/** Holds the time still, for pictures in documents and tests. */
export function holdNow(at: number | undefined): void {
  fixed = at
  tick()
}

export function serverNow(): number {
  return fixed ?? Date.now() + offset
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  if (!timer) {
    tick()
    timer = setInterval(tick, 1000)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && timer) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** Server time in milliseconds, moving once a second; one timer serves the whole page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}

/** Server time moving in coarse steps, for drawings that need not move every second. */
export function useNowEvery(stepMs: number): number {
  return useSyncExternalStore(subscribe, () => Math.floor(now / stepMs) * stepMs)
}
