import type { Language } from '#ui/i18n/catalogue.ts'
import type { Look } from '#ui/theme/antd-theme.ts'

/** Language and look are a matter of the desk, not of the account, and are needed before anybody has logged in. */
const LANGUAGE = 'yiti.language'
const LOOK = 'yiti.look'

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Then it holds for this visit only.
  }
}

export const readLanguage = (): Language => (read(LANGUAGE) === 'en' ? 'en' : 'zh-CN')
export const keepLanguage = (language: Language): void => write(LANGUAGE, language)
export const readLook = (): Look => (read(LOOK) === 'dark' ? 'dark' : 'light')
export const keepLook = (look: Look): void => write(LOOK, look)
