import { parseArgs } from 'node:util'
import { type ScratchCounty, withScratchCounty } from '#apps/server/scratch-county.ts'
import testWords from '#modules/services/loop/data/paraphrase/test.json' with { type: 'json' }
import { readAnswered, readAppeals, readLabelled } from '#modules/services/loop/recognition/messages.ts'
import { paraphrase, type Strength, seededRandom } from '#modules/services/loop/recognition/paraphrase.ts'
import type { Actor } from '#platform/access/actor.ts'
import type { Context } from '#platform/command/context.ts'
import type { CaseState } from '#platform/process/case.store.ts'
import { casesById } from '#platform/process/case-list.ts'
import { BLOCK_BITS, indexCase } from '#platform/search/case-index.ts'
import { indexWords } from '#platform/search/tokens.ts'
import { findSimilarCases } from '#platform/similar/similar-cases.ts'

/**
 * What looking for duplicates and similar past cases costs among many cases, as the route does it: candidates, scores,
 * reasons, and the rows as the asker may see them. Cases are two to five clauses of real messages in the county's villages,
 * three years of them, the newest still open; asked are paraphrases of stored cases and sentences that no case holds.
 *
 *   npm run -s bench -- duplicates --cases 1000000
 */
const DAY = 86_400_000
const NOW = new Date('2026-11-02T02:00:00Z')
const YEARS = 3
const OPEN_DAYS = 20
const STRENGTHS: readonly Strength[] = ['light', 'medium', 'short']
const BATCH = 5000

interface Asked {
  title: string
  text: string
  village: string | null
  place: { lon: number; lat: number } | null
  wanted: number | null
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { cases: { type: 'string', default: '100000' }, queries: { type: 'string', default: '300' } },
  })
  const cases = Number(values.cases)
  await withScratchCounty(async (county) => {
    const texts = await sentences()
    const villages = await villagesOf(county)
    const began = performance.now()
    await fill(county, cases, texts, villages)
    await county.analyze()
    const seedSeconds = Math.round((performance.now() - began) / 1000)
    const { rows } = await county.owner.query<{ index: string; table: string; all: string }>(
      `select pg_relation_size('search_document_tokens')::text as index, pg_total_relation_size('search_document')::text as table,
              pg_database_size(current_database())::text as all`,
    )
    const asked = await questions(county, Number(values.queries), cases, texts)
    const town = villages[0]!.code.slice(0, 9)
    const actors: Record<string, Actor> = {
      county: official([{ permission: 'process.case.view', division: '320506', line: null }], []),
      town: official([{ permission: 'process.case.view', division: town, line: null }], [1]),
      department: official([], [2]),
    }
    const result: Record<string, unknown> = {}
    for (const [name, actor] of Object.entries(actors)) {
      // Caches and plans.
      for (const one of asked.slice(0, 40)) await ask(county, actor, one)
      const times: number[] = []
      const recall = { withPlace: { of: 0, found: 0 }, withoutPlace: { of: 0, found: 0 } }
      let shown = 0
      for (const one of asked) {
        const start = performance.now()
        const answer = await ask(county, actor, one)
        times.push(performance.now() - start)
        shown += answer.length
        if (one.wanted !== null) {
          const kind = recall[one.village ? 'withPlace' : 'withoutPlace']
          kind.of++
          if (answer.includes(one.wanted)) kind.found++
        }
      }
      times.sort((a, b) => a - b)
      const at = (share: number) =>
        Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))]! * 10) / 10
      result[name] = {
        meanMs: Math.round((times.reduce((sum, ms) => sum + ms, 0) / times.length) * 10) / 10,
        p50Ms: at(0.5),
        p95Ms: at(0.95),
        p99Ms: at(0.99),
        maxMs: at(1),
        shownPerQuery: Math.round((shown / asked.length) * 100) / 100,
        // Others see only part of the cases.
        ...(name === 'county'
          ? {
              shownRecallAt3: Object.fromEntries(
                Object.entries(recall).map(([kind, { of, found }]) => [kind, Math.round((found / of) * 1000) / 1000]),
              ),
            }
          : {}),
      }
    }
    console.log(
      JSON.stringify({
        bench: 'duplicates',
        cases,
        queries: asked.length,
        seedSeconds,
        indexMb: Math.round(Number(rows[0]!.index) / 2 ** 20),
        searchDocumentMb: Math.round(Number(rows[0]!.table) / 2 ** 20),
        databaseMb: Math.round(Number(rows[0]!.all) / 2 ** 20),
        ...result,
      }),
    )
  })
}

function official(grants: { permission: string; division: string; line: string | null }[], unitIds: number[]): Actor {
  return { kind: 'staff', accountId: 1, name: '测量', sessionId: '', posts: [], unitIds, grants }
}

/** Clauses of all real messages, by message. */
async function sentences(): Promise<string[][]> {
  const found: string[][] = []
  for (const read of [readLabelled, readAnswered, readAppeals])
    for await (const { title, detail } of read()) {
      const clauses = `${title}，${detail}`.split(/[，。！？；;,!?\s]+/).filter((clause) => clause.length > 3)
      if (clauses.length > 2) found.push(clauses.slice(0, 60))
    }
  return found
}

async function villagesOf(county: ScratchCounty): Promise<{ code: string; name: string; lon: number; lat: number }[]> {
  const { rows } = await county.owner.query<{ code: string; name: string; center: { x: number; y: number } | null }>(
    'select code, short_name as name, center from area_division where level = 12 order by code',
  )
  return rows.map(({ code, name, center }) => ({ code, name, lon: center?.x ?? 120.6, lat: center?.y ?? 31.2 }))
}

interface MadeCase {
  nr: number
  title: string
  text: string
  placeText: string
  village: string
  lon: number
  lat: number
  openedAt: Date
  closedAt: Date | null
}

/** Case `nr` of `all`: always the same. */
function make(
  nr: number,
  all: number,
  texts: readonly string[][],
  villages: Awaited<ReturnType<typeof villagesOf>>,
): MadeCase {
  const random = seededRandom(nr * 2_654_435_761)
  const message = texts[Math.floor(random() * texts.length)]!
  const start = Math.floor(random() * (message.length - 1))
  const village = villages[Math.floor(random() ** 1.5 * villages.length)]!
  const text = message
    .slice(start, start + 1 + Math.floor(random() * 4))
    .join('，')
    .slice(0, 100)
  const openedAt = new Date(NOW.getTime() - (1 - nr / all) * YEARS * 365 * DAY)
  const open = NOW.getTime() - openedAt.getTime() < OPEN_DAYS * DAY
  return {
    nr,
    title: text.slice(0, 24),
    text,
    placeText: `${village.name}${1 + Math.floor(random() * 60)}幢`,
    village: village.code,
    lon: village.lon + (random() - 0.5) / 50,
    lat: village.lat + (random() - 0.5) / 50,
    openedAt,
    closedAt: open ? null : new Date(openedAt.getTime() + 5 * DAY),
  }
}

let kept: Awaited<ReturnType<typeof villagesOf>> = []

async function fill(
  county: ScratchCounty,
  cases: number,
  texts: readonly string[][],
  villages: Awaited<ReturnType<typeof villagesOf>>,
): Promise<void> {
  kept = villages
  const { owner } = county
  await owner.query('set synchronous_commit = off')
  await owner.query("set maintenance_work_mem = '512MB'")
  await owner.query('drop index search_document_tokens')
  for (let from = 1; from <= cases; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, cases - from + 1) }, (_, i) => {
      const one = make(from + i, cases, texts, villages)
      return {
        ...one,
        tokens: [
          ...new Set([
            ...indexWords(`${one.title}\n${one.placeText}\n${one.text}`),
            `pc-b-20260101-${one.nr}`,
            String(one.nr),
            `@v${one.village}`,
            `@t${one.village.slice(0, 9)}`,
            `@b${Math.floor(one.nr / 2 ** BLOCK_BITS)}`,
          ]),
        ],
      }
    })
    const json = JSON.stringify(batch)
    await owner.query(
      `insert into process_case (id, number, definition_id, definition_key, state, phase, title, source, town_code,
          village_code, place_text, place, opened_at, closed_at, last_hop_at)
       overriding system value
       select m.nr, 'PC-B-20260101-' || m.nr, d.id, 'report', 'reported', 'intake', m.title, 'hotline', left(m.village, 9),
          m.village, m."placeText", point(m.lon, m.lat), m."openedAt", m."closedAt", m."openedAt"
         from json_to_recordset($1::json) as m (nr bigint, title text, "placeText" text, village text, lon float8, lat float8,
          "openedAt" timestamptz, "closedAt" timestamptz)
         join (select id from process_definition where key = 'report' order by version desc limit 1) d on true`,
      [json],
    )
    await owner.query(
      `insert into search_document (case_id, tokens)
       select m.nr, array_to_tsvector(array(select jsonb_array_elements_text(m.tokens)))
         from json_to_recordset($1::json) as m (nr bigint, tokens jsonb)`,
      [json],
    )
    if (process.stderr.isTTY) process.stderr.write(`\r${from + batch.length - 1} / ${cases}`)
  }
  // A town's desk and a department took part in a case in thirty.
  await owner.query(
    `insert into process_party (case_id, unit_id, role, since, town_code, village_code)
     select id, 1 + id % 2, 'handle', opened_at, town_code, village_code from process_case where id % 15 = 0`,
  )
  await owner.query(
    'create index search_document_tokens on search_document using gin (tokens) with (fastupdate = on, gin_pending_list_limit = 512)',
  )
  await owner.query(`select setval(pg_get_serial_sequence('process_case', 'id'), $1)`, [cases + 1])
  await sameAsWritten(county, cases, texts)
}

/** A row made here is the row that opening a case writes, or the figures mean nothing. */
async function sameAsWritten(county: ScratchCounty, cases: number, texts: readonly string[][]): Promise<void> {
  const one = make(1, cases, texts, kept)
  const read = `select tokens::text as tokens from search_document where case_id = 1`
  const { rows: made } = await county.owner.query<{ tokens: string }>(read)
  await county.asSystem(({ tx }) =>
    indexCase(
      tx,
      {
        id: 1,
        number: 'PC-B-20260101-1',
        title: one.title,
        placeText: one.placeText,
        townCode: one.village.slice(0, 9),
        villageCode: one.village,
        gridCode: null,
        lineCode: null,
      } as CaseState,
      one.text,
      [],
    ),
  )
  const { rows: written } = await county.owner.query<{ tokens: string }>(read)
  if (made[0]!.tokens !== written[0]!.tokens) throw new Error('bulk rows differ from the ones that commands write')
}

/** Paraphrases of open cases with and without a place, of old ones, and sentences that no case holds. */
async function questions(
  _county: ScratchCounty,
  amount: number,
  cases: number,
  texts: readonly string[][],
): Promise<Asked[]> {
  const random = seededRandom(99)
  const openFrom = Math.floor(cases * (1 - OPEN_DAYS / (YEARS * 365))) + 1
  return Array.from({ length: amount }, (_, i) => {
    const kind = i % 4
    const nr = kind === 2 ? 1 + Math.floor(random() * openFrom) : openFrom + Math.floor(random() * (cases - openFrom))
    const one = make(nr, cases, texts, kept)
    if (kind === 3) {
      const [a, b] = [texts[Math.floor(random() * texts.length)]!, texts[Math.floor(random() * texts.length)]!]
      const text = [...a.slice(0, 4), ...b.slice(2, 6)].join('，')
      return {
        title: text.slice(0, 24),
        text,
        village: one.village,
        place: { lon: one.lon, lat: one.lat },
        wanted: null,
      }
    }
    const said = paraphrase({ title: '', text: one.text }, testWords, STRENGTHS[i % STRENGTHS.length]!, i)
    const text = `${one.placeText}，${said.text}`
    const placed = kind === 0
    return {
      title: said.title,
      text,
      village: placed ? one.village : null,
      place: placed && i % 8 === 0 ? { lon: one.lon + 0.0003, lat: one.lat } : null,
      wanted: kind === 2 ? null : nr,
    }
  })
}

async function ask(county: ScratchCounty, actor: Actor, one: Asked): Promise<number[]> {
  const { services } = county.house
  const here = await county.house.countyBySlug('scratch')
  return services.pool.inCounty(
    here.county,
    async (tx) => {
      const context = { tx, actor, now: NOW, services, here } as Context
      const { duplicates, past } = await findSimilarCases(context, {
        title: one.title,
        text: one.text,
        placeText: null,
        place: one.place,
        villageCode: one.village,
        townCode: one.village?.slice(0, 9) ?? null,
        classCode: null,
        at: NOW,
        closedAt: null,
        caseId: null,
        definitionKeys: ['report'],
      })
      await casesById(
        context,
        [...duplicates, ...past].map(({ caseId }) => caseId),
      )
      return duplicates.map(({ caseId }) => caseId)
    },
    'read',
  )
}
