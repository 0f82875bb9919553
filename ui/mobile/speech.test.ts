import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { speechPieces } from './speech.ts'

describe('what is read aloud', () => {
  it('is cut at the ends of sentences and lines', () => {
    expect(speechPieces('查进度\n看看办到哪一步。有 1 件有答复！')).toEqual([
      '查进度',
      '看看办到哪一步。',
      '有 1 件有答复！',
    ])
  })

  it('leaves out what cannot be said', () => {
    expect(speechPieces(' · \n—\n\n')).toEqual([])
  })

  it('cuts a long sentence at its commas', () => {
    const part = `${'字'.repeat(70)}，`
    const pieces = speechPieces(`${part}${part}${part}。`)
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.join('')).toBe(`${part}${part}${part}。`)
  })

  it('loses no word', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('报', '事', '，', '。', ' ', '\n', '1'), maxLength: 400 }),
        (text) => {
          const words = (from: string) => from.replace(/[^\p{L}\p{N}]/gu, '')
          expect(words(speechPieces(text).join(''))).toBe(words(text))
        },
      ),
    )
  })
})
