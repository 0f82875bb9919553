import { describe, expect, it } from 'vitest'
import { changeProfile, generateKeyRing, rotateKey } from '#platform/crypto/key-ring.ts'
import { checkpointText, openCheckpoint, originOf, parseCheckpointText } from './checkpoint.ts'
import { EMPTY_ROOT } from './merkle-tree.ts'
import { openNote, parseNote, parseVerifier, signNote, verifiersOf } from './signed-note.ts'

const now = new Date('2026-09-30T08:00:00Z')
const origin = originOf('wuzhong')
const text = checkpointText({ origin, size: 0, root: EMPTY_ROOT })

describe('signed notes', () => {
  it('opens the note of the Go implementation', () => {
    // golang.org/x/mod/sumdb/note, package example.
    const verifier = parseVerifier('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
    const note =
      'If you think cryptography is the answer to your problem,\n' +
      "then you don't know what your problem is.\n" +
      '\n' +
      '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n'
    expect(openNote(note, [verifier])?.signedBy).toEqual([verifier])
    expect(openNote(note.replace('answer', 'Answer'), [verifier])).toBeUndefined()
  })

  it('are signed and opened, also after the key was rotated', async () => {
    const ring = generateKeyRing({ county: 'wuzhong', now })
    const note = signNote(ring, origin, text)
    await rotateKey(ring, 'evidence', now)
    const verifiers = verifiersOf(ring, origin)
    expect(verifiers).toHaveLength(2)
    expect(openNote(note, verifiers)?.text).toBe(text)
    expect(openNote(signNote(ring, origin, text), [verifiers[1]!])).toBeUndefined()
    expect(openNote(note, verifiersOf(ring, 'yiti/other'))).toBeUndefined()
  })

  it('carry an SM2 signature beside in the 国密 profile', async () => {
    const ring = generateKeyRing({ county: 'wuzhong', profile: 'guomi', now })
    const note = signNote(ring, origin, text)
    const verifiers = verifiersOf(ring, origin)
    expect(openNote(note, verifiers)?.signedBy.map((verifier) => verifier.algorithm)).toEqual(['ed25519', 'sm2'])
    const sm2 = verifiers.filter((verifier) => verifier.algorithm === 'sm2')
    expect(openNote(note, sm2)?.signedBy).toEqual(sm2)
    // A wrong signature of a known key spoils the note, whoever else signed.
    const spoilt = parseNote(note)!
    const bytes = Buffer.from(spoilt.signatures[1]!.signature)
    bytes[5]! ^= 1
    const line = `— ${origin} ${Buffer.concat([spoilt.signatures[1]!.keyId, bytes]).toString('base64')}\n`
    const altered = `${note.split('\n').slice(0, -2).join('\n')}\n${line}`
    expect(openNote(altered, verifiers)).toBeUndefined()
    expect(
      openNote(
        altered,
        verifiers.filter((verifier) => verifier.algorithm === 'ed25519'),
      ),
    ).toBeDefined()
    await changeProfile(ring, 'international', now)
    expect(parseNote(signNote(ring, origin, text))!.signatures).toHaveLength(1)
    expect(openNote(note, verifiersOf(ring, origin))?.signedBy).toHaveLength(2)
  })

  it('have keys that are published in one line', () => {
    const ring = generateKeyRing({ county: 'wuzhong', profile: 'guomi', now })
    const note = signNote(ring, origin, text)
    for (const verifier of verifiersOf(ring, origin)) {
      const read = parseVerifier(verifier.vkey)
      expect(read.algorithm).toBe(verifier.algorithm)
      expect(openNote(note, [read])?.text).toBe(text)
    }
    const { vkey } = verifiersOf(ring, origin)[0]!
    for (const wrong of ['', 'x', vkey.replace('yiti', 'yitj'), vkey.slice(0, -6)])
      expect(() => parseVerifier(wrong)).toThrow(RangeError)
  })

  it('are refused in any other form', () => {
    const ring = generateKeyRing({ county: 'wuzhong', now })
    const note = signNote(ring, origin, text)
    for (const wrong of [
      '',
      text,
      note.slice(0, -1),
      note.replace('— ', '- '),
      `${note}\t`,
      note.replace('\n\n', '\n'),
    ])
      expect(openNote(wrong, verifiersOf(ring, origin))).toBeUndefined()
  })
})

describe('checkpoints', () => {
  it('are read as they are written', () => {
    expect(text).toBe('yiti/wuzhong\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n')
    expect(parseCheckpointText(text)).toEqual({ origin, size: 0, root: EMPTY_ROOT })
    for (const wrong of [
      'a\n01\n',
      text.replace('\n0\n', '\n00\n'),
      text.replace('FU=', 'FV='),
      text.replace('47DE', ''),
    ])
      expect(parseCheckpointText(wrong)).toBeUndefined()
  })

  it('count only for their own log', () => {
    const ring = generateKeyRing({ county: 'wuzhong', now })
    const note = signNote(ring, origin, checkpointText({ origin: 'yiti/sample', size: 0, root: EMPTY_ROOT }))
    expect(openCheckpoint(note, origin, verifiersOf(ring, origin))).toBeUndefined()
    expect(openCheckpoint(signNote(ring, origin, text), origin, verifiersOf(ring, origin))?.size).toBe(0)
  })
})
