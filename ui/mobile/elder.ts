import { useSyncExternalStore } from 'react'
import { readDevice, writeDevice } from '#ui/mobile/device-store.ts'

/** The large-type version (大字版): larger type, fewer choices. A matter of the phone, remembered on it. */
const KEY = 'elder'
const listeners = new Set<() => void>()
let elder: boolean | undefined

export function isElder(): boolean {
  elder ??= readDevice(KEY) === '1'
  return elder
}

export function setElder(on: boolean): void {
  elder = on
  writeDevice(KEY, on ? '1' : null)
  showElder()
  for (const listener of listeners) listener()
}

export function showElder(): void {
  document.documentElement.classList.toggle('elder', isElder())
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

export function useElder(): boolean {
  return useSyncExternalStore(subscribe, isElder)
}
