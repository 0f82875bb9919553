import { eachFeature, FEATURE_KINDS, type PreparedText } from './text-features.ts'

/** One text as a sparse vector: feature ids and weights. */
export interface SparseVector {
  ids: Int32Array
  values: Float32Array
}

/**
 * The features that are known, each with its weight by rarity. An open-addressed table of typed arrays: a text has about two
 * thousand features, and looking them up in a `Map` of strings would cost more than all the rest.
 */
export class Vocabulary {
  readonly keys: Uint32Array
  readonly kinds: Uint8Array
  /** Inverse document frequency of each feature. */
  readonly idf: Float32Array
  readonly #slots: Int32Array
  readonly #mask: number
  readonly #counts: Float32Array

  constructor(keys: Uint32Array, kinds: Uint8Array, idf: Float32Array) {
    this.keys = keys
    this.kinds = kinds
    this.idf = idf
    const size = tableSize(keys.length)
    this.#mask = size - 1
    this.#slots = new Int32Array(size).fill(-1)
    for (let id = 0; id < keys.length; id++) {
      let slot = keys[id]! & this.#mask
      while (this.#slots[slot] !== -1) slot = (slot + 1) & this.#mask
      this.#slots[slot] = id
    }
    this.#counts = new Float32Array(keys.length)
  }

  get size(): number {
    return this.keys.length
  }

  /** The id of a feature, −1 where it is not known. */
  find(key: number): number {
    let slot = key & this.#mask
    for (;;) {
      const id = this.#slots[slot]!
      if (id === -1 || this.keys[id] === key) return id
      slot = (slot + 1) & this.#mask
    }
  }

  /** Weights (1 + log count) · idf, each kind scaled to its share of a vector of length one. */
  vector(prepared: PreparedText): SparseVector {
    const counts = this.#counts
    const found: number[] = []
    eachFeature(prepared, (_kind, key) => {
      const id = this.find(key)
      if (id < 0) return
      if (counts[id] === 0) found.push(id)
      counts[id]! += 1
    })
    const squares = new Float64Array(FEATURE_KINDS.length)
    const values = new Float32Array(found.length)
    for (let i = 0; i < found.length; i++) {
      const id = found[i]!
      const weight = (1 + Math.log(counts[id]!)) * this.idf[id]!
      counts[id] = 0
      values[i] = weight
      squares[this.kinds[id]!]! += weight * weight
    }
    const scales = FEATURE_KINDS.map(({ share }, kind) => Math.sqrt(share / SHARES / (squares[kind]! || 1)))
    for (let i = 0; i < found.length; i++) values[i]! *= scales[this.kinds[found[i]!]!]!
    return { ids: Int32Array.from(found), values }
  }

  /** The same features, only those whose id passes. */
  subset(keep: Int32Array): Vocabulary {
    return new Vocabulary(
      Uint32Array.from(keep, (id) => this.keys[id]!),
      Uint8Array.from(keep, (id) => this.kinds[id]!),
      Float32Array.from(keep, (id) => this.idf[id]!),
    )
  }
}

const SHARES = FEATURE_KINDS.reduce((sum, { share }) => sum + share, 0)

/**
 * Reads texts and keeps the features that occur in at least `least` of them, most frequent first (so that the frequent ones
 * lie together in memory).
 */
export class VocabularyBuilder {
  #keys = new Uint32Array(1 << 16)
  #documents = new Int32Array(1 << 16)
  #last = new Int32Array(1 << 16)
  #kinds = new Uint8Array(1 << 16)
  #used = 0
  #texts = 0

  add(prepared: PreparedText): void {
    this.#texts++
    eachFeature(prepared, (kind, key) => {
      const slot = this.#slotOf(key)
      if (this.#documents[slot] === 0) {
        this.#keys[slot] = key
        this.#kinds[slot] = kind
        this.#used++
        this.#documents[slot] = 1
        this.#last[slot] = this.#texts
        if (this.#used * 2 > this.#keys.length) this.#grow()
      } else if (this.#last[slot] !== this.#texts) {
        this.#documents[slot]!++
        this.#last[slot] = this.#texts
      }
    })
  }

  build(least: number): Vocabulary {
    const kept: number[] = []
    for (let slot = 0; slot < this.#keys.length; slot++) if (this.#documents[slot]! >= least) kept.push(slot)
    kept.sort((a, b) => this.#documents[b]! - this.#documents[a]! || this.#keys[a]! - this.#keys[b]!)
    return new Vocabulary(
      Uint32Array.from(kept, (slot) => this.#keys[slot]!),
      Uint8Array.from(kept, (slot) => this.#kinds[slot]!),
      Float32Array.from(kept, (slot) => Math.log((this.#texts + 1) / (this.#documents[slot]! + 1)) + 1),
    )
  }

  #slotOf(key: number): number {
    const mask = this.#keys.length - 1
    let slot = key & mask
    while (this.#documents[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const keys = this.#keys
    const documents = this.#documents
    const last = this.#last
    const kinds = this.#kinds
    const size = keys.length * 2
    this.#keys = new Uint32Array(size)
    this.#documents = new Int32Array(size)
    this.#last = new Int32Array(size)
    this.#kinds = new Uint8Array(size)
    for (let from = 0; from < keys.length; from++) {
      if (documents[from] === 0) continue
      const to = this.#slotOf(keys[from]!)
      this.#keys[to] = keys[from]!
      this.#documents[to] = documents[from]!
      this.#last[to] = last[from]!
      this.#kinds[to] = kinds[from]!
    }
  }
}

function tableSize(entries: number): number {
  let size = 16
  while (size < entries * 2) size *= 2
  return size
}
