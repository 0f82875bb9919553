import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { verifyProofFile } from './proof-file.ts'
import { parseVerifier } from './signed-note.ts'

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8')
const sample = fixture('sample.tlog-proof')
const verifiers = fixture('sample.vkey').trim().split('\n').map(parseVerifier)

describe('a proof file handed out once', () => {
  // Whoever keeps such a file may come back with it in twenty years: this one must verify for ever.
  it('verifies for ever, under either key', () => {
    const proven = verifyProofFile(sample, 'yiti/wuzhong', verifiers)
    expect(proven).toMatchObject({ index: 577, size: 1000, record: { subject: 'case:578', content: { step: 577 } } })
    expect(proven.signedBy.map((key) => key.algorithm)).toEqual(['ed25519', 'sm2'])
    for (const verifier of verifiers) expect(verifyProofFile(sample, 'yiti/wuzhong', [verifier]).index).toBe(577)
  })

  it('fails after any change of a character', () => {
    // A damaged name or key id makes a signature one of an unknown key, which the format passes over.
    const names = [...sample.matchAll(/^— \S+ .{6}/gm)].map(({ index, 0: text }) => [index, index + text.length])
    for (let at = 0; at < sample.length; at += 5) {
      if (sample[at] === '\n' || names.some(([from, to]) => at >= from! && at < to!)) continue
      const altered = sample.slice(0, at) + (sample[at] === 'A' ? 'B' : 'A') + sample.slice(at + 1)
      expect(() => verifyProofFile(altered, 'yiti/wuzhong', verifiers), `at ${at}`).toThrowError(
        expect.objectContaining({ code: 'evidence.proof_invalid' }),
      )
    }
  })
})
