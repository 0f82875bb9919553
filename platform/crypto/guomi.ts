import { createHmac, hash, randomBytes } from 'node:crypto'
import { sm2, sm4 } from 'sm-crypto-v2'

/**
 * National algorithms (国密): SM2 signatures (GB/T 32918), SM3 digests (GB/T 32905), SM4-GCM (GB/T 32907).
 * SM3 comes from OpenSSL. SM2 does not: OpenSSL through Node signs with an empty user id, which no Chinese verifier accepts.
 */

/** The user id that GM/T 0009 prescribes where none is agreed. */
const SM2_USER_ID = '1234567812345678'

export function sm3(data: string | Uint8Array): Buffer {
  return hash('sm3', data, 'buffer')
}

export function hmacSm3(key: Uint8Array, ...parts: (string | Uint8Array)[]): Buffer {
  const mac = createHmac('sm3', key)
  for (const part of parts) mac.update(part)
  return mac.digest()
}

/** SM4 in Galois/Counter mode (RFC 8998): returns ciphertext and a 16-byte tag. */
export function sm4GcmEncrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array,
): { ciphertext: Buffer; tag: Buffer } {
  const result = sm4.encrypt(plain(plaintext), plain(key), {
    mode: 'gcm',
    iv: plain(nonce),
    associatedData: plain(aad),
    output: 'array',
    outputTag: true,
  })
  return { ciphertext: Buffer.from(result.output), tag: Buffer.from(result.tag!) }
}

/** Throws when the tag does not fit key, nonce, ciphertext and associated data. */
export function sm4GcmDecrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  ciphertext: Uint8Array,
  tag: Uint8Array,
  aad: Uint8Array,
): Buffer {
  if (tag.length !== 16) throw new RangeError('a GCM tag has 16 bytes')
  return Buffer.from(
    sm4.decrypt(plain(ciphertext), plain(key), {
      mode: 'gcm',
      iv: plain(nonce),
      associatedData: plain(aad),
      output: 'array',
      tag: plain(tag),
    }),
  )
}

export interface Sm2KeyPair {
  /** 32 bytes. */
  secret: Buffer
  /** 65 bytes, uncompressed point (04 || x || y). */
  public: Buffer
}

export function sm2Generate(): Sm2KeyPair {
  for (;;) {
    // Drawn from the system's generator; the scalar must lie in 1 … n-2, which fails once in 2^32.
    const secret = randomBytes(32)
    if (secret.compare(SM2_MAX_SECRET) > 0 || secret.every((byte) => byte === 0)) continue
    return { secret, public: sm2PublicKey(secret) }
  }
}

/** n - 2, the largest secret that GB/T 32918.1 allows. */
const SM2_MAX_SECRET = Buffer.from('fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54121', 'hex')

export function sm2PublicKey(secret: Uint8Array): Buffer {
  return Buffer.from(sm2.getPublicKeyFromPrivateKey(hex(secret)), 'hex')
}

/** SM2 with SM3 over ZA || message, default user id. Returns r || s (64 bytes). */
export function sm2Sign(pair: Sm2KeyPair, message: Uint8Array): Buffer {
  const signature = sm2.doSignature(plain(message), hex(pair.secret), {
    hash: true,
    publicKey: hex(pair.public),
    userId: SM2_USER_ID,
  })
  return Buffer.from(signature, 'hex')
}

export function sm2Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false
  try {
    return sm2.doVerifySignature(plain(message), hex(signature), hex(publicKey), { hash: true, userId: SM2_USER_ID })
  } catch {
    return false
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** The library tells hex strings from arrays by prototype and does not expect Node's Buffer. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
