import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { generateKeyRing } from '#platform/crypto/key-ring.ts'
import { registerCounty } from '#platform/db/counties.ts'
import { sql } from '#platform/db/db.ts'
import { startEmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts'
import { APP_ROLE, migrateCounty, prepareDatabase, readMigrations } from '#platform/db/migrate.ts'
import { Pool } from '#platform/db/pool.ts'
import { originOf } from '#platform/evidence/checkpoint.ts'
import { insertEvidenceEntries } from '#platform/evidence/evidence.store.ts'
import { type EvidenceRow, prepareEvidenceEntry } from '#platform/evidence/evidence-entry.ts'
import { sequenceEvidence, signCheckpoint } from '#platform/evidence/evidence-log.ts'
import { proofFileFor, verifyProofFile } from '#platform/evidence/proof-file.ts'
import { verifiersOf } from '#platform/evidence/signed-note.ts'
import { verifyLog } from '#platform/evidence/verify-log.ts'
import { createLog } from '#platform/logs/log.ts'

const NOW = new Date('2026-09-30T08:20:05.123Z')

/**
 * `npm run -s bench -- evidence [--entries N] [--batch N]`: entries prepared, written, sequenced and verified per second,
 * proofs per second, on an embedded PostgreSQL of its own with fsync on. One JSON line.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { entries: { type: 'string', default: '100000' }, batch: { type: 'string', default: '4096' } },
  })
  const entries = Number(values.entries)
  const batch = Number(values.batch)
  const dir = mkdtempSync(join(tmpdir(), 'yiti-bench-'))
  const server = await startEmbeddedPostgres({ dir, log: createLog({ level: 'silent' }) })
  const migrator = new Pool({ url: server.socketUrl, max: 2 })
  const pool = new Pool({ url: server.socketUrl, role: APP_ROLE, max: 4 })
  try {
    await prepareDatabase(migrator)
    await registerCounty(migrator, { slug: 'bench', name: 'Bench', parentName: '-', regionPrefix: '320999' })
    const migrations = readMigrations([]).filter(({ name }) => name.startsWith('platform/evidence'))
    const { county } = await migrateCounty(migrator, 'bench', migrations)
    const ring = generateKeyRing({ county: 'bench', now: NOW })

    prepare(20_000)
    const prepared = timed(() => prepare(entries))
    let rows: EvidenceRow[] = prepared.result
    const writing = await timedAsync(async () => {
      for (let from = 0; from < entries; from += 2000)
        await pool.inCounty(county, (tx) => insertEvidenceEntries(tx, rows.slice(from, from + 2000)))
    })
    rows = []
    const sequencing = await timedAsync(async () => {
      for (;;) {
        const { sequenced } = await pool.inCounty(county, (tx) => sequenceEvidence(tx, { batch }))
        if (sequenced === 0) return
      }
    })
    // What a batch costs when the log is long and little is new: the sequencer's usual round.
    const smallRounds = 50
    const small = await timedAsync(async () => {
      for (let i = 0; i < smallRounds; i++)
        await pool.inCounty(county, async (tx) => {
          await insertEvidenceEntries(tx, prepare(20))
          await sequenceEvidence(tx, { batch })
          await signCheckpoint(tx, ring, NOW)
        })
    })
    const proofCount = 1000
    const origin = originOf('bench')
    const verifiers = verifiersOf(ring, origin)
    const proofs = await timedAsync(() =>
      pool.inCounty(
        county,
        async (tx) => {
          const { rows: ids } = await sql<{ id: number }>`
            select id from evidence_entry where log_index % greatest(1, ${Math.floor(entries / proofCount)}::int) = 0
             order by id limit ${proofCount}`.execute(tx)
          for (const { id } of ids) verifyProofFile(await proofFileFor(tx, id), origin, verifiers)
        },
        'read',
      ),
    )
    const verifying = await timedAsync(() => pool.inCounty(county, (tx) => verifyLog(tx, ring), 'read'))
    if (!verifying.result.ok) throw new Error(`the log does not verify: ${JSON.stringify(verifying.result.findings)}`)
    const { rows: sizes } = await migrator.inCounty(county, (tx) =>
      sql<{ entry: number; tile: number }>`
        select pg_total_relation_size('evidence_entry') as entry, pg_total_relation_size('evidence_tile') as tile`.execute(
        tx,
      ),
    )
    const total = entries + smallRounds * 20
    const report = {
      bench: 'evidence',
      entries,
      batch,
      preparedPerSecond: rate(entries, prepared.ms),
      writtenPerSecond: rate(entries, writing.ms),
      sequencedPerSecond: rate(entries, sequencing.ms),
      smallRoundMs: Math.round((small.ms / smallRounds) * 10) / 10,
      proofsMadeAndCheckedPerSecond: rate(proofCount, proofs.ms),
      verifiedPerSecond: rate(total, verifying.ms),
      bytesPerEntry: Math.round((sizes[0]!.entry + sizes[0]!.tile) / total),
    }
    process.stdout.write(`${JSON.stringify(report)}\n`)
  } finally {
    await pool.close()
    await migrator.close()
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

function prepare(count: number): EvidenceRow[] {
  return Array.from({ length: count }, (_, i) =>
    prepareEvidenceEntry({
      kind: 'process.action_taken',
      subject: `case:${i}`,
      content: {
        action: 'dispatch',
        caseId: i,
        from: 'filed',
        to: 'dispatched',
        post: 'dispatcher',
        unit: '320506101',
        version: 4,
      },
      at: NOW,
    }),
  )
}

function timed<T>(work: () => T): { result: T; ms: number } {
  const start = performance.now()
  const result = work()
  return { result, ms: performance.now() - start }
}

async function timedAsync<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const start = performance.now()
  const result = await work()
  return { result, ms: performance.now() - start }
}

function rate(count: number, ms: number): number {
  return Math.round((count / ms) * 1000)
}
