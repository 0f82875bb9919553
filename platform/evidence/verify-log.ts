import type { KeyRing } from '#platform/crypto/key-ring.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import type { ErrorParams } from '#platform/errors/app-error.ts'
import { openCheckpoint, originOf } from '#platform/evidence/checkpoint.ts'
import { ERASED_KIND } from '#platform/evidence/erase-evidence.ts'
import { commit, recordText } from '#platform/evidence/evidence-entry.ts'
import { readCheckpoint, treeSizeOf } from '#platform/evidence/evidence-log.ts'
import { GrowingTree, HASH_BYTES, leafHash, rootOfHashes } from '#platform/evidence/merkle-tree.ts'
import { type NoteVerifier, verifiersOf } from '#platform/evidence/signed-note.ts'
import { TILE_WIDTH } from '#platform/evidence/tile.ts'

/** Something that should not be; `code` has its wording in `locale/`. */
export interface Finding {
  code:
    | 'evidence.entry_altered'
    | 'evidence.entry_replaced'
    | 'evidence.entry_missing'
    | 'evidence.erased_unannounced'
    | 'evidence.tile_altered'
    | 'evidence.checkpoint_unsigned'
    | 'evidence.checkpoint_differs'
    | 'evidence.checkpoint_beyond'
    | 'evidence.witness_unreadable'
    | 'evidence.witness_differs'
    | 'evidence.witness_beyond'
  params: ErrorParams
}

export interface VerifyReport {
  ok: boolean
  treeSize: number
  rootHash: string
  /** Entries whose content was computed again and fits. */
  entries: number
  /** Entries erased by the book: leaf there, content gone, erasure announced. */
  erased: number
  /** Entries that wait to be sequenced; their content was checked too. */
  waiting: number
  checkpoints: number
  witnesses: number
  /** In the order of the log; the first is the first mismatch. At most `MAX_FINDINGS`. */
  findings: Finding[]
  findingCount: number
}

export const MAX_FINDINGS = 50
const ROWS_AT_ONCE = 16 * TILE_WIDTH

interface EntryRow {
  id: number
  at: Date
  kind: string
  subject: string
  schema_version: number
  content: Buffer | null
  salt: Buffer | null
  leaf: Buffer
  log_index: number | null
}

/**
 * Computes the whole log again from its rows — every leaf from its content, every tile, every checkpoint's root — and
 * compares with what is stored and with the checkpoints that witnesses hold. Run it in one read-only, repeatable-read
 * transaction. Finds rewritten, deleted and silently erased entries, a log cut short, and a history rewritten with all
 * its hashes and signatures (only witnesses can show that one).
 *
 * Ed25519 signatures of all checkpoints are checked, SM2 ones of the newest only: those cost 6 ms each.
 */
export async function verifyLog(
  tx: Tx,
  ring: KeyRing,
  options: { witnessCheckpoints?: readonly string[] } = {},
): Promise<VerifyReport> {
  const origin = originOf(ring.county)
  const verifiers = verifiersOf(ring, origin)
  const report = new Report()
  const witnesses = readWitnesses(report, options.witnessCheckpoints ?? [], origin, verifiers)
  const treeSize = await claimedSize(tx)
  const erasures = new Erasures()
  const heads = new Heads(report, origin, verifiers, witnesses)
  const tree = new GrowingTree()
  /** Computed hashes of level 1 and up. */
  const upper: Buffer[][] = []

  heads.compare(tree, await readHeads(tx, -1, 0))
  for (let from = 0; from < treeSize; from += ROWS_AT_ONCE) {
    const to = Math.min(from + ROWS_AT_ONCE, treeSize)
    const rows = await readEntries(tx, from, to)
    const tiles = await readTiles(tx, 0, from / TILE_WIDTH, Math.ceil(to / TILE_WIDTH))
    const due = await readHeads(tx, from, to)
    let next = 0
    for (let start = from; start < to; start += TILE_WIDTH) {
      const stored = tiles.get(start / TILE_WIDTH) ?? Buffer.alloc(0)
      const leaves: Buffer[] = []
      for (let index = start; index < Math.min(start + TILE_WIDTH, to); index++) {
        const row = rows[next]?.log_index === index ? rows[next++] : undefined
        const place = (index - start) * HASH_BYTES
        const leaf = checkEntry(report, erasures, row, index, stored.subarray(place, place + HASH_BYTES))
        leaves.push(leaf)
        tree.add(leaf)
        heads.compare(tree, due)
      }
      if (stored.length !== leaves.length * HASH_BYTES)
        report.add('evidence.tile_altered', { level: 0, index: start / TILE_WIDTH })
      if (leaves.length === TILE_WIDTH) climb(upper, Buffer.concat(leaves))
    }
  }

  await compareUpperTiles(tx, report, upper)
  await checkWaiting(tx, report, erasures)
  for (const id of erasures.unannounced()) report.add('evidence.erased_unannounced', { id })
  const [beyond] = await readHeads(tx, treeSize, Number.MAX_SAFE_INTEGER, 1)
  if (beyond) report.add('evidence.checkpoint_beyond', { size: beyond.size, treeSize })
  for (const { size, number } of witnesses.filter((held) => held.size > treeSize))
    report.add('evidence.witness_beyond', { size, treeSize, witness: number })
  const newest = await readCheckpoint(tx)
  if (newest && !openCheckpoint(newest.note, origin, verifiers))
    report.add('evidence.checkpoint_unsigned', { size: newest.size })

  return {
    ok: report.findingCount === 0,
    treeSize,
    rootHash: tree.root().toString('base64'),
    entries: report.entries,
    erased: erasures.count,
    waiting: report.waiting,
    checkpoints: heads.checked,
    witnesses: witnesses.length,
    findings: report.findings,
    findingCount: report.findingCount,
  }
}

interface Head {
  size: number
  root: Buffer
  note: string
}

interface WitnessHead {
  size: number
  root: Buffer
  /** Place among the notes given, from 1. */
  number: number
}

/** Compares the growing tree with every head of its size: stored checkpoints and those of witnesses. */
class Heads {
  checked = 0
  readonly #report: Report
  readonly #origin: string
  readonly #verifiers: NoteVerifier[]
  readonly #witnesses: readonly WitnessHead[]
  #lastAgreed = 0

  constructor(report: Report, origin: string, verifiers: readonly NoteVerifier[], witnesses: readonly WitnessHead[]) {
    this.#report = report
    this.#origin = origin
    this.#verifiers = verifiers.filter((verifier) => verifier.algorithm === 'ed25519')
    this.#witnesses = witnesses
  }

  /** @param due checkpoints in ascending size; those that are reached are taken off */
  compare(tree: GrowingTree, due: Head[]): void {
    const { size } = tree
    for (const witness of this.#witnesses) {
      if (witness.size !== size || tree.root().equals(witness.root)) continue
      this.#report.add('evidence.witness_differs', { size, witness: witness.number, from: this.#lastAgreed })
    }
    while (due[0]?.size === size) {
      const head = due.shift()!
      this.checked++
      const opened = openCheckpoint(head.note, this.#origin, this.#verifiers)
      if (opened?.size !== size || !opened.root.equals(head.root))
        this.#report.add('evidence.checkpoint_unsigned', { size })
      if (tree.root().equals(head.root)) this.#lastAgreed = size
      else this.#report.add('evidence.checkpoint_differs', { size, from: this.#lastAgreed })
    }
  }
}

class Report {
  findings: Finding[] = []
  findingCount = 0
  entries = 0
  waiting = 0

  add(code: Finding['code'], params: ErrorParams): void {
    this.findingCount++
    if (this.findings.length < MAX_FINDINGS) this.findings.push({ code, params })
  }
}

/** Erased entries and the entries that announce them may come in any order. */
class Erasures {
  #erased = new Set<number>()
  #announced = new Set<number>()

  get count(): number {
    return this.#erased.size
  }

  noteErased(id: number): void {
    this.#erased.add(id)
  }

  noteAnnounced(content: string): void {
    for (const id of (JSON.parse(content) as { entries?: number[] }).entries ?? []) this.#announced.add(id)
  }

  unannounced(): number[] {
    return [...this.#erased].filter((id) => !this.#announced.has(id)).sort((a, b) => a - b)
  }
}

/** Checks one place of the log; returns the leaf hash with which the tree goes on, so that one fault is told once. */
function checkEntry(
  report: Report,
  erasures: Erasures,
  row: EntryRow | undefined,
  index: number,
  inTile: Buffer,
): Buffer {
  const tileHash = inTile.length === HASH_BYTES ? Buffer.from(inTile) : undefined
  if (!row) {
    report.add('evidence.entry_missing', { index })
    return tileHash ?? Buffer.alloc(HASH_BYTES)
  }
  const state = checkContent(report, erasures, row)
  if (state === 'fits') report.entries++
  const computed = leafHash(row.leaf)
  if (!tileHash || computed.equals(tileHash)) return computed
  // A leaf changed together with its content looks whole by itself; the tree remembers the old one.
  if (state !== 'altered') report.add('evidence.entry_replaced', { id: row.id, subject: row.subject, index })
  return tileHash
}

function checkContent(report: Report, erasures: Erasures, row: EntryRow): 'fits' | 'erased' | 'altered' {
  if (row.content === null || row.salt === null) {
    erasures.noteErased(row.id)
    return 'erased'
  }
  const content = row.content.toString('utf8')
  const record = recordText({ ...row, schemaVersion: row.schema_version }, content)
  if (!commit(row.salt, record).equals(row.leaf)) {
    report.add('evidence.entry_altered', { id: row.id, subject: row.subject, index: row.log_index })
    return 'altered'
  }
  if (row.kind === ERASED_KIND) erasures.noteAnnounced(content)
  return 'fits'
}

/** Adds the root of a full tile to the level above, which may fill a tile there. */
function climb(upper: Buffer[][], bytes: Buffer): void {
  for (let level = 0, tile = bytes; ; level++) {
    upper[level] ??= []
    const row = upper[level]!
    row.push(rootOfHashes(tile))
    if (row.length % TILE_WIDTH !== 0) return
    tile = Buffer.concat(row.slice(-TILE_WIDTH))
  }
}

async function compareUpperTiles(tx: Tx, report: Report, upper: readonly Buffer[][]): Promise<void> {
  for (const [below, hashes] of upper.entries()) {
    const level = below + 1
    const count = Math.ceil(hashes.length / TILE_WIDTH)
    for (let from = 0; from < count; from += 64) {
      const to = Math.min(from + 64, count)
      const tiles = await readTiles(tx, level, from, to)
      for (let index = from; index < to; index++) {
        const computed = Buffer.concat(hashes.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH))
        if (!tiles.get(index)?.equals(computed)) report.add('evidence.tile_altered', { level, index })
      }
    }
  }
}

async function checkWaiting(tx: Tx, report: Report, erasures: Erasures): Promise<void> {
  for (let after = 0; ; ) {
    const { rows } = await sql<EntryRow>`
      select id, created_at as at, kind, subject, schema_version, content, salt, leaf, log_index
        from evidence_entry where log_index is null and id > ${after} order by id limit ${ROWS_AT_ONCE}`.execute(tx)
    for (const row of rows) checkContent(report, erasures, row)
    report.waiting += rows.length
    if (rows.length < ROWS_AT_ONCE) return
    after = rows.at(-1)!.id
  }
}

function readWitnesses(
  report: Report,
  notes: readonly string[],
  origin: string,
  verifiers: readonly NoteVerifier[],
): WitnessHead[] {
  return notes.flatMap((note, i) => {
    const opened = openCheckpoint(note, origin, verifiers)
    if (opened) return [{ size: opened.size, root: opened.root, number: i + 1 }]
    report.add('evidence.witness_unreadable', { witness: i + 1 })
    return []
  })
}

/** What tiles or rows claim, whichever is more: what is cut from one of them is missing, not forgotten. */
async function claimedSize(tx: Tx): Promise<number> {
  const { rows } = await sql<{ size: number }>`
    select coalesce(max(log_index) + 1, 0) as size from evidence_entry where log_index is not null`.execute(tx)
  return Math.max(rows[0]!.size, await treeSizeOf(tx))
}

async function readEntries(tx: Tx, from: number, to: number): Promise<EntryRow[]> {
  const { rows } = await sql<EntryRow>`
    select id, created_at as at, kind, subject, schema_version, content, salt, leaf, log_index
      from evidence_entry where log_index >= ${from} and log_index < ${to} order by log_index`.execute(tx)
  return rows
}

async function readTiles(tx: Tx, level: number, from: number, to: number): Promise<Map<number, Buffer>> {
  const { rows } = await sql<{ index: number; bytes: Buffer }>`
    select index, bytes from evidence_tile
     where level = ${level} and index >= ${from} and index < ${to}`.execute(tx)
  return new Map(rows.map((row) => [row.index, row.bytes]))
}

/** Checkpoints of sizes above `after` up to `upTo`, smallest first. */
async function readHeads(tx: Tx, after: number, upTo: number, limit = 1_000_000): Promise<Head[]> {
  const { rows } = await sql<Head>`
    select tree_size as size, root_hash as root, note from evidence_checkpoint
     where tree_size > ${after} and tree_size <= ${upTo} order by tree_size limit ${limit}`.execute(tx)
  return rows
}
