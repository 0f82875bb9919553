import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gather, type LocaleFile } from '#ui/i18n/catalogue.ts'

const root = join(import.meta.dirname, '../..')

async function readJson(pattern: string): Promise<Map<string, string>> {
  const words = new Map<string, string>()
  for await (const path of glob(pattern, { cwd: root })) {
    const file = JSON.parse(readFileSync(join(root, path), 'utf8')) as LocaleFile
    for (const [key, value] of gather('zh-CN', [file]).text) words.set(key, value)
  }
  return words
}

const folders = [
  'ui/locale',
  'apps/console/locale',
  'modules/foundation/org/console/locale',
  'modules/management/duties/console/locale',
  'modules/services/loop/console/locale',
]

async function usedKeys(): Promise<Map<string, string>> {
  const used = new Map<string, string>()
  for (const pattern of ['ui/**/*.{ts,tsx}', 'apps/console/**/*.{ts,tsx}', 'modules/*/*/console/**/*.{ts,tsx}']) {
    for await (const path of glob(pattern, { cwd: root })) {
      // The phone faces have their own words and their own test.
      if (/\.test\.|\/testing\/|ui\/mobile\//.test(path)) continue
      const source = readFileSync(join(root, path), 'utf8')
      for (const match of source.matchAll(/(?<![\w.])t\(\s*'([\w.]+)'/g)) used.set(match[1]!, path)
      for (const match of source.matchAll(/'((?:ui|console|source|role|org)\.[a-zA-Z]+(?:\.[\w]+)*)'/g))
        used.set(match[1]!, path)
    }
  }
  return used
}

describe('wording of the screens', () => {
  it('is complete in both languages', async () => {
    for (const folder of folders) {
      const zh = await readJson(`${folder}/zh-CN.json`)
      const en = await readJson(`${folder}/en.json`)
      expect(zh.size).toBeGreaterThan(10)
      expect([...zh.keys()].filter((key) => !en.has(key))).toEqual([])
      expect([...en.keys()].filter((key) => !zh.has(key))).toEqual([])
    }
  })

  it('has a word for every key that is used', async () => {
    const zh = await readJson('{ui,apps/console,modules/*/*,modules/*/*/console}/locale/zh-CN.json')
    const used = await usedKeys()
    expect(used.size).toBeGreaterThan(150)
    // Beginnings such as `console.actor`, to which a value is added, are words of their own only with the value.
    const prefix = (key: string) => [...zh.keys()].some((known) => known.startsWith(`${key}.`))
    const missing = [...used].filter(([key]) => !zh.has(key) && !zh.has(`permission.${key}`) && !prefix(key))
    expect(missing).toEqual([])
  })

  it('asks for the same values in both languages', async () => {
    const places = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map((m) => m[1]))].sort()
    for (const folder of folders) {
      const zh = await readJson(`${folder}/zh-CN.json`)
      const en = await readJson(`${folder}/en.json`)
      for (const [key, text] of zh) expect([key, places(en.get(key) ?? '')]).toEqual([key, places(text)])
    }
  })
})
