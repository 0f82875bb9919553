import { createContext, type ReactNode, use, useMemo } from 'react'
import { type Catalogue, fill, type Language, type Params } from '#ui/i18n/catalogue.ts'

export interface Text {
  language: Language
  /** Wording of a key; the key itself when nobody has worded it, so that a gap is seen and not hidden. */
  t(key: string, params?: Params): string
  has(key: string): boolean
  /** Wording of an error code, or undefined when only the server knows it. */
  error(code: string, params?: Params): string | undefined
  setLanguage(language: Language): void
}

const TextContext = createContext<Text | null>(null)

/** Gives every part below it the words of one language. */
export function TextProvider({
  catalogue,
  onLanguage,
  children,
}: {
  catalogue: Catalogue
  onLanguage?: (language: Language) => void
  children: ReactNode
}) {
  const text = useMemo<Text>(
    () => ({
      language: catalogue.language,
      t: (key, params) => fill(catalogue.text.get(key) ?? key, params, catalogue.language),
      has: (key) => catalogue.text.has(key),
      error: (code, params) => {
        const wording = catalogue.errors.get(code)
        return wording === undefined ? undefined : fill(wording, params, catalogue.language)
      },
      setLanguage: (language) => onLanguage?.(language),
    }),
    [catalogue, onLanguage],
  )
  return <TextContext value={text}>{children}</TextContext>
}

export function useText(): Text {
  const text = use(TextContext)
  if (!text) throw new Error('useText needs a TextProvider above it')
  return text
}
