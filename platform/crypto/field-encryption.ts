import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { sm4GcmDecrypt, sm4GcmEncrypt } from '#platform/crypto/guomi.ts'
import type { Key, KeyRing } from '#platform/crypto/key-ring.ts'
import { AppError } from '#platform/errors/app-error.ts'

/**
 * Personal data in a `bytea` column:
 *
 *     format (1) | key id (2) | nonce (12) | ciphertext | tag (16)
 *
 * format 1 = AES-256-GCM, 2 = SM4-GCM. Header and the caller's `aad` are authenticated. The nonce is random, so the same
 * value never looks the same twice; a key is good for 2^32 values (NIST SP 800-38D), rotate long before.
 */
const FORMATS = { 'aes-256-gcm': 1, 'sm4-gcm': 2 } as const
const HEADER = 3
const NONCE = 12
const TAG = 16
/** Bytes that encryption adds to a value. */
export const FIELD_OVERHEAD = HEADER + NONCE + TAG

/**
 * Encrypts one value with the newest field key.
 * @param aad names the column (`loop_reporter.phone`), so that a value moved to another column is refused
 */
export function encryptField(ring: KeyRing, plaintext: string | Uint8Array, aad: string): Buffer {
  const key = ring.current('field')
  const header = headerOf(key)
  const nonce = randomBytes(NONCE)
  const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext) : plaintext
  const bound = Buffer.concat([header, Buffer.from(aad)])
  if (key.algorithm === 'sm4-gcm') {
    const { ciphertext, tag } = sm4GcmEncrypt(key.secret, nonce, bytes, bound)
    return Buffer.concat([header, nonce, ciphertext, tag])
  }
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce).setAAD(bound)
  return Buffer.concat([header, nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

/** Decrypts to text. Throws `crypto.decrypt_failed` (altered, or of another column) or `crypto.key_unknown`. */
export function decryptField(ring: KeyRing, encrypted: Uint8Array, aad: string): string {
  return decryptFieldBytes(ring, encrypted, aad).toString('utf8')
}

/** As `decryptField`, for values that are not text. */
export function decryptFieldBytes(ring: KeyRing, encrypted: Uint8Array, aad: string): Buffer {
  const bytes = Buffer.from(encrypted.buffer, encrypted.byteOffset, encrypted.byteLength)
  if (bytes.length < FIELD_OVERHEAD) throw new AppError('crypto.decrypt_failed', { status: 500 })
  const key = ring.byId(bytes.readUInt16BE(1), 'field')
  if (bytes[0] !== formatOf(key)) throw new AppError('crypto.decrypt_failed', { status: 500 })
  const nonce = bytes.subarray(HEADER, HEADER + NONCE)
  const ciphertext = bytes.subarray(HEADER + NONCE, -TAG)
  const tag = bytes.subarray(-TAG)
  const bound = Buffer.concat([bytes.subarray(0, HEADER), Buffer.from(aad)])
  try {
    if (key.algorithm === 'sm4-gcm') return sm4GcmDecrypt(key.secret, nonce, ciphertext, tag, bound)
    const decipher = createDecipheriv('aes-256-gcm', key.secret, nonce, { authTagLength: TAG })
      .setAAD(bound)
      .setAuthTag(tag)
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  } catch (cause) {
    throw new AppError('crypto.decrypt_failed', { status: 500, cause })
  }
}

/**
 * The first bytes of everything that is written now. In SQL, rows still to be moved after a rotation are
 * `where substr(phone, 1, 3) <> ${currentFieldHeader(ring)}`.
 */
export function currentFieldHeader(ring: KeyRing): Buffer {
  return headerOf(ring.current('field'))
}

/** Whether a value was written with an older key. */
export function needsReencryption(ring: KeyRing, encrypted: Uint8Array): boolean {
  return !currentFieldHeader(ring).equals(encrypted.subarray(0, HEADER))
}

/** The same value under the newest key; call it for rows that `needsReencryption` names, in batches. */
export function reencryptField(ring: KeyRing, encrypted: Uint8Array, aad: string): Buffer {
  return encryptField(ring, decryptFieldBytes(ring, encrypted, aad), aad)
}

function formatOf(key: Key): number {
  return FORMATS[key.algorithm as keyof typeof FORMATS]
}

function headerOf(key: Key): Buffer {
  const header = Buffer.alloc(HEADER)
  header[0] = formatOf(key)
  header.writeUInt16BE(key.id, 1)
  return header
}
