import { hash } from 'node:crypto'

/**
 * The Merkle tree of RFC 6962 section 2.1 with SHA-256, free of storage. Sizes and indexes are safe integers, so no bit
 * operators: those stop at 32 bits.
 */
export const HASH_BYTES = 32
export const EMPTY_ROOT = hash('sha256', '', 'buffer')

const leafInput = Buffer.alloc(1 + HASH_BYTES)
const nodeInput = Buffer.alloc(1 + 2 * HASH_BYTES, 1)

/** SHA-256(0x00 || data). */
export function leafHash(data: Uint8Array): Buffer {
  if (data.length !== HASH_BYTES) return hash('sha256', Buffer.concat([Buffer.of(0), data]), 'buffer')
  leafInput.set(data, 1)
  return hash('sha256', leafInput, 'buffer')
}

/** SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  nodeInput.set(left, 1)
  nodeInput.set(right, 1 + HASH_BYTES)
  return hash('sha256', nodeInput, 'buffer')
}

/** A complete subtree: leaves `index * 2^level` up to `(index + 1) * 2^level`. */
export interface TreeNode {
  level: number
  index: number
}

/** Leaves from `start` up to but without `end`. */
export interface LeafRange {
  start: number
  end: number
}

/** Root of a complete subtree from its 2^n hashes lying one after the other. */
export function rootOfHashes(hashes: Uint8Array): Buffer {
  let row: Uint8Array[] = []
  for (let at = 0; at < hashes.length; at += HASH_BYTES) row.push(hashes.subarray(at, at + HASH_BYTES))
  while (row.length > 1) row = row.flatMap((left, i) => (i % 2 === 0 ? [nodeHash(left, row[i + 1]!)] : []))
  return Buffer.from(row[0]!)
}

/**
 * The complete subtrees that make up a range which occurs in a proof (it starts where a subtree of its size may start),
 * left to right.
 */
export function nodesOf({ start, end }: LeafRange): TreeNode[] {
  const nodes: TreeNode[] = []
  let at = start
  while (at < end) {
    const size = floorPowerOfTwo(end - at)
    nodes.push({ level: Math.log2(size), index: at / size })
    at += size
  }
  return nodes
}

/** Hash of a range from the hashes of its `nodesOf`. */
export function foldNodes(hashes: readonly Buffer[]): Buffer {
  return hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), hashes.at(-1) ?? EMPTY_ROOT)
}

/** The ranges whose hashes prove that leaf `index` is in the tree of `size` leaves, from the leaf up (PATH, 2.1.1). */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`no leaf ${index} in a tree of ${size}`)
  const ranges: LeafRange[] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + splitOf(end - start)
    if (index < middle) {
      ranges.push({ start: middle, end })
      end = middle
    } else {
      ranges.push({ start, end: middle })
      start = middle
    }
  }
  return ranges.reverse()
}

/** The ranges whose hashes prove that the tree of `size` leaves extends the one of `oldSize` (PROOF, 2.1.2). */
export function consistencyRanges(oldSize: number, size: number): LeafRange[] {
  if (!(oldSize >= 0 && oldSize <= size)) throw new RangeError(`${oldSize} leaves are not the beginning of ${size}`)
  if (oldSize === 0 || oldSize === size) return []
  const ranges: LeafRange[] = []
  let start = 0
  let end = size
  while (oldSize !== end) {
    const middle = start + splitOf(end - start)
    if (oldSize <= middle) {
      ranges.push({ start: middle, end })
      end = middle
    } else {
      ranges.push({ start, end: middle })
      start = middle
    }
  }
  if (start > 0) ranges.push({ start, end })
  return ranges.reverse()
}

/** RFC 9162 section 2.1.3.2, written independently of how proofs are made. */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!(index >= 0 && index < size)) return false
  let place = index
  let last = size - 1
  let computed: Uint8Array = leaf
  for (const sibling of proof) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      computed = nodeHash(sibling, computed)
      while (place % 2 === 0 && place !== 0) {
        place /= 2
        last = Math.floor(last / 2)
      }
    } else {
      computed = nodeHash(computed, sibling)
    }
    place = Math.floor(place / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && Buffer.compare(computed, root) === 0
}

/** RFC 9162 section 2.1.4.2. Every tree extends the empty one. */
export function verifyConsistency(
  oldSize: number,
  oldRoot: Uint8Array,
  size: number,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!(oldSize >= 0 && oldSize <= size)) return false
  if (oldSize === size) return proof.length === 0 && Buffer.compare(oldRoot, root) === 0
  if (oldSize === 0) return proof.length === 0 && Buffer.compare(oldRoot, EMPTY_ROOT) === 0
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : [...proof]
  if (path.length === 0) return false
  let place = oldSize - 1
  let last = size - 1
  while (place % 2 === 1) {
    place = Math.floor(place / 2)
    last = Math.floor(last / 2)
  }
  let before: Uint8Array = path[0]!
  let after: Uint8Array = path[0]!
  for (const sibling of path.slice(1)) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      before = nodeHash(sibling, before)
      after = nodeHash(sibling, after)
      while (place % 2 === 0 && place !== 0) {
        place /= 2
        last = Math.floor(last / 2)
      }
    } else {
      after = nodeHash(after, sibling)
    }
    place = Math.floor(place / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && Buffer.compare(before, oldRoot) === 0 && Buffer.compare(after, root) === 0
}

/** Grows leaf by leaf and knows its root at any moment; holds one hash for every one in the size's binary form. */
export class GrowingTree {
  #peaks: { hash: Buffer; leaves: number }[] = []
  size = 0

  add(leaf: Buffer): void {
    let peak = { hash: leaf, leaves: 1 }
    while (this.#peaks.at(-1)?.leaves === peak.leaves) {
      const left = this.#peaks.pop()!
      peak = { hash: nodeHash(left.hash, peak.hash), leaves: peak.leaves * 2 }
    }
    this.#peaks.push(peak)
    this.size++
  }

  root(): Buffer {
    return foldNodes(this.#peaks.map((peak) => peak.hash))
  }
}

/** The largest power of two smaller than `size`. */
function splitOf(size: number): number {
  const below = floorPowerOfTwo(size)
  return below === size ? below / 2 : below
}

function isPowerOfTwo(size: number): boolean {
  return floorPowerOfTwo(size) === size
}

/** Log2 rounds up just below large powers. */
function floorPowerOfTwo(size: number): number {
  const power = 2 ** Math.floor(Math.log2(size))
  return power > size ? power / 2 : power
}
