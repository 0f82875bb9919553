import type { Clock } from '#platform/clock/clock.ts'
import type { KeyRing } from '#platform/crypto/key-ring.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { checkpointText, originOf } from '#platform/evidence/checkpoint.ts'
import {
  consistencyRanges,
  EMPTY_ROOT,
  foldNodes,
  HASH_BYTES,
  inclusionRanges,
  type LeafRange,
  leafHash,
  nodesOf,
} from '#platform/evidence/merkle-tree.ts'
import { signNote } from '#platform/evidence/signed-note.ts'
import { appendToTiles, nodeFromTile, TILE_WIDTH, type Tile, tileOf, tileWidthAt } from '#platform/evidence/tile.ts'

/** Highest tile level that can exist: 256^7 leaves are more than a safe integer counts. */
const TOP_LEVEL = 6
const DEFAULT_BATCH = 4096

/**
 * Gives waiting entries the next places in the log and adds them to the tree. One sequencer per county works at a time;
 * others wait for it, so a late commit is never passed over and indexes have no gaps.
 * @returns how many were taken (fewer than `batch`: none are waiting) and the size of the log now
 */
export async function sequenceEvidence(
  tx: Tx,
  options: { batch?: number } = {},
): Promise<{ sequenced: number; treeSize: number }> {
  await sql`select pg_advisory_xact_lock(hashtextextended('yiti evidence ' || current_schema(), 0))`.execute(tx)
  const { rows: edge } = await sql<Tile>`
    select tile.level, tile.index, tile.bytes
      from generate_series(0, ${TOP_LEVEL}::int) as l (level)
     cross join lateral (
       select level, index, bytes from evidence_tile where level = l.level order by index desc limit 1) as tile`.execute(
    tx,
  )
  const base = sizeFrom(edge)
  const { rows: taken } = await sql<{ log_index: number; leaf: Buffer }>`
    with waiting as (
      select id from evidence_entry where log_index is null order by id limit ${options.batch ?? DEFAULT_BATCH}
    ), placed as (
      select id, ${base}::bigint - 1 + row_number() over (order by id) as log_index from waiting
    )
    update evidence_entry as entry set log_index = placed.log_index
      from placed where entry.id = placed.id
    returning entry.log_index, entry.leaf`.execute(tx)
  if (taken.length === 0) return { sequenced: 0, treeSize: base }
  taken.sort((a, b) => a.log_index - b.log_index)
  const changed = appendToTiles(
    edge,
    taken.map((entry) => leafHash(entry.leaf)),
  )
  await sql`
    insert into evidence_tile (level, index, width, bytes)
    select level, index, octet_length(bytes) / ${HASH_BYTES}::int, bytes
      from unnest(${changed.map((tile) => tile.level)}::smallint[], ${changed.map((tile) => tile.index)}::bigint[],
                  ${changed.map((tile) => tile.bytes)}::bytea[]) as tile (level, index, bytes)
    on conflict (level, index) do update set width = excluded.width, bytes = excluded.bytes`.execute(tx)
  return { sequenced: taken.length, treeSize: base + taken.length }
}

/**
 * The sequencer's round: places everything that waits, a batch per transaction, then signs the new head if there is one.
 * @param inCounty opens a write transaction of the county
 */
export async function sealEvidence(
  inCounty: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  ring: KeyRing,
  clock: Clock,
): Promise<{ sequenced: number; size: number; note: string }> {
  let total = 0
  for (;;) {
    const { sequenced } = await inCounty((tx) => sequenceEvidence(tx))
    total += sequenced
    if (sequenced < DEFAULT_BATCH) break
  }
  const { size, note } = await inCounty((tx) => signCheckpoint(tx, ring, clock.now()))
  return { sequenced: total, size, note }
}

/** Entries in the log. */
export async function treeSizeOf(tx: Tx): Promise<number> {
  const { rows } = await sql<{ index: number; width: number }>`
    select index, width from evidence_tile where level = 0 order by index desc limit 1`.execute(tx)
  return rows[0] ? rows[0].index * TILE_WIDTH + rows[0].width : 0
}

/** How many entries wait to be sequenced and since when the oldest waits; for health and metrics. */
export async function evidenceBacklog(tx: Tx): Promise<{ waiting: number; oldest: Date | null }> {
  const { rows } = await sql<{ waiting: number; oldest: Date | null }>`
    select count(*) as waiting, min(created_at) as oldest from evidence_entry where log_index is null`.execute(tx)
  return rows[0]!
}

/** Root of the tree at a size up to the present one. Throws `evidence.tile_unknown` when the log is shorter. */
export async function rootAt(tx: Tx, size: number): Promise<Buffer> {
  if (size === 0) return EMPTY_ROOT
  const [root] = await hashRanges(tx, [{ start: 0, end: size }])
  return root!
}

/** Hashes from the leaf up that prove entry `index` to be in the tree of `size`. */
export function inclusionProof(tx: Tx, index: number, size: number): Promise<Buffer[]> {
  return hashRanges(tx, inclusionRanges(index, size))
}

/** Hashes that prove the tree of `size` to extend the one of `oldSize`. */
export function consistencyProof(tx: Tx, oldSize: number, size: number): Promise<Buffer[]> {
  return hashRanges(tx, consistencyRanges(oldSize, size))
}

/**
 * Signs the present head, once per size. Refuses (`evidence.log_inconsistent`) when the tree no longer yields the root
 * signed last: a log must never sign two histories.
 */
export async function signCheckpoint(
  tx: Tx,
  ring: KeyRing,
  now: Date,
): Promise<{ size: number; root: Buffer; note: string }> {
  const origin = originOf(ring.county)
  const last = await readCheckpoint(tx)
  const size = await treeSizeOf(tx)
  if (last) {
    const before = size >= last.size ? await rootAt(tx, last.size) : undefined
    if (!before?.equals(last.root))
      throw new AppError('evidence.log_inconsistent', { status: 500, params: { size: last.size } })
    if (last.size === size) return last
  }
  const root = await rootAt(tx, size)
  const note = signNote(ring, origin, checkpointText({ origin, size, root }))
  await sql`
    insert into evidence_checkpoint (tree_size, root_hash, created_at, note) values (${size}, ${root}, ${now}, ${note})
    on conflict (tree_size) do nothing`.execute(tx)
  return { size, root, note }
}

/** The newest checkpoint, or the one of a size. */
export async function readCheckpoint(
  tx: Tx,
  size?: number,
): Promise<{ size: number; root: Buffer; note: string } | undefined> {
  const { rows } = await sql<{ size: number; root: Buffer; note: string }>`
    select tree_size as size, root_hash as root, note from evidence_checkpoint
     where ${size ?? null}::bigint is null or tree_size = ${size ?? null}::bigint
     order by tree_size desc limit 1`.execute(tx)
  return rows[0]
}

/** Bytes of a tile of hashes, as served at `tilePath(…)`. Throws `evidence.tile_unknown`. */
export async function readTile(tx: Tx, level: number, index: number, width = TILE_WIDTH): Promise<Buffer> {
  const { rows } = await sql<{ bytes: Buffer }>`
    select substring(bytes from 1 for ${width * HASH_BYTES}::int) as bytes from evidence_tile
     where level = ${level} and index = ${index} and width >= ${width}`.execute(tx)
  if (!rows[0] || width < 1) throw unknownTile(level, index, width)
  return rows[0].bytes
}

/** The entries (salted commitments) under a level-0 tile, each behind its length in two bytes. */
export async function readEntryBundle(tx: Tx, index: number, width = TILE_WIDTH): Promise<Buffer> {
  const start = index * TILE_WIDTH
  const { rows } = await sql<{ leaf: Buffer }>`
    select leaf from evidence_entry where log_index >= ${start} and log_index < ${start + width}
     order by log_index`.execute(tx)
  if (rows.length !== width || width < 1) throw unknownTile('entries', index, width)
  return Buffer.concat(rows.flatMap(({ leaf }) => [Buffer.of(leaf.length >> 8, leaf.length & 0xff), leaf]))
}

/** Hashes of ranges that occur in proofs; all tiles in one statement. */
async function hashRanges(tx: Tx, ranges: readonly LeafRange[]): Promise<Buffer[]> {
  const wanted = new Map<string, { level: number; index: number }>()
  for (const node of ranges.flatMap(nodesOf)) {
    const { tile } = tileOf(node)
    wanted.set(`${tile.level}/${tile.index}`, tile)
  }
  const ids = [...wanted.values()]
  const tiles = new Map<string, Buffer>()
  if (ids.length > 0) {
    const { rows } = await sql<Tile>`
      select tile.level, tile.index, tile.bytes
        from unnest(${ids.map((id) => id.level)}::smallint[], ${ids.map((id) => id.index)}::bigint[]) as wanted (level, index)
        join evidence_tile as tile on tile.level = wanted.level and tile.index = wanted.index`.execute(tx)
    for (const { level, index, bytes } of rows) tiles.set(`${level}/${index}`, bytes)
  }
  return ranges.map((range) =>
    foldNodes(
      nodesOf(range).map((node) => {
        const { tile } = tileOf(node)
        const bytes = tiles.get(`${tile.level}/${tile.index}`)
        const hash = bytes && nodeFromTile(node, bytes)
        if (!hash) throw unknownTile(tile.level, tile.index, tileWidthAt(tile.level, tile.index, range.end))
        return hash
      }),
    ),
  )
}

function sizeFrom(edge: readonly Tile[]): number {
  const last = edge.find((tile) => tile.level === 0)
  return last ? last.index * TILE_WIDTH + last.bytes.length / HASH_BYTES : 0
}

function unknownTile(level: number | 'entries', index: number, width: number): AppError {
  return new AppError('evidence.tile_unknown', { status: 404, params: { level, index, width } })
}
