import { type Amounts, dueButOpen, isPart, type Part } from './parts.ts'

/** A part that is added, or with a leading minus taken away: `handle_due`, `-handle_met`. */
export type Term = string

export interface Measure {
  key: string
  /** Heading it stands under. */
  section: 'report' | 'dispatch' | 'handle' | 'close' | 'hotline'
  name: { 'zh-CN': string; en: string }
  /** The formula in words. */
  words: { 'zh-CN': string; en: string }
  numerator: readonly Term[]
  /** Empty for a plain count. */
  denominator: readonly Term[]
  unit: 'count' | 'percent' | 'hours'
  /** Whether more or less of it is the better outcome; null where it says nothing. */
  better: 'more' | 'less' | null
  source: string
  /** K: experience, to be verified (待核实). */
  mark: 'S' | 'K' | 'D'
}

export function parseTerm(term: Term): { part: Part; sign: 1 | -1 } {
  const part = term.replace(/^-/, '')
  if (!isPart(part)) throw new Error(`${part} is not counted`)
  return { part, sign: term.startsWith('-') ? -1 : 1 }
}

/** Amounts of days that are over, and of today and later. */
export interface Counted {
  past: Amounts
  coming: Amounts
}

export function sumOf(terms: readonly Term[], { past, coming }: Counted): number {
  return terms.reduce((sum, term) => {
    const { part, sign } = parseTerm(term)
    return sum + sign * ((past[part] ?? 0) + (coming[dueButOpen(part)] ?? 0))
  }, 0)
}

export interface Figure {
  numerator: number
  /** Null for a plain count. */
  denominator: number | null
  /** The count; the share from 0 to 1; hours. Null where there is nothing to divide by. */
  value: number | null
}

export function figureOf(measure: Pick<Measure, 'numerator' | 'denominator' | 'unit'>, counted: Counted): Figure {
  const numerator = sumOf(measure.numerator, counted)
  if (measure.denominator.length === 0) return { numerator, denominator: null, value: numerator }
  const denominator = sumOf(measure.denominator, counted)
  if (denominator === 0) return { numerator, denominator, value: null }
  return { numerator, denominator, value: numerator / denominator / (measure.unit === 'hours' ? 60 : 1) }
}

/** Parts that a measure is made of. */
export function partsOf(measure: Pick<Measure, 'numerator' | 'denominator'>): Part[] {
  return [...measure.numerator, ...measure.denominator].map((term) => parseTerm(term).part)
}
