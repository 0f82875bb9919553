import { HASH_BYTES, rootOfHashes, type TreeNode } from '#platform/evidence/merkle-tree.ts'

/**
 * The tree cut into tiles of 256 hashes (C2SP tlog-tiles): level 0 holds leaf hashes, every level above the roots of full
 * tiles below. A partial tile is a prefix of the tile it grows into.
 */
export const TILE_WIDTH = 256
const TILE_HEIGHT = 8

export interface TileId {
  level: number
  index: number
}

export interface Tile extends TileId {
  bytes: Buffer
}

/** `tile/0/x001/234` or `tile/0/x001/234.p/17`, below the prefix under which a log is served. */
export function tilePath(level: number | 'entries', index: number, width = TILE_WIDTH): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0')
  const groups = digits.match(/\d{3}/g)!
  const place = groups.map((group, i) => (i === groups.length - 1 ? group : `x${group}`)).join('/')
  return `tile/${level}/${place}${width === TILE_WIDTH ? '' : `.p/${width}`}`
}

/** Reads such a path; undefined for anything else, also for other spellings of the same number. */
export function parseTilePath(path: string): { level: number | 'entries'; index: number; width: number } | undefined {
  const match = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path)
  if (!match) return undefined
  const level = match[1] === 'entries' ? 'entries' : Number(match[1])
  const index = Number(match[2]!.replace(/[x/]/g, ''))
  const width = match[3] === undefined ? TILE_WIDTH : Number(match[3])
  if (!Number.isSafeInteger(index) || width === 0 || tilePath(level, index, width) !== path) return undefined
  return { level, index, width }
}

/** Hashes of the tile `index` at `level` in a tree of `size` leaves: 0 (none) … 256. */
export function tileWidthAt(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level)
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH))
}

/** The tile from which the hash of a complete subtree is computed, and which of its hashes go in. */
export function tileOf(node: TreeNode): { tile: TileId; first: number; count: number } {
  const level = Math.floor(node.level / TILE_HEIGHT)
  const count = 2 ** (node.level % TILE_HEIGHT)
  const place = node.index * count
  return { tile: { level, index: Math.floor(place / TILE_WIDTH) }, first: place % TILE_WIDTH, count }
}

/** Hash of a complete subtree from the bytes of its tile; undefined when the tile is too narrow. */
export function nodeFromTile(node: TreeNode, bytes: Buffer): Buffer | undefined {
  const { first, count } = tileOf(node)
  const end = (first + count) * HASH_BYTES
  return bytes.length < end ? undefined : rootOfHashes(bytes.subarray(first * HASH_BYTES, end))
}

/**
 * Adds leaf hashes to a tree of which only the last tile of each level is at hand. Costs what is new, whatever the size.
 * @param edge last tile of each level; a full one may be among them
 * @returns the tiles that are new or have grown
 */
export function appendToTiles(edge: readonly Tile[], leafHashes: readonly Buffer[]): Tile[] {
  const changed: Tile[] = []
  let incoming: readonly Buffer[] = leafHashes
  for (let level = 0; incoming.length > 0; level++) {
    const last = edge.find((tile) => tile.level === level)
    const open = last && last.bytes.length < TILE_WIDTH * HASH_BYTES ? last : undefined
    let index = open ? open.index : last ? last.index + 1 : 0
    let pending = open ? [open.bytes, ...incoming] : [...incoming]
    let held = open ? open.bytes.length / HASH_BYTES : 0
    const above: Buffer[] = []
    while (pending.length > 0) {
      const take = (held > 0 ? 1 : 0) + (TILE_WIDTH - held)
      const bytes = Buffer.concat(pending.slice(0, take))
      pending = pending.slice(take)
      held = 0
      changed.push({ level, index: index++, bytes })
      if (bytes.length === TILE_WIDTH * HASH_BYTES) above.push(rootOfHashes(bytes))
    }
    incoming = above
  }
  return changed
}
