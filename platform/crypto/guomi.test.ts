import { createCipheriv, createDecipheriv } from 'node:crypto'
import { sm2 } from 'sm-crypto-v2'
import { describe, expect, it } from 'vitest'
import vectors from '#platform/crypto/fixtures/guomi-vectors.json' with { type: 'json' }
import { hmacSm3, sm2Generate, sm2PublicKey, sm2Sign, sm2Verify, sm3, sm4GcmDecrypt, sm4GcmEncrypt } from './guomi.ts'

const bytes = (hex: string) => Buffer.from(hex, 'hex')

describe('SM3', () => {
  it.each(vectors.sm3.vectors)('digests %s', (text, digest) => expect(sm3(text!).toString('hex')).toBe(digest))

  it('makes a keyed digest as RFC 2104 builds it', () => {
    const key = Buffer.alloc(32, 7)
    const pad = (byte: number) => Buffer.alloc(64, byte).map((value, i) => value ^ (i < 32 ? 7 : 0))
    const inner = sm3(Buffer.concat([pad(0x36), Buffer.from('ab')]))
    expect(hmacSm3(key, 'a', 'b')).toEqual(sm3(Buffer.concat([pad(0x5c), inner])))
  })
})

describe('SM4', () => {
  const { key, pt, ct } = vectors.sm4

  it('enciphers the block of GB/T 32907 appendix A', () => {
    const cipher = createCipheriv('sm4-ecb', bytes(key), null).setAutoPadding(false)
    expect(cipher.update(bytes(pt)).toString('hex')).toBe(ct)
  })

  const gcm = vectors.sm4Gcm
  it('in GCM gives ciphertext and tag of RFC 8998', () => {
    const result = sm4GcmEncrypt(bytes(gcm.key), bytes(gcm.iv), bytes(gcm.plaintext), bytes(gcm.aad))
    expect(result.ciphertext).toEqual(bytes(gcm.ciphertext))
    expect(result.tag).toEqual(bytes(gcm.tag))
    expect(sm4GcmDecrypt(bytes(gcm.key), bytes(gcm.iv), result.ciphertext, result.tag, bytes(gcm.aad))).toEqual(
      bytes(gcm.plaintext),
    )
  })

  it('in GCM runs the same counter as OpenSSL for every length', () => {
    for (let length = 0; length <= 70; length++) {
      const plaintext = Buffer.alloc(length, length)
      const { ciphertext, tag } = sm4GcmEncrypt(bytes(gcm.key), bytes(gcm.iv), plaintext, Buffer.alloc(0))
      const counter = Buffer.concat([bytes(gcm.iv), Buffer.from([0, 0, 0, 2])])
      const decipher = createDecipheriv('sm4-ctr', bytes(gcm.key), counter)
      expect(Buffer.concat([decipher.update(ciphertext), decipher.final()])).toEqual(plaintext)
      expect(sm4GcmDecrypt(bytes(gcm.key), bytes(gcm.iv), ciphertext, tag, Buffer.alloc(0))).toEqual(plaintext)
    }
  })

  it('in GCM refuses altered data, tags cut short, and other associated data', () => {
    const { ciphertext, tag } = sm4GcmEncrypt(bytes(gcm.key), bytes(gcm.iv), Buffer.from('abc'), bytes(gcm.aad))
    const open = (c: Buffer, t: Buffer, a: Buffer) => () => sm4GcmDecrypt(bytes(gcm.key), bytes(gcm.iv), c, t, a)
    expect(open(Buffer.from('abc'), tag, bytes(gcm.aad))).toThrow()
    expect(open(ciphertext, tag.subarray(0, 4), bytes(gcm.aad))).toThrow()
    expect(open(ciphertext, tag, Buffer.alloc(0))).toThrow()
  })
})

describe('SM2', () => {
  const vector = vectors.sm2
  const pair = { secret: bytes(vector.d), public: bytes(`04${vector.Px}${vector.Py}`) }
  const message = Buffer.from(vector.msg)

  it('derives the public key of GB/T 32918.5', () => expect(sm2PublicKey(pair.secret)).toEqual(pair.public))

  it('accepts the signature of GB/T 32918.5 and nothing else', () => {
    const signature = bytes(vector.r + vector.s)
    expect(sm2Verify(pair.public, message, signature)).toBe(true)
    expect(sm2Verify(pair.public, Buffer.from('message digesT'), signature)).toBe(false)
    expect(sm2Verify(sm2Generate().public, message, signature)).toBe(false)
    expect(sm2Verify(pair.public, message, signature.subarray(0, 63))).toBe(false)
    expect(sm2Verify(pair.public, message, Buffer.alloc(64))).toBe(false)
  })

  it('computes that very signature from the nonce printed in the standard', () => {
    const point = sm2.getPublicKeyFromPrivateKey(vector.k.toLowerCase())
    const signature = sm2.doSignature(vector.msg, vector.d.toLowerCase(), {
      hash: true,
      userId: vector.id,
      pointPool: [{ k: BigInt(`0x${vector.k}`), x1: BigInt(`0x${point.slice(2, 66)}`) }],
    })
    expect(signature).toBe((vector.r + vector.s).toLowerCase())
  })

  it('signs messages of any bytes, never twice alike', () => {
    const fresh = sm2Generate()
    const binary = Buffer.from([0, 255, 1, 254, 0])
    const first = sm2Sign(fresh, binary)
    expect(first).toHaveLength(64)
    expect(sm2Verify(fresh.public, binary, first)).toBe(true)
    expect(sm2Sign(fresh, binary)).not.toEqual(first)
  })
})
