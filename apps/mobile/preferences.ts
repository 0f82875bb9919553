import type { Language } from '#ui/i18n/catalogue.ts'
import { readDevice, writeDevice } from '#ui/mobile/device-store.ts'

export type Look = 'system' | 'light' | 'dark'

export const readLanguage = (): Language => (readDevice('language') === 'en' ? 'en' : 'zh-CN')
export const keepLanguage = (language: Language): void => {
  writeDevice('language', language)
}

export function readLook(): Look {
  const kept = readDevice('look')
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

export function keepLook(look: Look): void {
  writeDevice('look', look === 'system' ? null : look)
  showLook()
}

const night = matchMedia('(prefers-color-scheme: dark)')
night.addEventListener('change', () => showLook())

/** Light or dark as chosen here, else as the phone is set. */
export function showLook(): void {
  const look = readLook()
  const dark = look === 'dark' || (look === 'system' && night.matches)
  document.documentElement.classList.toggle('dark', dark)
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', dark ? '#08111c' : '#f3f5f8')
}
