import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { palettes } from '#ui/theme/antd-theme.ts'

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')

function tokensOf(selector: ':root' | '.dark'): Map<string, string> {
  const start = css.indexOf(`${selector} {`)
  const body = css.slice(start, css.indexOf('\n}', start))
  return new Map([...body.matchAll(/--y-([\w-]+):\s*([^;]+);/g)].map((m) => [m[1]!, m[2]!]))
}

function luminance(hex: string): number {
  const channel = (i: number) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

function contrast(a: string, b: string): number {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (hi + 0.05) / (lo + 0.05)
}

const names = {
  blue: 'blue-600',
  blue50: 'blue-50',
  red: 'sev-red',
  orange: 'sev-orange',
  ink: 'ink',
  ink2: 'ink-2',
  ink3: 'ink-3',
  line: 'line',
  line2: 'line-2',
  bg: 'bg',
  surface: 'surface',
  fill: 'fill',
} as const

describe.each([
  ['light', ':root'],
  ['dark', '.dark'],
] as const)('%s look', (look, selector) => {
  const tokens = tokensOf(selector)

  it('is the same in our own parts and in Ant Design', () => {
    for (const [key, token] of Object.entries(names))
      expect([key, palettes[look][key as keyof typeof names]]).toEqual([key, tokens.get(token)])
  })

  it('can be read: text on its usual ground has 4.5 to 1', () => {
    const pairs = [
      ['ink', 'surface'],
      ['ink-2', 'fill'],
      ['ink-3', 'bg'],
      ['ink-3', 'surface'],
      ['blue-600', 'surface'],
      ['blue-600', 'blue-50'],
      ['warm-600', 'warm-50'],
      ['on-blue', 'blue-600'],
      ['on-warm', 'warm-600'],
      ['sev-red', 'sev-red-bg'],
      ['sev-orange', 'sev-orange-bg'],
      ['sev-yellow', 'sev-yellow-bg'],
      ['sev-blue', 'sev-blue-bg'],
    ] as const
    for (const [ink, ground] of pairs)
      expect([ink, ground, contrast(tokens.get(ink)!, tokens.get(ground)!) >= 4.5]).toEqual([ink, ground, true])
  })
})
