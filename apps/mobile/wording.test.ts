import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import loopEn from '#modules/services/loop/mobile/locale/en.json' with { type: 'json' }
import loopZh from '#modules/services/loop/mobile/locale/zh-CN.json' with { type: 'json' }
import ownEn from './locale/en.json' with { type: 'json' }
import ownZh from './locale/zh-CN.json' with { type: 'json' }

const ROOT = join(import.meta.dirname, '../..')
const FOLDERS = ['apps/mobile', 'ui/mobile', 'modules/services/loop/mobile']

const chinese: Record<string, string> = { ...ownZh.text, ...loopZh.text }
const english: Record<string, string> = { ...ownEn.text, ...loopEn.text }

function sources(): string {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(ROOT, folder, name), 'utf8')),
  ).join('\n')
}

const code = sources()
/** Keys written out in the code, and beginnings of keys that end in a value. */
const used = [...code.matchAll(/'((?:loop\.)?m\.[\w.]+)'/g)].map((match) => match[1]!)
const stems = [...code.matchAll(/`((?:loop\.)?m\.[\w.]*\.)\$\{/g)].map((match) => match[1]!)

describe('the words of the phone', () => {
  it('exist for every key that a page asks for', () => {
    expect(used.length).toBeGreaterThan(100)
    expect(used.filter((key) => !(key in chinese))).toEqual([])
    for (const stem of stems)
      expect(
        Object.keys(chinese).some((key) => key.startsWith(stem)),
        stem,
      ).toBe(true)
  })

  it('are all in use', () => {
    const asked = new Set(used)
    const spare = Object.keys(chinese).filter(
      (key) => !asked.has(key) && !key.startsWith('ui.') && !stems.some((stem) => key.startsWith(stem)),
    )
    expect(spare).toEqual([])
  })

  it('are the same keys with the same values in both languages', () => {
    expect(Object.keys(english).sort()).toEqual(Object.keys(chinese).sort())
    const places = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1]))].sort()
    for (const [key, text] of Object.entries(chinese)) expect(places(english[key]!), key).toEqual(places(text))
  })

  it('are Chinese on a Chinese page', () => {
    for (const [key, text] of Object.entries(chinese))
      expect(text.replace(/\{\w+\}|HEIC/g, ''), key).not.toMatch(/[A-Za-z]/)
  })
})
