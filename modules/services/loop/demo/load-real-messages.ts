import { writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import { findCase } from '#platform/process/case.store.ts'
import { actOnLoaded, startCase } from '#platform/process/engine.ts'
import { maskNumbers, titleOf } from '../domain/report-text.ts'
import { readAnswered, readAppeals } from '../recognition/messages.ts'
import { PLACE_OUTSIDE, PLACE_UNKNOWN, placeOfMessage, sampleDivisions } from '../recognition/place-of-message.ts'
import { recogniseLine } from '../recognition/recognise-line.ts'
import { insertOriginal } from '../server/loop.store.ts'
import { openReport } from '../server/open-report.ts'

const DAY_MS = 86_400_000
/** Cases per transaction: large enough to be quick, small enough that a stop loses little. */
const BATCH = 25
/** Longer letters are cut for the case; the row is kept whole beside it. */
const TEXT_LIMIT = 2000

interface Message {
  file: string
  id: string
  at: Date
  original: unknown
  play(context: Context): Promise<number>
}

/**
 * The real, anonymised messages go into the sample county: the appeals through the real intake, the answered ones as
 * history under a definition of their own. All times are shifted by one and the same span, so that the newest appeal is
 * from yesterday; rows stay as they were found beside their cases.
 */
export async function loadRealMessages(load: DemoLoad): Promise<void> {
  const now = load.services.clock.now()
  await load.services.pool.inCounty(load.here.county, addDivisions)
  const appeals: Message[] = []
  for await (const row of readAppeals()) {
    if (!row.time) continue
    const text = `${row.detail || row.title}`.slice(0, TEXT_LIMIT)
    const place = placeOf(row.title, row.detail)
    appeals.push({
      file: 'appeals.csv',
      id: row.id,
      at: row.time,
      original: row.original,
      play: async (context) => {
        const { state } = await openReport(context, {
          text: text.length >= 4 ? text : `${row.title}。${text}`,
          title: row.title,
          source: 'import',
          ...place,
        })
        return state.id
      },
    })
  }
  const newest = Math.max(...appeals.map(({ at }) => at.getTime()))
  const shift = Math.floor((now.getTime() - DAY_MS - newest) / 1000) * 1000
  await play(load, '真实诉求', shifted(appeals, shift), now)

  const answered: Message[] = []
  for await (const row of readAnswered()) {
    if (!row.time) continue
    const replyAt = row.replyTime && row.replyTime > row.time ? row.replyTime : row.time
    answered.push({
      file: 'answered.csv',
      id: row.id,
      at: row.time,
      original: row.original,
      play: (context) => playAnswered(context, row, new Date(replyAt.getTime() + shift)),
    })
  }
  await play(load, '往年来信与答复', shifted(answered, shift), now)
}

/** District and town that the text names; nothing where it names none, so that the county's desk decides. */
function placeOf(title: string, detail: string): { townCode?: string; villageCode?: string } {
  const { townCode, villageCode } = placeOfMessage(title, detail)
  if (townCode === PLACE_UNKNOWN || townCode === PLACE_OUTSIDE) return {}
  return { townCode, ...(villageCode ? { villageCode } : {}) }
}

/** The towns that the texts name join the districts that the county was set up with. */
async function addDivisions(tx: Tx): Promise<void> {
  const rows = sampleDivisions.map(({ code, name, parent, level }) => ({ code, name, parent, level }))
  await sql`
    insert into area_division (code, parent_code, level, name, short_name)
    select code, parent, level, name, name from json_to_recordset(${JSON.stringify(rows)}::json)
      as d (code text, parent text, level smallint, name text)
     order by level on conflict (code) do nothing`.execute(tx)
}

function shifted(messages: Message[], shift: number): Message[] {
  return messages
    .map((message) => ({ ...message, at: new Date(message.at.getTime() + shift) }))
    .sort((a, b) => a.at.getTime() - b.at.getTime() || a.id.localeCompare(b.id))
}

async function playAnswered(
  context: Context,
  row: { title: string; detail: string; reply: string },
  replyAt: Date,
): Promise<number> {
  const place = placeOf(row.title, row.detail)
  const text = maskNumbers(row.detail || row.title)
  const line = recogniseLine(row.detail || row.title, row.title)
  const state = await startCase(context, {
    definitionKey: 'answered_message',
    title: row.title ? maskNumbers(row.title) : titleOf(text),
    source: 'import',
    form: {},
    data: { text: text.slice(0, TEXT_LIMIT) },
    ...place,
    lineCode: line && !line.none ? line.code : null,
    searchText: text,
  })
  const later: Context = { ...context, now: replyAt }
  const loaded = await findCase(context.tx, state.id, true)
  await actOnLoaded(later, loaded!, { caseId: state.id, action: 'answer', form: { reply: maskNumbers(row.reply) } })
  return state.id
}

async function play(load: DemoLoad, what: string, messages: Message[], now: Date): Promise<void> {
  const { services, here, signal } = load
  const known = await services.pool.inCounty(here.county, async (tx) => {
    const { rows } = await sql<{
      key: string
    }>`select source_file || ' ' || source_id as key from loop_original`.execute(tx)
    return new Set(rows.map((row) => row.key))
  })
  let done = 0
  for (let start = 0; start < messages.length; start += BATCH) {
    if (signal.aborted) return
    const batch = messages.slice(start, start + BATCH)
    const fresh = batch.filter(({ file, id }) => !known.has(`${file} ${id}`))
    if (fresh.length > 0)
      await services.pool.inCounty(here.county, async (tx) => {
        for (const message of fresh) {
          const context = contextAt(load, tx, message.at)
          const caseId = await message.play(context)
          await insertOriginal(tx, caseId, message.file, message.id, message.original, now)
          await writePending(context, { route: 'loop.import_messages' })
        }
      })
    done += batch.length
    load.progress(what, done, messages.length)
  }
}

function contextAt(load: DemoLoad, tx: Tx, now: Date): Context {
  return {
    tx,
    actor: { kind: 'system', name: 'import' },
    now,
    services: load.services,
    here: load.here,
    pending: new Pending(),
    request: { traceId: 'import', address: null },
    history: true,
  }
}
