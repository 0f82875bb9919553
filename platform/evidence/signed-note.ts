import { hash, sign, verify } from 'node:crypto'
import { sm2Sign, sm2Verify } from '#platform/crypto/guomi.ts'
import { ed25519PublicKey, type Key, type KeyRing } from '#platform/crypto/key-ring.ts'

/**
 * Signed notes (C2SP signed-note): text, blank line, one line per signature. Ed25519 is what existing verifiers read. The
 * SM2 line beside it has type 0xff with a name of our own; who does not know it passes over it, as the format demands.
 */
const TYPE_ED25519 = Buffer.of(0x01)
const TYPE_SM2 = Buffer.concat([Buffer.of(0xff), Buffer.from('SM2-SM3/1234567812345678')])
const MAX_SIGNATURES = 32

export interface NoteSignature {
  name: string
  /** First four bytes of SHA-256(name, newline, type, public key). */
  keyId: Buffer
  signature: Buffer
}

export interface SignedNote {
  /** With its final newline. */
  text: string
  signatures: NoteSignature[]
}

/** A key that notes are checked against. */
export interface NoteVerifier {
  name: string
  keyId: Buffer
  algorithm: 'ed25519' | 'sm2'
  /** The key in the form that C2SP tools read: `name+id+base64(type || public key)`. */
  vkey: string
  verify(text: Buffer, signature: Buffer): boolean
}

/** Signs with the newest Ed25519 key of the ring and, in the 国密 profile, with its SM2 key. */
export function signNote(ring: KeyRing, name: string, text: string): string {
  if (!text.endsWith('\n')) throw new RangeError('the text of a note ends with a newline')
  const bytes = Buffer.from(text)
  const ed25519 = ring.current('evidence', 'ed25519')
  const lines = [signatureLine(verifierOf(ed25519, name), sign(null, bytes, ring.ed25519(ed25519)))]
  if (ring.profile === 'guomi') {
    const sm2 = ring.current('evidence', 'sm2')
    const signature = sm2Sign({ secret: sm2.secret, public: sm2.public! }, bytes)
    lines.push(signatureLine(verifierOf(sm2, name), signature))
  }
  return `${text}\n${lines.join('')}`
}

/** Takes a note apart without checking it. Returns undefined for what is no signed note. */
export function parseNote(note: string): SignedNote | undefined {
  const split = note.lastIndexOf('\n\n')
  if (split < 1 || !note.endsWith('\n') || hasControlCharacter(note)) return undefined
  const lines = note.slice(split + 2, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) return undefined
  const signatures: NoteSignature[] = []
  for (const line of lines) {
    const match = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line)
    const bytes = match && Buffer.from(match[2]!, 'base64')
    if (!bytes || bytes.length < 5 || bytes.toString('base64') !== match[2]) return undefined
    signatures.push({ name: match[1]!, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) })
  }
  return { text: note.slice(0, split + 1), signatures }
}

/**
 * Opens a note: at least one known key must have signed, and no signature of a known key may be wrong. Returns the text
 * and who signed, or undefined.
 */
export function openNote(
  note: string,
  verifiers: readonly NoteVerifier[],
): { text: string; signedBy: NoteVerifier[] } | undefined {
  const parsed = parseNote(note)
  if (!parsed) return undefined
  const bytes = Buffer.from(parsed.text)
  const signedBy: NoteVerifier[] = []
  for (const { name, keyId, signature } of parsed.signatures) {
    const verifier = verifiers.find((known) => known.name === name && known.keyId.equals(keyId))
    if (!verifier) continue
    if (!verifier.verify(bytes, signature)) return undefined
    signedBy.push(verifier)
  }
  return signedBy.length > 0 ? { text: parsed.text, signedBy } : undefined
}

/** Verifiers for all evidence keys that the ring holds or held, newest first. */
export function verifiersOf(ring: KeyRing, name: string): NoteVerifier[] {
  return ring.all('evidence').map((key) => verifierOf(key, name))
}

/** Reads the published form of a key. Throws RangeError for what is none. */
export function parseVerifier(vkey: string): NoteVerifier {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(vkey.trim())
  const bytes = match ? Buffer.from(match[3]!, 'base64') : Buffer.alloc(0)
  for (const [algorithm, type, length] of [
    ['ed25519', TYPE_ED25519, 32],
    ['sm2', TYPE_SM2, 65],
  ] as const) {
    if (bytes.length !== type.length + length || !bytes.subarray(0, type.length).equals(type)) continue
    const verifier = buildVerifier(match![1]!, algorithm, bytes.subarray(type.length))
    if (verifier.keyId.toString('hex') === match![2]) return verifier
  }
  throw new RangeError(`not a verifier key: ${vkey}`)
}

function verifierOf(key: Key, name: string): NoteVerifier {
  return buildVerifier(name, key.algorithm as 'ed25519' | 'sm2', key.public!)
}

function buildVerifier(name: string, algorithm: 'ed25519' | 'sm2', publicKey: Buffer): NoteVerifier {
  const typed = Buffer.concat([algorithm === 'ed25519' ? TYPE_ED25519 : TYPE_SM2, publicKey])
  const keyId = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'buffer').subarray(0, 4)
  const keyObject = algorithm === 'ed25519' ? ed25519PublicKey(publicKey) : undefined
  return {
    name,
    keyId,
    algorithm,
    vkey: `${name}+${keyId.toString('hex')}+${typed.toString('base64')}`,
    verify: (text, signature) =>
      keyObject
        ? signature.length === 64 && verify(null, text, keyObject, signature)
        : sm2Verify(publicKey, text, signature),
  }
}

function signatureLine(verifier: NoteVerifier, signature: Buffer): string {
  return `— ${verifier.name} ${Buffer.concat([verifier.keyId, signature]).toString('base64')}\n`
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 0x20 && text[i] !== '\n') return true
  return false
}
