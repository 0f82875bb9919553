export type Language = 'zh-CN' | 'en'

/** What one locale file holds: plain wording by key, and the wording of error codes. */
export interface LocaleFile {
  text?: Record<string, string>
  errors?: Record<string, string>
}

export type Params = Record<string, string | number | null | undefined>

/** One language, gathered from every part that speaks it. */
export interface Catalogue {
  language: Language
  text: ReadonlyMap<string, string>
  errors: ReadonlyMap<string, string>
}

/** Lays files over one another; a later file wins, so a shell can reword what a part says. */
export function gather(language: Language, files: LocaleFile[]): Catalogue {
  const text = new Map<string, string>()
  const errors = new Map<string, string>()
  for (const file of files) {
    for (const [key, wording] of Object.entries(file.text ?? {})) text.set(key, wording)
    for (const [key, wording] of Object.entries(file.errors ?? {})) errors.set(key, wording)
  }
  return { language, text, errors }
}

/** Puts values into `{name}` places. `{name|one|many}` picks by number, for languages that need it. */
export function fill(wording: string, params: Params = {}): string {
  return wording.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = params[name]
    if (one !== undefined && many !== undefined) return Number(value) === 1 ? one : many
    return value === undefined || value === null ? (name in params ? '' : whole) : String(value)
  })
}
