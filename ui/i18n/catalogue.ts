export type Language = 'zh-CN' | 'en'

/** Wording by key; keys may be nested, `{ "a": { "b": "…" } }` is `a.b`. */
export interface Wording {
  [key: string]: string | Wording
}

/**
 * What one locale file holds: `text` by plain key, `errors` by error code, and further sections (permission, notice …)
 * whose keys begin with the name of the section.
 */
export type LocaleFile = Record<string, Wording>

export type Params = Record<string, string | number | null | undefined>

/** One language, gathered from every part that speaks it. */
export interface Catalogue {
  language: Language
  text: ReadonlyMap<string, string>
  errors: ReadonlyMap<string, string>
}

function flatten(tree: Wording, prefix: string, into: Map<string, string>): void {
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') into.set(prefix + key, value)
    else flatten(value, `${prefix}${key}.`, into)
  }
}

/** Lays files over one another; a later file wins, so a shell can reword what a part says. */
export function gather(language: Language, files: LocaleFile[]): Catalogue {
  const text = new Map<string, string>()
  const errors = new Map<string, string>()
  for (const file of files) {
    for (const [section, words] of Object.entries(file)) {
      if (section === 'errors') flatten(words, '', errors)
      else flatten(words, section === 'text' ? '' : `${section}.`, text)
    }
  }
  return { language, text, errors }
}

/**
 * Puts values into `{name}` places. `{name|one|many}` picks by number, for languages that need it. A value that is itself a
 * name may come with another one for a language: `clock@en` goes before `clock` in English.
 */
export function fill(wording: string, params: Params = {}, language: Language = 'zh-CN'): string {
  return wording.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = params[`${name}@${language}`] ?? params[name]
    if (one !== undefined && many !== undefined) return Number(value) === 1 ? one : many
    return value === undefined || value === null ? (name in params ? '' : whole) : String(value)
  })
}
