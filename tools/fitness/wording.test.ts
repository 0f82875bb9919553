import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadWording } from '#platform/i18n/wording.ts'
import { ROOT, sourceFiles } from './source-files.ts'

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

/** Codes of errors that a file can throw, or names as a problem of a field. */
function errorCodes(text: string): string[] {
  return [
    ...text.matchAll(/new AppError\(\s*'([^']+)'/g),
    ...text.matchAll(/\bfields: \[\{[^\]]*?\bcode: '([^']+)'/g),
    ...text.matchAll(/\b(?:error|warning)\([^,()]+(?:\([^)]*\))?, '(process\.check\.[a-z_]+)'/g),
  ].map((match) => match[1]!)
}

type Tree = { [key: string]: Tree | string }

function keysOf(tree: Tree, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${prefix}${key}`] : keysOf(value, `${prefix}${key}.`),
  )
}

describe('wording', () => {
  it('every error that is thrown is worded in Chinese and English', () => {
    const wording = loadWording()
    const thrown = sourceFiles(['platform', 'modules', 'apps'], /(?<!\.test)\.ts$/).flatMap((file) =>
      errorCodes(read(file)).map((code) => ({ file, code })),
    )
    expect(new Set(thrown.map(({ code }) => code)).size).toBeGreaterThan(50)
    const silent = thrown.flatMap(({ file, code }) =>
      (['zh-CN', 'en'] as const)
        .filter((locale) => !wording.has(locale, `errors.${code}`))
        .map((locale) => `${locale} errors.${code}, thrown in ${file}`),
    )
    expect(silent).toEqual([])
  })

  it('codes are found in every way in which they are written', () => {
    const planted = `throw new AppError(\n  'a.b_c', { fields: [{ path: '/x', code: 'a.d' }] })\nerror(path, 'process.check.e')`
    expect(errorCodes(planted)).toEqual(['a.b_c', 'a.d', 'process.check.e'])
  })

  it('every key stands in both languages', () => {
    const folders = new Set(
      sourceFiles(['platform', 'modules', 'ui', 'apps'], /^(zh-CN|en)\.json$/).map((file) => dirname(file)),
    )
    expect(folders.size).toBeGreaterThan(10)
    for (const folder of folders) {
      const [zh, en] = ['zh-CN', 'en'].map((locale) => {
        const file = join(folder, `${locale}.json`)
        return existsSync(join(ROOT, file)) ? keysOf(JSON.parse(read(file)) as Tree) : []
      }) as [string[], string[]]
      expect([folder, 'only zh-CN', zh.filter((key) => !en.includes(key))]).toEqual([folder, 'only zh-CN', []])
      expect([folder, 'only en', en.filter((key) => !zh.includes(key))]).toEqual([folder, 'only en', []])
    }
  })

  it('values have the same names in both languages', () => {
    const wording = loadWording()
    const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))].sort()
    const differing = wording
      .keys('zh-CN')
      .filter((key) => wording.has('en', key))
      .filter((key) => names(wording.say('zh-CN', key)).join() !== names(wording.say('en', key)).join())
    expect(differing).toEqual([])
  })
})
