import { sql, type Tx } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { openCheckpoint, parseCheckpointText } from '#platform/evidence/checkpoint.ts'
import { commit, recordText } from '#platform/evidence/evidence-entry.ts'
import { inclusionProof, readCheckpoint } from '#platform/evidence/evidence-log.ts'
import { leafHash, verifyInclusion } from '#platform/evidence/merkle-tree.ts'
import { type NoteVerifier, parseNote } from '#platform/evidence/signed-note.ts'

/**
 * A proof that needs no network and no trust in who hands it over (C2SP tlog-proof, `.tlog-proof`):
 *
 *     c2sp.org/tlog-proof@v1
 *     extra <base64 of JSON: record and salt, or only the leaf>
 *     index <place in the log>
 *     <hashes from the leaf up>
 *
 *     <checkpoint>
 */
const FIRST_LINE = 'c2sp.org/tlog-proof@v1'

/** What `extra` holds. Nothing of it is trusted: the leaf is computed from record and salt, and the tree must hold it. */
type Extra = { record: string; salt: string } | { leaf: string }

/** A committed record, as `recordText` writes it. */
export interface ProvenRecord {
  at: string
  content: unknown
  kind: string
  subject: string
  v: number
}

export interface Proof {
  index: number
  hashes: Buffer[]
  checkpoint: string
  extra: Extra
}

/**
 * The proof file of one entry against the newest checkpoint.
 * @param options.withRecord false leaves out content and salt: the file then proves a commitment, not what it says
 * Throws `evidence.entry_unknown`; `evidence.not_sealed` while no checkpoint covers the entry yet.
 */
export async function proofFileFor(tx: Tx, entryId: number, options: { withRecord?: boolean } = {}): Promise<string> {
  const { rows } = await sql<{
    at: Date
    kind: string
    subject: string
    schema_version: number
    content: Buffer | null
    salt: Buffer | null
    leaf: Buffer
    log_index: number | null
  }>`select created_at as at, kind, subject, schema_version, content, salt, leaf, log_index
       from evidence_entry where id = ${entryId}`.execute(tx)
  const entry = rows[0]
  if (!entry) throw new AppError('evidence.entry_unknown', { status: 404, params: { id: entryId } })
  const checkpoint = await readCheckpoint(tx)
  if (entry.log_index === null || !checkpoint || checkpoint.size <= entry.log_index)
    throw new AppError('evidence.not_sealed', { status: 409, params: { id: entryId } })
  const record =
    entry.content && recordText({ ...entry, schemaVersion: entry.schema_version }, entry.content.toString('utf8'))
  return formatProof({
    index: entry.log_index,
    hashes: await inclusionProof(tx, entry.log_index, checkpoint.size),
    checkpoint: checkpoint.note,
    extra:
      record && entry.salt && options.withRecord !== false
        ? { record, salt: entry.salt.toString('hex') }
        : { leaf: entry.leaf.toString('hex') },
  })
}

export function formatProof(proof: Proof): string {
  const extra = Buffer.from(JSON.stringify(proof.extra)).toString('base64')
  const hashes = proof.hashes.map((hash) => `${hash.toString('base64')}\n`).join('')
  return `${FIRST_LINE}\nextra ${extra}\nindex ${proof.index}\n${hashes}\n${proof.checkpoint}`
}

/** Takes a proof file apart without checking it. Throws `evidence.proof_invalid`. */
export function parseProof(text: string): Proof {
  const split = text.indexOf('\n\n')
  const lines = text.slice(0, Math.max(0, split)).split('\n')
  const extra = /^extra ([A-Za-z0-9+/]*={0,2})$/.exec(lines[1] ?? '')
  const index = /^index (0|[1-9]\d{0,15})$/.exec(lines[2] ?? '')
  if (lines[0] !== FIRST_LINE || !extra || !index) throw invalid('form')
  const hashes = lines.slice(3).map((line) => {
    const hash = Buffer.from(line, 'base64')
    if (hash.length !== 32 || hash.toString('base64') !== line) throw invalid('form')
    return hash
  })
  try {
    const parsed = JSON.parse(Buffer.from(extra[1]!, 'base64').toString('utf8')) as Extra
    return { index: Number(index[1]), hashes, checkpoint: text.slice(split + 2), extra: parsed }
  } catch (cause) {
    throw invalid('form', cause)
  }
}

/**
 * Checks a proof file against keys that the reader trusts for this log.
 * @returns what is proven: `record` is undefined when the file carries only the commitment
 * Throws `evidence.proof_invalid` with the reason: form, signature or inclusion.
 */
export function verifyProofFile(
  text: string,
  origin: string,
  verifiers: readonly NoteVerifier[],
): { index: number; size: number; leaf: Buffer; record?: ProvenRecord; signedBy: NoteVerifier[] } {
  const proof = parseProof(text)
  const note = parseNote(proof.checkpoint)
  if (!note || !parseCheckpointText(note.text)) throw invalid('form')
  const checkpoint = openCheckpoint(proof.checkpoint, origin, verifiers)
  if (!checkpoint) throw invalid('signature')
  const { extra } = proof
  const leaf = 'leaf' in extra ? bytesOf(extra.leaf, 32) : commit(bytesOf(extra.salt, 16), String(extra.record))
  if (!verifyInclusion(leafHash(leaf), proof.index, checkpoint.size, proof.hashes, checkpoint.root))
    throw invalid('inclusion')
  return {
    index: proof.index,
    size: checkpoint.size,
    leaf,
    ...('record' in extra ? { record: JSON.parse(extra.record) as ProvenRecord } : {}),
    signedBy: checkpoint.signedBy,
  }
}

function bytesOf(hex: unknown, length: number): Buffer {
  if (typeof hex !== 'string' || !/^[0-9a-f]*$/.test(hex) || hex.length !== 2 * length) throw invalid('form')
  return Buffer.from(hex, 'hex')
}

function invalid(reason: 'form' | 'signature' | 'inclusion', cause?: unknown): AppError {
  return new AppError('evidence.proof_invalid', { status: 422, params: { reason }, cause })
}
