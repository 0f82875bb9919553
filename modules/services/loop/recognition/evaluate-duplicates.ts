import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import type { CaseState } from '#platform/process/case.store.ts'
import { indexCase } from '#platform/search/case-index.ts'
import { type ScoredCase, SHOWN_FROM, scoreCandidates } from '#platform/similar/similar-cases.ts'
import { wordSharesOf } from '#platform/similar/word-shares.ts'
import { round } from '#platform/text/evaluation.ts'
import testWords from '../data/paraphrase/test.json' with { type: 'json' }
import tuningWords from '../data/paraphrase/tuning.json' with { type: 'json' }
import { type Appeal, collect, readAppeals } from './messages.ts'
import { paraphrase, type Strength, seededRandom } from './paraphrase.ts'

const STRENGTHS: readonly Strength[] = ['light', 'medium', 'heavy', 'short']
const SEEDS = { tuning: 20_260_101, test: 77_310_553 }
const DEFINITION = 'report'

export interface DuplicateQuery {
  kind: 'repeat' | Strength | 'none'
  title: string
  text: string
  at: Date
  /** The case whose words are asked for, left out where it stands for itself. */
  exceptId: number | null
  /** Cases that are the same matter; empty where none is known. */
  wanted: ReadonlySet<number>
}

export interface Recall {
  queries: number
  recallAt1: number
  recallAt3: number
  /** The first three, only those that would be shown. */
  shownRecallAt3: number
}

export interface DuplicateEvaluation {
  messages: number
  groupsOfRepeats: number
  threshold: number
  repeats: Recall
  paraphrases: Recall
  byStrength: Record<Strength, Recall>
  recallAt3: number
  recallAt1: number
  /** Share of messages without a known duplicate for which at least one candidate would be shown. */
  falseCandidateRate: number
  /** Candidates shown for such a message, on average. */
  falseCandidatesPerMessage: number
  /** Share of all shown candidates that are not the same matter by what is known, every second message having a duplicate. */
  falseShareOfShown: number
  queriesWithoutDuplicate: number
  msPerQuery: number
  msP95: number
}

/** Messages with the same text, white space and width aside: what the file itself says about repeats. */
export function repeatGroups(messages: readonly Pick<Appeal, 'detail'>[]): number[][] {
  const groups = Map.groupBy(messages.keys(), (i) => messages[i]!.detail.normalize('NFKC').replace(/\s+/g, ''))
  return [...groups.values()].filter((group) => group.length > 1)
}

/** Puts messages into an empty store as open reports; their case ids in order. */
export async function storeMessages(context: Context, messages: readonly Appeal[]): Promise<number[]> {
  const { tx, now } = context
  const rows = messages.map(({ title, time }, i) => ({ nr: i, title, at: (time ?? now).toISOString() }))
  const { rows: stored } = await sql<{ id: number; number: string }>`
    insert into process_case (number, definition_id, definition_key, state, phase, title, source, opened_at, last_hop_at)
    select 'PC-B-20260101-' || lpad(m.nr::text, 5, '0'), d.id, d.key, 'reported', 'intake', m.title, 'hotline', m.at, m.at
      from json_to_recordset(${JSON.stringify(rows)}::json) as m (nr int, title text, at timestamptz)
      join (select id, key from process_definition where key = ${DEFINITION} order by version desc limit 1) d on true
     order by m.nr returning id, number`.execute(tx)
  const ids: number[] = []
  for (const { id, number } of stored) ids[Number(number.split('-').at(-1))] = id
  for (const [i, { title, detail }] of messages.entries())
    await indexCase(tx, { ...EMPTY_SCOPE, id: ids[i]!, number: `PC-B-20260101-${i}`, title } as CaseState, detail, [])
  return ids
}

const EMPTY_SCOPE = { placeText: null, townCode: null, villageCode: null, gridCode: null, lineCode: null }

/**
 * What is asked: every member of a group of repeats (by its own words), paraphrases of single messages in four strengths,
 * and as many single messages by their own words, which then have no known duplicate.
 */
export function duplicateQueries(
  messages: readonly Appeal[],
  ids: readonly number[],
  part: 'tuning' | 'test',
  perKind: number,
): DuplicateQuery[] {
  const groups = repeatGroups(messages)
  const repeated = new Set(groups.flat())
  const random = seededRandom(SEEDS[part])
  // Tuning and test share no message: the one has the even, the other the odd ones.
  const single = [...messages.keys()]
    .filter((i) => !repeated.has(i) && i % 2 === (part === 'test' ? 1 : 0))
    .map((i) => ({ i, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ i }) => i)
  const words = part === 'test' ? testWords : tuningWords
  const at = (i: number) => messages[i]!.time ?? new Date(0)
  const queries: DuplicateQuery[] = []
  for (const group of groups)
    for (const i of group)
      queries.push({
        kind: 'repeat',
        title: messages[i]!.title,
        text: messages[i]!.detail,
        at: at(i),
        exceptId: ids[i]!,
        wanted: new Set(group.filter((other) => other !== i).map((other) => ids[other]!)),
      })
  for (const [nr, i] of single.slice(0, perKind * STRENGTHS.length).entries()) {
    const kind = STRENGTHS[nr % STRENGTHS.length]!
    const { title, detail } = messages[i]!
    const said = paraphrase({ title, text: detail }, words, kind, SEEDS[part] + i)
    // Reported again within ten days.
    const later = new Date(at(i).getTime() + random() * 10 * 86_400_000)
    queries.push({ kind, ...said, at: later, exceptId: null, wanted: new Set([ids[i]!]) })
  }
  for (const i of single.slice(perKind * STRENGTHS.length, perKind * STRENGTHS.length * 2))
    queries.push({
      kind: 'none',
      title: messages[i]!.title,
      text: messages[i]!.detail,
      at: at(i),
      exceptId: ids[i]!,
      wanted: new Set(),
    })
  return queries
}

export interface DuplicateAnswer {
  query: DuplicateQuery
  scored: ScoredCase[]
  ms: number
}

export async function askDuplicates(context: Context, queries: readonly DuplicateQuery[]): Promise<DuplicateAnswer[]> {
  const shares = await wordSharesOf(context)
  const answers: DuplicateAnswer[] = []
  for (const query of queries) {
    const began = performance.now()
    const { scored } = await scoreCandidates(
      context,
      {
        title: query.title,
        text: query.text,
        placeText: null,
        place: null,
        villageCode: null,
        townCode: null,
        classCode: null,
        at: query.at,
        closedAt: null,
        caseId: query.exceptId,
        definitionKeys: [DEFINITION],
      },
      shares,
    )
    answers.push({ query, scored, ms: performance.now() - began })
  }
  return answers
}

/** An empty county that is thrown away afterwards. */
export interface EmptyStore {
  asSystem<T>(work: (context: Context) => Promise<T>): Promise<T>
  analyze(): Promise<void>
}

/** Stores all messages as open reports, then asks; `part` says which paraphrases. */
export async function answerQueries(
  store: EmptyStore,
  messages: readonly Appeal[],
  part: 'tuning' | 'test',
): Promise<DuplicateAnswer[]> {
  const ids = await store.asSystem((context) => storeMessages(context, messages))
  await store.analyze()
  const queries = duplicateQueries(messages, ids, part, Math.min(300, Math.floor(messages.length / 18)))
  return store.asSystem((context) => askDuplicates(context, queries))
}

/** Messages of a file (columns as in `appeals.csv`), else the appeals that come with the product, in an empty store. */
export async function evaluateDuplicates(store: EmptyStore, file?: string): Promise<DuplicateEvaluation> {
  const messages = await collect(readAppeals(file))
  const answers = await answerQueries(store, messages, 'test')
  const of = (...kinds: DuplicateQuery['kind'][]) => answers.filter(({ query }) => kinds.includes(query.kind))
  const without = of('none')
  const shown = ({ scored }: DuplicateAnswer) => scored.slice(0, 3).filter(({ score }) => score >= SHOWN_FROM)
  const falseShown = without.reduce((sum, answer) => sum + shown(answer).length, 0)
  const paraphrased = of(...STRENGTHS)
  const wrongBesides = paraphrased.reduce(
    (sum, answer) => sum + shown(answer).filter(({ found }) => !answer.query.wanted.has(found.id)).length,
    0,
  )
  const right = paraphrased.reduce(
    (sum, answer) => sum + shown(answer).filter(({ found }) => answer.query.wanted.has(found.id)).length,
    0,
  )
  const all = recall(of('repeat', ...STRENGTHS))
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b)
  return {
    messages: messages.length,
    groupsOfRepeats: repeatGroups(messages).length,
    threshold: SHOWN_FROM,
    repeats: recall(of('repeat')),
    paraphrases: recall(paraphrased),
    byStrength: Object.fromEntries(STRENGTHS.map((strength) => [strength, recall(of(strength))])) as Record<
      Strength,
      Recall
    >,
    recallAt3: all.recallAt3,
    recallAt1: all.recallAt1,
    falseCandidateRate: round(without.filter((answer) => shown(answer).length > 0).length / without.length),
    falseCandidatesPerMessage: round(falseShown / without.length),
    falseShareOfShown: round((falseShown + wrongBesides) / (falseShown + wrongBesides + right)),
    queriesWithoutDuplicate: without.length,
    msPerQuery: round(times.reduce((sum, ms) => sum + ms, 0) / times.length),
    msP95: round(times[Math.floor(times.length * 0.95)]!),
  }
}

function recall(answers: readonly DuplicateAnswer[]): Recall {
  const share = (hit: (answer: DuplicateAnswer) => boolean) =>
    answers.length === 0 ? 0 : round(answers.filter(hit).length / answers.length)
  const among = (answer: DuplicateAnswer, most: number, from = 0) =>
    answer.scored.slice(0, most).some(({ found, score }) => score >= from && answer.query.wanted.has(found.id))
  return {
    queries: answers.length,
    recallAt1: share((answer) => among(answer, 1)),
    recallAt3: share((answer) => among(answer, 3)),
    shownRecallAt3: share((answer) => among(answer, 3, SHOWN_FROM)),
  }
}
