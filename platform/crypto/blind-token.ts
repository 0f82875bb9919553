import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import type { Key, KeyRing } from '#platform/crypto/key-ring.ts'

/**
 * A keyed digest by which an encrypted column is looked up: key id (2) | HMAC-SHA-256 or HMAC-SM3, first 16 bytes.
 * Equal values give equal tokens inside one county and domain: who holds the database sees how often a value occurs, not
 * which value it is. Never use one for values with few possibilities (sex, age).
 */
export const BLIND_TOKEN_BYTES = 18

/**
 * The token to store.
 * @param domain keeps equal values of different meaning apart, e.g. `phone`, `id_number`
 * @param value normalised by the caller (`normalisePhone`, `normaliseName` …)
 */
export function blindToken(ring: KeyRing, domain: string, value: string): Buffer {
  return tokenUnder(ring.current('token'), domain, value)
}

/**
 * The tokens to look for: one for every token key held, newest first, so that rows not yet renewed after a rotation are
 * found: `where phone_token = any(${blindTokens(ring, 'phone', phone)})`.
 */
export function blindTokens(ring: KeyRing, domain: string, value: string): Buffer[] {
  return ring.all('token').map((key) => tokenUnder(key, domain, value))
}

/** The first two bytes of every token that is made now. */
export function currentTokenHeader(ring: KeyRing): Buffer {
  const header = Buffer.alloc(2)
  header.writeUInt16BE(ring.current('token').id)
  return header
}

/** Whether a stored token belongs to an older key. It is renewed from the decrypted value. */
export function needsNewToken(ring: KeyRing, token: Uint8Array): boolean {
  return Buffer.from(token.buffer, token.byteOffset, 2).readUInt16BE(0) !== ring.current('token').id
}

/** Handed over as bytes, a secret is prepared anew for every digest, which costs several times the digest. */
const prepared = new WeakMap<Key, KeyObject>()

function secretOf(key: Key): KeyObject {
  let secret = prepared.get(key)
  if (!secret) {
    secret = createSecretKey(key.secret)
    prepared.set(key, secret)
  }
  return secret
}

function tokenUnder(key: Key, domain: string, value: string): Buffer {
  const token = Buffer.allocUnsafe(BLIND_TOKEN_BYTES)
  token.writeUInt16BE(key.id, 0)
  createHmac(key.algorithm === 'hmac-sm3' ? 'sm3' : 'sha256', secretOf(key))
    .update(`${domain}\0${value}`)
    .digest()
    .copy(token, 2, 0, 16)
  return token
}
