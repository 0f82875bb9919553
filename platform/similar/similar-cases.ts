import type { Context } from '#platform/command/context.ts'
import type { WhyPart } from '#platform/process/effect.ts'
import { indexWords } from '#platform/search/tokens.ts'
import { type FoundCase, findCandidates } from './candidates.ts'
import { commonWords } from './common-words.ts'
import {
  askedWords,
  likeness,
  matterLogit,
  metresBetween,
  type Nearness,
  probability,
  type TextFeatures,
  textFeatures,
  textLogit,
} from './score.ts'
import { type WordShares, wordSharesOf } from './word-shares.ts'

/** What is held against the county's cases: a report on its way in, or a case. No personal data: numbers are masked before. */
export interface Compared {
  title: string
  text: string
  placeText: string | null
  place: { lon: number; lat: number } | null
  villageCode: string | null
  townCode: string | null
  classCode: string | null
  /** When it was reported. */
  at: Date
  /** When it was closed; null for what is open or on its way in. */
  closedAt: Date | null
  /** The case itself, which is not its own duplicate. */
  caseId: number | null
  definitionKeys: readonly string[]
}

export interface SimilarCase {
  caseId: number
  /** Of duplicates: how likely it is the same matter, 0 to 1; of past cases: how alike the texts are, 0 to 1. */
  score: number
  metres: number | null
  /** Days between the reports. */
  days: number
  why: WhyPart[]
}

export interface SimilarCases {
  /** Likely the same matter: open, or closed a short while ago. Best first; empty is an answer. */
  duplicates: SimilarCase[]
  /** Closed cases whose texts are alike. */
  past: SimilarCase[]
}

/** From this score a candidate is shown (chosen on the tuning paraphrases, docs/adr/0013-duplicates.md). */
export const SHOWN_FROM = 0.15
/** Past cases are shown from this likeness on; less will do for one of the same class. */
const ALIKE_FROM = { anyClass: 0.2, sameClass: 0.1 }
/** A case closed within so many days may be what is reported again. */
const REPEATED_DAYS = 30
/** A precedent of the same class is preferred to one that is this much more alike. */
const SAME_CLASS_BONUS = 0.15
const DUPLICATES = 3
const PAST = 3
const DAY = 86_400_000

/** The cases that a person should look at before going on: at most three likely duplicates and three similar past ones. */
export async function findSimilarCases(context: Context, compared: Compared): Promise<SimilarCases> {
  const shares = await wordSharesOf(context)
  const { scored, words } = await scoreCandidates(context, compared, shares)
  const show = ({ found, score, features, nearness }: ScoredCase): SimilarCase => ({
    caseId: found.id,
    score: Math.round((found.live ? score : likeness(features)) * 100) / 100,
    metres: nearness.metres === null ? null : Math.round(nearness.metres),
    days: Math.floor(nearness.days),
    why: why(compared, words, shares, found, features, nearness),
  })
  const duplicates = scored.filter(({ found, score }) => found.live && score >= SHOWN_FROM).slice(0, DUPLICATES)
  const past = scored
    .filter(({ found }) => !found.live)
    .map((each) => ({ each, like: likeness(each.features) + (each.nearness.sameClass ? SAME_CLASS_BONUS : 0) }))
    .filter(
      ({ each: { features, nearness } }) =>
        likeness(features) >= (nearness.sameClass ? ALIKE_FROM.sameClass : ALIKE_FROM.anyClass),
    )
    .sort((a, b) => b.like - a.like)
    .slice(0, PAST)
  return { duplicates: duplicates.map(show), past: past.map(({ each }) => show(each)) }
}

export interface ScoredCase {
  found: FoundCase
  features: TextFeatures
  nearness: Nearness
  score: number
}

/** Every candidate with its score, best first. */
export async function scoreCandidates(
  context: Context,
  compared: Compared,
  shares: WordShares,
): Promise<{ scored: ScoredCase[]; words: string[] }> {
  const words = indexWords(`${compared.title}\n${compared.placeText ?? ''}\n${compared.text}`)
  const asked = askedWords(words, shares)
  const found = await findCandidates(
    context,
    {
      words,
      place: compared.place,
      villageCode: compared.villageCode,
      townCode: compared.townCode,
      definitionKeys: compared.definitionKeys,
      exceptId: compared.caseId,
      liveSince: new Date(compared.at.getTime() - REPEATED_DAYS * DAY),
      liveUntil: new Date((compared.closedAt ?? context.now).getTime() + REPEATED_DAYS * DAY),
    },
    shares,
  )
  const scored = found
    .map((candidate) => {
      const features = textFeatures(asked, candidate)
      const nearness = nearnessOf(compared, candidate)
      return { found: candidate, features, nearness, score: probability(matterLogit(features, nearness)) }
    })
    .sort((a, b) => b.score - a.score || textLogit(b.features) - textLogit(a.features) || b.found.id - a.found.id)
  return { scored, words }
}

function nearnessOf(compared: Compared, found: FoundCase): Nearness {
  const both = <T>(a: T | null, b: T | null): boolean => a !== null && b !== null
  return {
    metres: compared.place && found.place ? metresBetween(compared.place, found.place) : null,
    division: both(compared.villageCode, found.villageCode)
      ? compared.villageCode === found.villageCode
        ? 'same-village'
        : compared.townCode === found.townCode
          ? 'other-village'
          : 'other-town'
      : both(compared.townCode, found.townCode) && compared.townCode !== found.townCode
        ? 'other-town'
        : 'unknown',
    days: Math.abs(compared.at.getTime() - found.openedAt.getTime()) / DAY,
    sameClass: both(compared.classCode, found.classCode) ? compared.classCode === found.classCode : null,
  }
}

/** From these shares of both texts on they are called the same words; the title may be another. */
const SAME_WORDS = 0.9

function why(
  compared: Compared,
  words: readonly string[],
  shares: WordShares,
  found: FoundCase,
  features: TextFeatures,
  nearness: Nearness,
): WhyPart[] {
  const same = features.ofAsked >= SAME_WORDS && features.ofFound >= SAME_WORDS
  const common = commonWords(`${compared.title}\n${compared.text}`, new Set(found.shared), shares)
  const days = Math.floor(nearness.days)
  return [
    ...(same
      ? [{ key: 'similar.why.same_text', params: {} }]
      : common.length > 0
        ? [{ key: 'similar.why.words', params: { words: common.join('、') } }]
        : [{ key: 'similar.why.few_words', params: { count: found.shared.length, of: words.length } }]),
    ...(nearness.metres !== null
      ? [{ key: 'similar.why.metres', params: { metres: roundMetres(nearness.metres) } }]
      : nearness.division === 'unknown'
        ? []
        : [{ key: `similar.why.${nearness.division.replace('-', '_')}`, params: {} }]),
    days === 0 ? { key: 'similar.why.same_day', params: {} } : { key: 'similar.why.days', params: { days } },
    ...(features.otherNumber ? [{ key: 'similar.why.other_number', params: { marks: found.marks.join('、') } }] : []),
    ...(nearness.sameClass ? [{ key: 'similar.why.same_class', params: {} }] : []),
  ]
}

function roundMetres(metres: number): number {
  return metres < 100 ? Math.round(metres / 5) * 5 : Math.round(metres / 10) * 10
}
