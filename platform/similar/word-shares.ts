import type { Context } from '#platform/command/context.ts'
import type { Services } from '#platform/command/services.ts'
import { sql } from '#platform/db/db.ts'
import common from './data/common-words.json' with { type: 'json' }

/** A word that neither list holds is taken to stand in one of two thousand texts: rarer ones weigh no more. */
export const RARE_SHARE = 0.0005

/** Statistics of the database change slowly; they are read again after so long. */
const TTL_MS = 10 * 60_000

/** Letters of residents anywhere (data/common-words.json): how many of a thousand hold the word. */
const everywhere = new Map<string, number>(
  Object.entries(common.thousandths).flatMap(([thousandths, words]) =>
    words.split(' ').map((word) => [word, Number(thousandths) / 1000] as const),
  ),
)

/** Share of the cases of a county that hold an entry of the search index, 0 to 1. */
export interface WordShares {
  of(word: string): number
}

/** Without anything counted in a county: what is known of letters anywhere. */
export function wordShares(counted: ReadonlyMap<string, number> = new Map()): WordShares {
  return { of: (word) => Math.max(everywhere.get(word) ?? RARE_SHARE, counted.get(word) ?? 0) }
}

/** What a word says: the rarer, the more (nats). */
export function wordWeight(share: number): number {
  return -Math.log(share)
}

const kept = new WeakMap<Services, Map<string, { shares: WordShares; at: number }>>()

/**
 * Shares of the county's own frequent words (its towns, its estates, its set phrases) as the database's statistics have them,
 * together with those of letters anywhere. PostgreSQL keeps the thousand most frequent entries by itself, so nothing has to
 * be counted or renewed here.
 */
export async function wordSharesOf(context: Context): Promise<WordShares> {
  const { services, here, now, tx } = context
  const counties = kept.get(services) ?? new Map<string, { shares: WordShares; at: number }>()
  kept.set(services, counties)
  const known = counties.get(here.county.slug)
  if (known && Math.abs(now.getTime() - known.at) < TTL_MS) return known.shares
  const { rows } = await sql<{ words: string[]; shares: number[] }>`
    select most_common_elems::text::text[] as words, most_common_elem_freqs::float8[] as shares from pg_catalog.pg_stats
     where schemaname = current_schema() and tablename = 'search_document' and attname = 'tokens'
       and most_common_elems is not null`.execute(tx)
  const counted = new Map(rows[0]?.words.map((word, i) => [word, rows[0]!.shares[i]!]))
  const shares = wordShares(counted)
  counties.set(here.county.slug, { shares, at: now.getTime() })
  return shares
}
