import { randomNumbers } from './linear-machine.ts'
import { normaliseText } from './tokenize.ts'

/** How well labels were predicted: F1 per class, their plain mean (macro), share right. */
export interface Evaluation {
  macroF1: number
  accuracy: number
  perClass: Record<string, { precision: number; recall: number; f1: number; count: number }>
}

export function evaluateLabels(truth: readonly string[], predicted: readonly string[]): Evaluation {
  if (truth.length === 0 || truth.length !== predicted.length)
    throw new Error('nothing to evaluate, or lists of unequal length')
  const labels = [...new Set(truth)].sort()
  const perClass: Evaluation['perClass'] = {}
  let sum = 0
  for (const label of labels) {
    let both = 0
    let said = 0
    let is = 0
    for (let i = 0; i < truth.length; i++) {
      if (truth[i] === label) is++
      if (predicted[i] === label) said++
      if (truth[i] === label && predicted[i] === label) both++
    }
    const f1 = (2 * both) / (said + is)
    perClass[label] = { precision: said ? round(both / said) : 0, recall: round(both / is), f1: round(f1), count: is }
    sum += f1
  }
  const right = truth.filter((label, i) => predicted[i] === label).length
  return { macroF1: round(sum / labels.length), accuracy: round(right / truth.length), perClass }
}

export function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}

/**
 * Divides examples into folds of equal class shares. Members of one group stay together: a near copy of a test message in the
 * training part would flatter the figure.
 * @returns the fold of each example
 */
export function stratifiedFolds(
  labels: readonly string[],
  folds: number,
  seed: number,
  groups: readonly number[] = labels.map((_, index) => index),
): Int32Array {
  const random = randomNumbers(seed)
  const heads = new Map<string, number[]>()
  const seen = new Set<number>()
  groups.forEach((group, index) => {
    if (seen.has(group)) return
    seen.add(group)
    const label = labels[index]!
    const list = heads.get(label)
    if (list) list.push(group)
    else heads.set(label, [group])
  })
  const foldOf = new Map<number, number>()
  let offset = 0
  for (const list of heads.values()) {
    for (let i = list.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1))
      const held = list[i]!
      list[i] = list[j]!
      list[j] = held
    }
    list.forEach((group, at) => {
      foldOf.set(group, (at + offset) % folds)
    })
    offset += list.length
  }
  return Int32Array.from(groups, (group) => foldOf.get(group)!)
}

const SHINGLE = 5
const PERMUTATIONS = 32

/**
 * Groups texts that are nearly the same: Jaccard similarity of their five-character shingles above `least`, or the shorter
 * one mostly inside the longer one. Candidates by MinHash, then checked exactly; similar-of-similar joins a group.
 * @returns for each text the number of its group (the index of one of its members)
 */
export function nearDuplicateGroups(texts: readonly string[], least = 0.4): number[] {
  const shingles = texts.map(shinglesOf)
  const parent = texts.map((_, index) => index)
  const find = (index: number): number => {
    let root = index
    while (parent[root] !== root) root = parent[root]!
    while (parent[index] !== root) {
      const next = parent[index]!
      parent[index] = root
      index = next
    }
    return root
  }
  const buckets = new Map<string, number[]>()
  shingles.forEach((set, index) => {
    if (set.size === 0) return
    const smallest = new Uint32Array(PERMUTATIONS).fill(0xffffffff)
    for (const shingle of set)
      for (let k = 0; k < PERMUTATIONS; k++) {
        const value = Math.imul(Math.imul(shingle ^ (k * 0x9e3779b1), 0x85ebca6b) ^ (shingle >>> 15), 0xc2b2ae35) >>> 0
        if (value < smallest[k]!) smallest[k] = value
      }
    smallest.forEach((value, k) => {
      const bucket = buckets.get(`${k}:${value}`)
      if (bucket) bucket.push(index)
      else buckets.set(`${k}:${value}`, [index])
    })
  })
  for (const bucket of buckets.values())
    for (let i = 1; i < bucket.length; i++)
      for (let j = Math.max(0, i - 50); j < i; j++) {
        const [a, b] = [bucket[i]!, bucket[j]!]
        if (find(a) !== find(b) && alike(shingles[a]!, shingles[b]!, least)) parent[find(a)] = find(b)
      }
  return texts.map((_, index) => find(index))
}

function shinglesOf(text: string): Set<number> {
  const letters = normaliseText(text).replace(/[^\p{L}\p{N}]/gu, '')
  const found = new Set<number>()
  for (let from = 0; from + SHINGLE <= letters.length; from++) {
    let hash = 0x811c9dc5
    for (let at = from; at < from + SHINGLE; at++) hash = Math.imul(hash ^ letters.charCodeAt(at), 0x01000193)
    found.add((hash ^ (hash >>> 15)) >>> 0)
  }
  return found
}

function alike(a: Set<number>, b: Set<number>, least: number): boolean {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  let shared = 0
  for (const shingle of small) if (large.has(shingle)) shared++
  return shared / (a.size + b.size - shared) > least || shared / small.size > 0.7
}
