import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, sourceFiles } from './source-files.ts'

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

const SOURCES = /\.(tsx?|mjs|sql|css|html|sh|go)$/
const TEXTS = /\.(tsx?|mjs|sql|css|html|sh|go|md|json|ya?ml|toml)$|^\.(npmrc|gitignore)$/

const lines = (file: string, pattern: RegExp) =>
  read(file)
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1} ${line.trim().slice(0, 160)}`] : []))

describe('text', () => {
  it('links of documents lead somewhere, and paths they name exist', () => {
    const broken = sourceFiles(['.'], /\.md$/).flatMap((file) => {
      const text = read(file)
      // What a how-to tells to write does not exist yet.
      const written = new Set([...text.matchAll(/^```\w* file: (\S+)$/gm)].map((match) => match[1]!))
      const prose = text.replaceAll(/^```[\s\S]*?^```/gm, '')
      const links = [...prose.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
        .map((match) => match[1]!)
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => !existsSync(join(ROOT, dirname(file), target)))
      const paths = [...prose.matchAll(/`((?:platform|modules|ui|apps|tools|docs|bench|e2e|faults)\/[\w./-]+)`/g)]
        .map((match) => match[1]!)
        .filter(
          (path) =>
            !existsSync(join(ROOT, path)) && ![...written].some((other) => other.startsWith(path.replace(/\/$/, ''))),
        )
      return [...links, ...paths].map((target) => `${file}: ${target}`)
    })
    expect(broken).toEqual([])
  })

  it('documents that comments point to exist', () => {
    const missing = sourceFiles(['platform', 'modules', 'ui', 'apps', 'bench', 'e2e', 'tools'], SOURCES).flatMap(
      (file) =>
        [...read(file).matchAll(/\bdocs\/[\w/-]+\.md\b/g)]
          .map((match) => match[0])
          .filter((path) => !existsSync(join(ROOT, path)))
          .map((path) => `${file}: ${path}`),
    )
    expect(missing).toEqual([])
  })

  it('every setting is explained', () => {
    const settings = [...read('platform/config/config.ts').matchAll(/^ {4}env: '(\w+)'/gm)].map((match) => match[1]!)
    expect(settings.length).toBeGreaterThan(10)
    const page = read('docs/how-to/configure.md')
    expect(settings.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
    const told = [...page.matchAll(/`(YITI_[A-Z_]+)`/g)].map((match) => match[1]!)
    expect(told.filter((name) => !settings.includes(name))).toEqual([])
  })

  it('names in the glossary are names in the code', () => {
    const code = sourceFiles(['platform', 'modules', 'ui', 'apps'], /\.(tsx?|sql)$|\.process\.json$/)
      .map(read)
      .join('\n')
    const words = new Set(code.match(/\w+/g))
    const names = read('docs/glossary.md')
      .split('\n')
      .filter((line) => /^\| [^|]*\p{Script=Han}/u.test(line))
      .flatMap((line) => [...line.split('|')[2]!.matchAll(/`(\w+)`/g)].map((match) => match[1]!))
    expect(names.length).toBeGreaterThan(60)
    expect(names.filter((name) => !words.has(name))).toEqual([])
  })

  it('the environment is read in platform/config only', () => {
    const found = sourceFiles(['platform', 'modules', 'ui', 'apps'], SOURCES)
      .filter((file) => !/^platform\/config\/|\/testing\/|\.test\.tsx?$/.test(file))
      .flatMap((file) => lines(file, /\bprocess\.env\b|\bimport\.meta\.env\.(?!DEV|PROD)/))
      // The entry hands it over.
      .filter((line) => !/^apps\/server\/yiti\.ts:\d+ const config = loadConfig\(process\.env, \{$/.test(line))
    expect(found).toEqual([])
  })

  it('nothing points at one machine or one package registry', () => {
    const machine = /(^|[\s'"`(=:])\/(work|root|home|Users)\/[\w.-]|\bC:\\Users\\/
    const registry = new RegExp(
      `${['registry', 'npmjs'].join('\\.')}|npmmirror|verdaccio|artifactory|jfrog|/npm-(proxy|mirror)`,
      'i',
    )
    const found = sourceFiles(['.'], TEXTS)
      .filter((file) => file !== 'tools/fitness/text.test.ts' && !/\/(seed|data)\//.test(file))
      .flatMap((file) => [...lines(file, machine), ...lines(file, registry)])
    expect(found).toEqual([])
    expect(machine.test("open('/home/someone/file')")).toBe(true)
    expect(registry.test(`https://${['registry', 'npmjs'].join('.')}.org/x`)).toBe(true)
  })

  it('nothing is left for later in a mark', () => {
    const mark = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`)
    const found = sourceFiles(['.'], SOURCES).flatMap((file) => lines(file, mark))
    expect(found).toEqual([])
    expect(mark.test(`// ${'TO' + 'DO'}: later`)).toBe(true)
  })
})
