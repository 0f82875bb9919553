import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { hmacSm3, sm2PublicKey, sm2Sign, sm2Verify } from '#platform/crypto/guomi.ts'
import type { Envelope, Signature } from './envelope-shape.ts'

export interface EnvelopeKeys {
  keyId: string
  signature: Signature
  /** Shared secret as text, or the own SM2 secret, hexadecimal. */
  secret: string
  /** SM2: the other side's key, hexadecimal (04 || x || y). */
  otherPublicKey: string | null
}

/** A clock may be so far off, and a message may be so old. */
export const WINDOW_SECONDS = 300

/** Signs a content at a moment. */
export function seal(keys: EnvelopeKeys, content: unknown, at: Date): Envelope {
  const unsigned = {
    keyId: keys.keyId,
    timestamp: Math.floor(at.getTime() / 1000),
    nonce: randomBytes(18).toString('base64url'),
    content: JSON.stringify(content),
  }
  return { ...unsigned, signature: sign(keys, Buffer.from(signed(unsigned))) }
}

export type Verdict = 'good' | 'otherKey' | 'tooOld' | 'badSignature'

/** Whether an envelope is by the other side and of now. Whoever takes it also remembers its nonce for twice the window. */
export function verify(keys: EnvelopeKeys, envelope: Envelope, now: Date): Verdict {
  if (envelope.keyId !== keys.keyId) return 'otherKey'
  const message = Buffer.from(signed(envelope))
  if (!holds(keys, message, envelope.signature)) return 'badSignature'
  return Math.abs(now.getTime() / 1000 - envelope.timestamp) > WINDOW_SECONDS ? 'tooOld' : 'good'
}

function signed({ keyId, timestamp, nonce, content }: Omit<Envelope, 'signature'>): string {
  return `${keyId}\n${timestamp}\n${nonce}\n${content}`
}

function mac({ signature, secret }: EnvelopeKeys, message: Buffer): Buffer {
  return signature === 'hmacSm3'
    ? hmacSm3(Buffer.from(secret), message)
    : createHmac('sha256', secret).update(message).digest()
}

function sign(keys: EnvelopeKeys, message: Buffer): string {
  if (keys.signature !== 'sm2') return mac(keys, message).toString('base64')
  const secret = Buffer.from(keys.secret, 'hex')
  return sm2Sign({ secret, public: sm2PublicKey(secret) }, message).toString('base64')
}

function holds(keys: EnvelopeKeys, message: Buffer, signature: string): boolean {
  const given = Buffer.from(signature, 'base64')
  if (keys.signature === 'sm2')
    return keys.otherPublicKey !== null && sm2Verify(Buffer.from(keys.otherPublicKey, 'hex'), message, given)
  const wanted = mac(keys, message)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
