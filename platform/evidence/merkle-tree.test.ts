import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  consistencyRanges,
  EMPTY_ROOT,
  foldNodes,
  GrowingTree,
  inclusionRanges,
  type LeafRange,
  leafHash,
  nodeHash,
  nodesOf,
  verifyConsistency,
  verifyInclusion,
} from './merkle-tree.ts'
import {
  appendToTiles,
  nodeFromTile,
  parseTilePath,
  TILE_WIDTH,
  type Tile,
  tileOf,
  tilePath,
  tileWidthAt,
} from './tile.ts'

// Somebody else's verifier (Sigstore).
const { verifyMerkleInclusion } = createRequire(import.meta.url)('@sigstore/verify/dist/tlog/merkle.js')

const data = (index: number) => Buffer.from(`entry ${index}`)
const leaves = Array.from({ length: 700 }, (_, index) => leafHash(data(index)))

/** MTH of RFC 6962 section 2.1, word for word. */
function mth(list: readonly Buffer[]): Buffer {
  if (list.length === 0) return EMPTY_ROOT
  if (list.length === 1) return list[0]!
  let k = 1
  while (k * 2 < list.length) k *= 2
  return nodeHash(mth(list.slice(0, k)), mth(list.slice(k)))
}

const hashOf = ({ start, end }: LeafRange) => mth(leaves.slice(start, end))

describe('Merkle tree', () => {
  it('has the roots of the reference tree of RFC 6962 implementations', () => {
    // Test data of Certificate Transparency (merkle_tree_test.cc), as found in most implementations.
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
    const tree = new GrowingTree()
    expect(tree.root().toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    const roots = inputs.map((input) => {
      tree.add(leafHash(Buffer.from(input, 'hex')))
      return tree.root().toString('hex')
    })
    expect(roots).toEqual([
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ])
  })

  it('grows to the root that the definition gives', () => {
    const tree = new GrowingTree()
    for (let size = 1; size <= 300; size++) {
      tree.add(leaves[size - 1]!)
      expect(tree.root()).toEqual(mth(leaves.slice(0, size)))
    }
  })

  it('proves every leaf of every small tree, to us and to Sigstore', () => {
    for (let size = 1; size <= 40; size++) {
      const root = mth(leaves.slice(0, size))
      for (let index = 0; index < size; index++) {
        const hashes = inclusionRanges(index, size).map(hashOf)
        expect(verifyInclusion(leaves[index]!, index, size, hashes, root)).toBe(true)
        const entry = { inclusionProof: { logIndex: String(index), hashes }, canonicalizedBody: data(index) }
        verifyMerkleInclusion(entry, { logSize: BigInt(size), logHash: root })
      }
    }
  })

  it('proves nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 600 }), fc.nat(), fc.nat(), (size, a, b) => {
        const index = a % size
        const other = b % size
        const root = mth(leaves.slice(0, size))
        const hashes = inclusionRanges(index, size).map(hashOf)
        expect(verifyInclusion(leaves[index]!, index, size, hashes, root)).toBe(true)
        if (other !== index) {
          expect(verifyInclusion(leaves[other]!, index, size, hashes, root)).toBe(false)
          expect(verifyInclusion(leaves[index]!, other, size, hashes, root)).toBe(false)
        }
        expect(verifyInclusion(leaves[index]!, index, size, hashes.slice(1), root)).toBe(false)
        expect(verifyInclusion(leaves[index]!, index, size, [...hashes, root], root)).toBe(false)
        expect(verifyInclusion(leaves[index]!, index, size, hashes, leaves[0]!)).toBe(false)
        expect(verifyInclusion(leaves[index]!, size, size, hashes, root)).toBe(false)
      }),
      { numRuns: 60 },
    )
  })

  it('proves that a tree extends an older one, and only that', () => {
    for (let size = 1; size <= 36; size++) {
      const root = mth(leaves.slice(0, size))
      for (let old = 0; old <= size; old++) {
        const oldRoot = mth(leaves.slice(0, old))
        const proof = consistencyRanges(old, size).map(hashOf)
        expect(verifyConsistency(old, oldRoot, size, root, proof)).toBe(true)
        expect(verifyConsistency(old, leaves[650]!, size, root, proof)).toBe(false)
        expect(verifyConsistency(old, oldRoot, size, leaves[650]!, proof)).toBe(old === 0)
        if (old > 0) expect(verifyConsistency(old, oldRoot, size, root, [...proof, root])).toBe(false)
        if (proof.length > 0) expect(verifyConsistency(old, oldRoot, size, root, proof.slice(1))).toBe(false)
      }
    }
    expect(verifyConsistency(5, leaves[0]!, 4, leaves[0]!, [])).toBe(false)
  })

  it('splits ranges into subtrees beyond 32 bits', () => {
    const size = 2 ** 40 + 5
    const covered = nodesOf({ start: 0, end: size }).map((node) => [node.index * 2 ** node.level, 2 ** node.level])
    expect(covered).toEqual([
      [0, 2 ** 40],
      [2 ** 40, 4],
      [2 ** 40 + 4, 1],
    ])
    expect(nodesOf({ start: 0, end: 2 ** 52 - 1 })).toHaveLength(52)
  })
})

describe('tiles', () => {
  it('lie where C2SP tlog-tiles says', () => {
    expect(tilePath(0, 1_234_067)).toBe('tile/0/x001/x234/067')
    expect(tilePath(1, 0, 17)).toBe('tile/1/000.p/17')
    expect(tilePath('entries', 999)).toBe('tile/entries/999')
    expect(tilePath(0, 1000)).toBe('tile/0/x001/000')
    // A tree of 70,000: 273 full tiles and one of 112, one full and one of 17 above, one of 1 on top.
    const widths = [0, 1, 2].map((level) => [0, 1, 272, 273, 274].map((index) => tileWidthAt(level, index, 70_000)))
    expect(widths).toEqual([
      [256, 256, 256, 112, 0],
      [256, 17, 0, 0, 0],
      [1, 0, 0, 0, 0],
    ])
    expect(tileWidthAt(1, 0, 256)).toBe(1)
  })

  it('are found by their path, in one spelling only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.nat(), fc.integer({ min: 1, max: 256 }), (level, index, width) => {
        expect(parseTilePath(tilePath(level, index, width))).toEqual({ level, index, width })
      }),
    )
    expect(parseTilePath('tile/entries/x001/234.p/9')).toEqual({ level: 'entries', index: 1234, width: 9 })
    for (const path of [
      'tile/0/1',
      'tile/00/001',
      'tile/0/x000/001',
      'tile/0/001.p/0',
      'tile/0/001.p/256',
      'tile/0/001.p/01',
      '/tile/0/001',
      'tile/0/../001',
    ])
      expect(parseTilePath(path)).toBeUndefined()
  })

  it('grown in any portions hold what the definition demands, and yield every hash of a proof', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 }), (portions) => {
        const tiles = new Map<string, Tile>()
        let size = 0
        for (const portion of portions) {
          const fresh = leaves.slice(size, Math.min(size + portion, 700))
          size += fresh.length
          const edge = [0, 1, 2].flatMap((level) => {
            const ofLevel = [...tiles.values()].filter((tile) => tile.level === level)
            return ofLevel.length > 0 ? [ofLevel.reduce((a, b) => (a.index > b.index ? a : b))] : []
          })
          for (const tile of appendToTiles(edge, fresh)) tiles.set(`${tile.level}/${tile.index}`, tile)
        }
        for (const { level, index, bytes } of tiles.values()) {
          const width = tileWidthAt(level, index, size)
          const expected = Array.from({ length: width }, (_, i) => {
            const span = TILE_WIDTH ** level
            const start = (index * TILE_WIDTH + i) * span
            return mth(leaves.slice(start, start + span))
          })
          expect(bytes.equals(Buffer.concat(expected))).toBe(true)
        }
        const root = foldNodes(
          nodesOf({ start: 0, end: size }).map((node) => {
            const { tile } = tileOf(node)
            return nodeFromTile(node, tiles.get(`${tile.level}/${tile.index}`)!.bytes)!
          }),
        )
        expect(root).toEqual(mth(leaves.slice(0, size)))
      }),
      { numRuns: 20 },
    )
  })
})
