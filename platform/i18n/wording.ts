import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorParams } from '#platform/errors/app-error.ts'

export type Locale = 'zh-CN' | 'en'

const ROOT = join(import.meta.dirname, '../..')

type Tree = { [key: string]: string | Tree }

/** Wording of errors, permissions and texts by key, gathered from every room's and module's `locale/` folder. */
export class Wording {
  readonly #texts: Record<Locale, Map<string, string>>

  constructor(texts: Record<Locale, Map<string, string>>) {
    this.#texts = texts
  }

  /** The text of a key with its values put in; the key itself where there is no wording, so that nothing is silent. */
  say(locale: Locale, key: string, params: ErrorParams = {}): string {
    const text = this.#texts[locale].get(key) ?? this.#texts['zh-CN'].get(key) ?? key
    return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole))
  }

  has(locale: Locale, key: string): boolean {
    return this.#texts[locale].has(key)
  }

  keys(locale: Locale): string[] {
    return [...this.#texts[locale].keys()]
  }
}

function flatten(tree: Tree, prefix: string, into: Map<string, string>): void {
  for (const [key, value] of Object.entries(tree)) {
    const name = prefix ? `${prefix}.${key}` : key
    if (typeof value === 'string') into.set(name, value)
    else flatten(value, name, into)
  }
}

function localeFolders(): string[] {
  const list = (folder: string) => {
    try {
      return readdirSync(join(ROOT, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(folder, entry.name))
    } catch {
      return []
    }
  }
  return [...list('platform'), ...list('modules').flatMap(list)].map((folder) => join(ROOT, folder, 'locale'))
}

/** Reads all wording. A key is `<section>.<code>`, e.g. `errors.files.too_large`. */
export function loadWording(): Wording {
  const texts = { 'zh-CN': new Map<string, string>(), en: new Map<string, string>() }
  for (const folder of localeFolders())
    for (const locale of ['zh-CN', 'en'] as const) {
      let text: string
      try {
        text = readFileSync(join(folder, `${locale}.json`), 'utf8')
      } catch {
        continue
      }
      flatten(JSON.parse(text) as Tree, '', texts[locale])
    }
  return new Wording(texts)
}
