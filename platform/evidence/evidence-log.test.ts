import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ManualClock } from '#platform/clock/clock.ts'
import { changeProfile, generateKeyRing, type KeyRing, rotateKey } from '#platform/crypto/key-ring.ts'
import type { County } from '#platform/db/counties.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { Pool } from '#platform/db/pool.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'
import { openCheckpoint, originOf } from './checkpoint.ts'
import { eraseEvidence } from './erase-evidence.ts'
import { insertEvidenceEntries } from './evidence.store.ts'
import { prepareEvidenceEntry } from './evidence-entry.ts'
import {
  consistencyProof,
  evidenceBacklog,
  inclusionProof,
  readCheckpoint,
  readEntryBundle,
  readTile,
  sealEvidence,
  sequenceEvidence,
  signCheckpoint,
  treeSizeOf,
} from './evidence-log.ts'
import { GrowingTree, leafHash, verifyConsistency, verifyInclusion } from './merkle-tree.ts'
import { proofFileFor, verifyProofFile } from './proof-file.ts'
import { verifiersOf } from './signed-note.ts'
import { tilePath } from './tile.ts'
import { verifyLog } from './verify-log.ts'
import { acceptCheckpoint } from './witness.ts'

// Somebody else's verifier (Sigstore).
const require = createRequire(import.meta.url)
const sigstore = {
  ...require('@sigstore/verify/dist/tlog/checkpoint.js'),
  ...require('@sigstore/verify/dist/tlog/merkle.js'),
}

const now = new Date('2026-09-30T08:20:05.123Z')

function entries(count: number, from = 0) {
  return Array.from({ length: count }, (_, i) =>
    prepareEvidenceEntry({
      kind: 'process.action_taken',
      subject: `case:${from + i}`,
      content: {
        action: 'accept',
        caseId: from + i,
        note: '楼道飞线充电',
        by: { post: 'intakeClerk', town: '320506101' },
      },
      at: new Date(now.getTime() + from + i),
    }),
  )
}

/** Writes entries and sequences all that wait, in batches of `batch`. */
async function log(tx: Tx, count: number, options: { from?: number; batch?: number } = {}): Promise<number> {
  await insertEvidenceEntries(tx, entries(count, options.from))
  for (;;) {
    const { sequenced, treeSize } = await sequenceEvidence(tx, { batch: options.batch ?? 500 })
    if (sequenced === 0) return treeSize
  }
}

interface LogTest {
  clock: ManualClock
  county: County
  /** As the application, in a write transaction. */
  inCounty<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Behind the application's back, with the rights of the database's owner. */
  tamper(change: (tx: Tx) => Promise<unknown>): Promise<void>
}

// One county for the whole file: what is tested lives in three tables, emptied before each use.
let shared: LogTest
let leave: () => void
let left: Promise<void>

beforeAll(
  () =>
    new Promise<void>((ready, failed) => {
      left = withTestCounty(async ({ clock, databaseUrl, here, inCounty, services }) => {
        const { county } = await here()
        const owner = new Pool({ url: databaseUrl, max: 1 })
        const tamper = async (change: (tx: Tx) => Promise<unknown>) => {
          await owner.inCounty(county, change)
        }
        shared = { clock, county, inCounty, tamper, read: (body) => services.pool.inCounty(county, body, 'read') }
        ready()
        await new Promise<void>((resolve) => {
          leave = resolve
        })
        await owner.close()
      })
      left.catch(failed)
    }),
)

afterAll(async () => {
  leave()
  await left
})

/** A county with an empty log. */
async function withEmptyLog(work: (test: LogTest) => Promise<void>): Promise<void> {
  await shared.tamper((tx) => sql`truncate evidence_entry, evidence_tile, evidence_checkpoint`.execute(tx))
  await work(shared)
}

/** A county whose log holds `count` entries under checkpoints of half and of all of them; `note` is what a witness kept. */
function withLog(
  count: number,
  work: (
    test: LogTest & {
      ring: KeyRing
      half: string
      note: string
      verify: (witnessCheckpoints?: string[]) => Promise<Awaited<ReturnType<typeof verifyLog>>>
    },
  ) => Promise<void>,
) {
  return withEmptyLog(async (test) => {
    const ring = generateKeyRing({ county: test.county.slug, now })
    const { half, note } = await test.inCounty(async (tx) => {
      await log(tx, Math.floor(count / 2))
      const half = await signCheckpoint(tx, ring, now)
      await log(tx, Math.ceil(count / 2), { from: Math.floor(count / 2) })
      const { note } = await signCheckpoint(tx, ring, now)
      return { half: half.note, note }
    })
    await work({
      ...test,
      ring,
      half,
      note,
      verify: (witnessCheckpoints) =>
        test.read((tx) => verifyLog(tx, ring, witnessCheckpoints ? { witnessCheckpoints } : {})),
    })
  })
}

describe('evidence entries', () => {
  it('stand or fall with the transaction and cannot be changed by the application', () =>
    withEmptyLog(async ({ inCounty }) => {
      await expect(
        inCounty(async (tx) => {
          await insertEvidenceEntries(tx, entries(1))
          throw new Error('the change fails')
        }),
      ).rejects.toThrow('the change fails')
      await inCounty((tx) => insertEvidenceEntries(tx, entries(2)))
      expect(await inCounty((tx) => evidenceBacklog(tx))).toEqual({ waiting: 2, oldest: now })
      for (const change of [
        sql`update evidence_entry set content = '{}'`,
        sql`update evidence_entry set leaf = leaf`,
        sql`delete from evidence_entry`,
        sql`truncate evidence_entry`,
      ])
        await expect(inCounty((tx) => change.execute(tx))).rejects.toMatchObject({ code: '42501' })
    }))
})

describe('sequencing', () => {
  it('numbers without gaps and keeps the tree of the definition, whatever the batches', () =>
    withEmptyLog(async ({ inCounty }) => {
      await inCounty(async (tx) => {
        for (const [count, batch] of [
          [1, 1],
          [254, 100],
          [1, 5],
          [1, 5],
          [600, 257],
        ] as const)
          await log(tx, count, { batch })
        expect(await treeSizeOf(tx)).toBe(857)
        const { rows } = await sql<{ log_index: number; leaf: Buffer }>`
          select log_index, leaf from evidence_entry order by id`.execute(tx)
        expect(rows.map((row) => row.log_index)).toEqual(Array.from({ length: 857 }, (_, i) => i))
        const tree = new GrowingTree()
        for (const row of rows) tree.add(leafHash(row.leaf))
        const ring = generateKeyRing({ county: tx.county.slug, now })
        expect((await signCheckpoint(tx, ring, now)).root).toEqual(tree.root())
      })
    }))

  it('by several at once, while entries go on arriving, gives every entry one place', () =>
    withEmptyLog(async ({ inCounty }) => {
      const writers = Array.from({ length: 4 }, async (_, i) => {
        for (let j = 0; j < 10; j++) await inCounty((tx) => insertEvidenceEntries(tx, entries(7, i * 1000 + j)))
      })
      const sequencers = Array.from({ length: 2 }, async () => {
        for (let j = 0; j < 12; j++) await inCounty((tx) => sequenceEvidence(tx, { batch: 20 }))
      })
      await Promise.all([...writers, ...sequencers])
      await inCounty(async (tx) => {
        expect(await log(tx, 0)).toBe(280)
        const { rows } = await sql<{ log_index: number }>`
          select log_index from evidence_entry order by log_index`.execute(tx)
        expect(rows.map((row) => row.log_index)).toEqual(Array.from({ length: 280 }, (_, i) => i))
        const report = await verifyLog(tx, generateKeyRing({ county: tx.county.slug, now }))
        expect(report).toMatchObject({ ok: true, entries: 280, treeSize: 280 })
      })
    }))
})

describe('sealing', () => {
  it('places what waits and signs once, again only after something new', () =>
    withEmptyLog(async ({ inCounty, clock, county }) => {
      const ring = generateKeyRing({ county: county.slug, now })
      await inCounty((tx) => insertEvidenceEntries(tx, entries(5000)))
      const first = await sealEvidence(inCounty, ring, clock)
      expect(first).toMatchObject({ sequenced: 5000, size: 5000 })
      expect(await sealEvidence(inCounty, ring, clock)).toEqual({ ...first, sequenced: 0 })
      await inCounty((tx) => insertEvidenceEntries(tx, entries(1, 5000)))
      expect(await sealEvidence(inCounty, ring, clock)).toMatchObject({ sequenced: 1, size: 5001 })
      const report = await inCounty((tx) => verifyLog(tx, ring))
      expect(report).toMatchObject({ ok: true, entries: 5001, checkpoints: 2 })
    }))
})

describe('checkpoints and proofs', () => {
  it('are signed once per size, by a key that outsiders know', () =>
    withEmptyLog(async ({ inCounty, county }) => {
      const ring = generateKeyRing({ county: county.slug, profile: 'guomi', now })
      await inCounty(async (tx) => {
        const empty = await signCheckpoint(tx, ring, now)
        expect(empty.size).toBe(0)
        await log(tx, 3)
        const first = await signCheckpoint(tx, ring, now)
        expect(await signCheckpoint(tx, ring, new Date(now.getTime() + 1000))).toEqual(first)
        expect(await readCheckpoint(tx)).toEqual(first)
        expect(await readCheckpoint(tx, 0)).toEqual(empty)
        expect(await readCheckpoint(tx, 2)).toBeUndefined()
        const opened = openCheckpoint(first.note, originOf(county.slug), verifiersOf(ring, originOf(county.slug)))
        expect(opened?.signedBy.map((key) => key.algorithm)).toEqual(['ed25519', 'sm2'])
        expect(await verifyLog(tx, ring)).toMatchObject({ ok: true, checkpoints: 2 })
      })
    }))

  it('prove entries to Sigstore’s code: signature of the checkpoint and inclusion in it', () =>
    withLog(600, async ({ inCounty, ring, county }) => {
      const origin = originOf(county.slug)
      const [key] = verifiersOf(ring, origin)
      const publicKey = require('node:crypto').createPublicKey({
        format: 'jwk',
        key: { kty: 'OKP', crv: 'Ed25519', x: ring.current('evidence').public!.toString('base64url') },
      })
      const tlogs = [{ logID: key!.keyId, baseURL: `https://${origin}`, publicKey }]
      await inCounty(async (tx) => {
        const { rows } = await sql<{ id: number; leaf: Buffer }>`
          select id, leaf from evidence_entry where log_index in (0, 255, 256, 511, 512, 599)`.execute(tx)
        expect(rows).toHaveLength(6)
        for (const row of rows) {
          const file = await proofFileFor(tx, row.id)
          // Taken apart here by hand, not by our reader.
          const [head, ...checkpoint] = file.split('\n\n')
          const lines = head!.split('\n')
          const inclusionProof = {
            logIndex: lines[2]!.slice('index '.length),
            hashes: lines.slice(3).map((line) => Buffer.from(line, 'base64')),
            checkpoint: { envelope: checkpoint.join('\n\n') },
          }
          const entry = { inclusionProof, canonicalizedBody: row.leaf }
          const signed = sigstore.verifyCheckpoint(entry, tlogs)
          sigstore.verifyMerkleInclusion(entry, signed)
          const other = { ...entry, canonicalizedBody: rows.find(({ id }) => id !== row.id)!.leaf }
          expect(() => sigstore.verifyMerkleInclusion(other, signed)).toThrow()
          const forged = {
            inclusionProof: {
              ...inclusionProof,
              checkpoint: { envelope: file.slice(file.indexOf('\n\n') + 2).replace('\n600\n', '\n601\n') },
            },
          }
          expect(() => sigstore.verifyCheckpoint(forged, tlogs)).toThrow()
        }
      })
    }))

  it('make a file that says what was recorded, or only that something was', () =>
    withLog(300, async ({ inCounty, ring, county }) => {
      const origin = originOf(county.slug)
      const verifiers = verifiersOf(ring, origin)
      await inCounty(async (tx) => {
        const { rows } = await sql<{ id: number }>`select id from evidence_entry where log_index = 271`.execute(tx)
        const file = await proofFileFor(tx, rows[0]!.id)
        expect(verifyProofFile(file, origin, verifiers)).toMatchObject({
          index: 271,
          size: 300,
          record: {
            at: '2026-09-30T08:20:05.394Z',
            kind: 'process.action_taken',
            subject: 'case:271',
            content: { action: 'accept', caseId: 271, note: '楼道飞线充电' },
            v: 1,
          },
        })
        const bare = await proofFileFor(tx, rows[0]!.id, { withRecord: false })
        expect(verifyProofFile(bare, origin, verifiers).record).toBeUndefined()
        expect(Buffer.from(bare.split('\n')[1]!.slice(6), 'base64').toString()).not.toContain('accept')

        const reasonOf = (text: string, name = origin, keys = verifiers) => {
          try {
            verifyProofFile(text, name, keys)
          } catch (error) {
            return (error as { params: { reason: string } }).params.reason
          }
        }
        const extra = (change: (text: string) => string) =>
          file.replace(/^extra (.*)$/m, (_, base64: string) => {
            const text = Buffer.from(base64, 'base64').toString()
            return `extra ${Buffer.from(change(text)).toString('base64')}`
          })
        expect(reasonOf(file)).toBeUndefined()
        expect(reasonOf(extra((text) => text.replace('accept', 'refuse')))).toBe('inclusion')
        expect(reasonOf(file.replace('index 271', 'index 270'))).toBe('inclusion')
        expect(reasonOf(file.replace('\n300\n', '\n301\n'))).toBe('signature')
        expect(reasonOf(file, 'yiti/other')).toBe('signature')
        expect(reasonOf(file, origin, verifiersOf(generateKeyRing({ county: 'x', now }), origin))).toBe('signature')
        for (const wrong of [
          '',
          file.replace('proof@v1', 'proof@v2'),
          file.replace('index 271', 'index 0271'),
          extra(() => '{'),
        ])
          expect(reasonOf(wrong)).toBe('form')
      })
    }))

  it('are refused politely for what is not there or not sealed yet', () =>
    withLog(3, async ({ inCounty }) => {
      await inCounty(async (tx) => {
        await expect(proofFileFor(tx, 999_999)).rejects.toMatchObject({ code: 'evidence.entry_unknown', status: 404 })
        await insertEvidenceEntries(tx, entries(1, 3))
        const { rows } = await sql<{ id: number }>`select max(id) as id from evidence_entry`.execute(tx)
        await expect(proofFileFor(tx, rows[0]!.id)).rejects.toMatchObject({ code: 'evidence.not_sealed', status: 409 })
        await sequenceEvidence(tx)
        await expect(proofFileFor(tx, rows[0]!.id)).rejects.toMatchObject({ code: 'evidence.not_sealed' })
        await expect(inclusionProof(tx, 0, 99)).rejects.toMatchObject({ code: 'evidence.tile_unknown' })
        await expect(readTile(tx, 0, 7)).rejects.toMatchObject({ code: 'evidence.tile_unknown', status: 404 })
        await expect(readEntryBundle(tx, 0, 200)).rejects.toMatchObject({ code: 'evidence.tile_unknown' })
      })
    }))

  it('can be made by an outsider from the tiles and entries that are served', () =>
    withLog(600, async ({ inCounty, note }) => {
      await inCounty(async (tx) => {
        const served = new Map<string, Buffer>()
        for (const [index, width] of [256, 256, 88].entries()) {
          served.set(tilePath('entries', index, width), await readEntryBundle(tx, index, width))
          served.set(tilePath(0, index, width), await readTile(tx, 0, index, width))
        }
        served.set(tilePath(1, 0, 2), await readTile(tx, 1, 0, 2))
        const tree = new GrowingTree()
        for (const path of ['tile/entries/000', 'tile/entries/001', 'tile/entries/002.p/88']) {
          const bundle = served.get(path)!
          for (let at = 0; at < bundle.length; ) {
            const length = bundle.readUInt16BE(at)
            tree.add(leafHash(bundle.subarray(at + 2, at + 2 + length)))
            at += 2 + length
          }
        }
        expect(note).toContain(`\n600\n${tree.root().toString('base64')}\n`)
        // A narrower tile of an older size is still served after it has grown.
        expect(await readTile(tx, 0, 1, 44)).toEqual(served.get('tile/0/001')!.subarray(0, 44 * 32))
        const proof = await inclusionProof(tx, 299, 300)
        const half = (await readCheckpoint(tx, 300))!
        expect(verifyInclusion(served.get('tile/0/001')!.subarray(43 * 32, 44 * 32), 299, 300, proof, half.root)).toBe(
          true,
        )
      })
    }))
})

describe('witnesses', () => {
  it('follow a log that only grows, and refuse one that was begun anew', () =>
    withLog(300, async ({ inCounty, ring, county, half, note, tamper }) => {
      const origin = originOf(county.slug)
      const verifiers = verifiersOf(ring, origin)
      const met = acceptCheckpoint({ origin, verifiers, held: undefined, offered: half, proof: [] })
      const proof = await inCounty((tx) => consistencyProof(tx, 150, 300))
      expect(acceptCheckpoint({ origin, verifiers, held: met, offered: note, proof })).toBe(note)
      expect(() => acceptCheckpoint({ origin, verifiers, held: note, offered: half, proof })).toThrow('witness_refuses')
      expect(() =>
        acceptCheckpoint({ origin, verifiers, held: met, offered: note.replace('300', '301'), proof }),
      ).toThrow('checkpoint_invalid')

      await tamper(async (tx) => {
        await sql`truncate evidence_entry, evidence_tile, evidence_checkpoint`.execute(tx)
        await log(tx, 400)
        const anew = await signCheckpoint(tx, ring, now)
        const forged = await consistencyProof(tx, 300, 400)
        expect(() => acceptCheckpoint({ origin, verifiers, held: note, offered: anew.note, proof: forged })).toThrow(
          'witness_refuses',
        )
        const kept = openCheckpoint(note, origin, verifiers)!
        expect(verifyConsistency(300, kept.root, 400, anew.root, forged)).toBe(false)
      })
    }))
})

describe('verifying the whole log', () => {
  const codes = (report: Awaited<ReturnType<typeof verifyLog>>) => report.findings.map((finding) => finding.code)

  it('finds nothing in an honest log, also across key rotation and profiles', () =>
    withLog(600, async ({ inCounty, ring, half, note, verify }) => {
      await rotateKey(ring, 'evidence', now)
      await changeProfile(ring, 'guomi', now)
      await inCounty(async (tx) => {
        await log(tx, 10, { from: 600 })
        await signCheckpoint(tx, ring, now)
        await insertEvidenceEntries(tx, entries(2, 610))
      })
      expect(await verify([half, note])).toMatchObject({
        ok: true,
        treeSize: 610,
        entries: 610,
        waiting: 2,
        erased: 0,
        checkpoints: 3,
        witnesses: 2,
        findings: [],
      })
    }))

  it.each([
    [
      'content',
      sql`update evidence_entry set content = convert_to('{"action":"refuse"}', 'UTF8') where log_index = 400`,
    ],
    ['kind', sql`update evidence_entry set kind = 'process.other' where log_index = 400`],
    ['subject', sql`update evidence_entry set subject = 'case:1' where log_index = 400`],
    ['time', sql`update evidence_entry set created_at = created_at - interval '1 day' where log_index = 400`],
    ['salt', sql`update evidence_entry set salt = decode(repeat('00', 16), 'hex') where log_index = 400`],
  ])('finds a record whose %s was rewritten', (_, change) =>
    withLog(600, async ({ tamper, verify }) => {
      await tamper((tx) => change.execute(tx))
      const report = await verify()
      expect(report.findingCount).toBe(1)
      expect(report.findings[0]).toMatchObject({ code: 'evidence.entry_altered', params: { index: 400 } })
      expect(report.entries).toBe(599)
    }),
  )

  it('finds a record replaced together with its leaf', () =>
    withLog(600, async ({ tamper, verify }) => {
      const [forged] = entries(1, 9000)
      await tamper((tx) =>
        sql`update evidence_entry set created_at = ${forged!.createdAt}, subject = ${forged!.subject},
               content = ${forged!.content}, salt = ${forged!.salt}, leaf = ${forged!.leaf}
             where log_index = 400`.execute(tx),
      )
      const report = await verify()
      expect(report.findings).toMatchObject([
        { code: 'evidence.entry_replaced', params: { index: 400, subject: 'case:9000' } },
      ])
    }))

  it('finds a record replaced together with leaf and tile, by the checkpoints', () =>
    withLog(600, async ({ tamper, verify }) => {
      const [forged] = entries(1, 9000)
      await tamper(async (tx) => {
        await sql`update evidence_entry set created_at = ${forged!.createdAt}, subject = ${forged!.subject},
               content = ${forged!.content}, salt = ${forged!.salt}, leaf = ${forged!.leaf}
             where log_index = 400`.execute(tx)
        await sql`update evidence_tile set bytes = overlay(bytes placing ${leafHash(forged!.leaf)} from ${(400 - 256) * 32 + 1}::int)
             where level = 0 and index = 1`.execute(tx)
      })
      const report = await verify()
      expect(codes(report)).toEqual(['evidence.checkpoint_differs', 'evidence.tile_altered'])
      expect(report.findings[0]!.params).toEqual({ size: 600, from: 300 })
      expect(report.findings[1]!.params).toEqual({ level: 1, index: 0 })
    }))

  it('finds deleted records', () =>
    withLog(600, async ({ tamper, verify }) => {
      await tamper((tx) => sql`delete from evidence_entry where log_index in (17, 599)`.execute(tx))
      expect((await verify()).findings).toEqual([
        { code: 'evidence.entry_missing', params: { index: 17 } },
        { code: 'evidence.entry_missing', params: { index: 599 } },
      ])
    }))

  it('finds a log cut short, by its checkpoints', () =>
    withLog(600, async ({ tamper, verify }) => {
      await tamper(async (tx) => {
        await sql`delete from evidence_entry where log_index >= 512`.execute(tx)
        await sql`delete from evidence_tile where level = 0 and index = 2`.execute(tx)
      })
      expect((await verify()).findings).toEqual([
        { code: 'evidence.checkpoint_beyond', params: { size: 600, treeSize: 512 } },
      ])
    }))

  it('finds a log cut short together with its checkpoints, by a witness', () =>
    withLog(600, async ({ tamper, verify, half, note }) => {
      await tamper(async (tx) => {
        await sql`delete from evidence_entry where log_index >= 512`.execute(tx)
        await sql`delete from evidence_tile where level = 0 and index = 2`.execute(tx)
        await sql`delete from evidence_checkpoint where tree_size > 512`.execute(tx)
      })
      expect(await verify()).toMatchObject({ ok: true, treeSize: 512 })
      expect((await verify([half, note])).findings).toEqual([
        { code: 'evidence.witness_beyond', params: { size: 600, treeSize: 512, witness: 2 } },
      ])
    }))

  it('finds a history rewritten with everything, signatures too, by a witness', () =>
    withLog(600, async ({ tamper, verify, ring, half, note }) => {
      await tamper(async (tx) => {
        await sql`truncate evidence_entry, evidence_tile, evidence_checkpoint`.execute(tx)
        await log(tx, 300)
        await signCheckpoint(tx, ring, now)
        await log(tx, 300, { from: 300 })
        await signCheckpoint(tx, ring, now)
      })
      expect(await verify()).toMatchObject({ ok: true, treeSize: 600 })
      const report = await verify([half, note])
      expect(codes(report)).toEqual(['evidence.witness_differs', 'evidence.witness_differs'])
      expect(report.findings[0]!.params).toMatchObject({ size: 300, witness: 1 })
    }))

  it('finds altered tiles and checkpoints, and records altered while they wait', () =>
    withLog(600, async ({ inCounty, tamper, verify }) => {
      await inCounty((tx) => insertEvidenceEntries(tx, entries(1, 600)))
      await tamper(async (tx) => {
        await sql`update evidence_tile set bytes = overlay(bytes placing '\\x00'::bytea from 40) where level = 1`.execute(
          tx,
        )
        await sql`update evidence_checkpoint set note = replace(note, '— ', '—  ') where tree_size = 300`.execute(tx)
        await sql`update evidence_entry set subject = 'case:0' where log_index is null`.execute(tx)
      })
      expect(codes(await verify())).toEqual([
        'evidence.checkpoint_unsigned',
        'evidence.tile_altered',
        'evidence.entry_altered',
      ])
    }))

  it('refuses to sign over a tree that no longer yields what was signed', () =>
    withLog(600, async ({ tamper, inCounty, ring }) => {
      await tamper((tx) => sql`delete from evidence_tile where level = 0 and index = 2`.execute(tx))
      await expect(inCounty((tx) => signCheckpoint(tx, ring, now))).rejects.toMatchObject({
        code: 'evidence.log_inconsistent',
      })
    }))

  it('takes no checkpoint of another log or key for a witness', () =>
    withLog(3, async ({ verify, note, county }) => {
      const report = await verify([note, note.replace(county.slug, 'other'), 'nonsense'])
      expect(report.witnesses).toBe(1)
      expect(codes(report)).toEqual(['evidence.witness_unreadable', 'evidence.witness_unreadable'])
    }))

  it('holds after content was erased by the book, and only then', () =>
    withLog(300, async ({ tamper, verify, inCounty, ring, county, note }) => {
      const { rows } = await inCounty((tx) =>
        sql<{ id: number }>`select id from evidence_entry where log_index in (5, 6, 7) order by id`.execute(tx),
      )
      const [first, second, third] = rows.map((row) => row.id)
      await tamper(async (tx) => {
        const erased = await eraseEvidence(tx, { entryIds: [first!, second!, 10 ** 9], reason: '依申请删除', now })
        expect(erased).toEqual([first, second])
        expect(await eraseEvidence(tx, { entryIds: [first!], reason: 'again', now })).toEqual([])
      })
      // The announcement counts while it still waits, and after.
      expect(await verify([note])).toMatchObject({ ok: true, erased: 2, entries: 298, waiting: 1 })
      await inCounty(async (tx) => {
        await log(tx, 0)
        await signCheckpoint(tx, ring, now)
        const proof = verifyProofFile(
          await proofFileFor(tx, first!),
          originOf(county.slug),
          verifiersOf(ring, originOf(county.slug)),
        )
        expect(proof.record).toBeUndefined()
      })
      expect(await verify([note])).toMatchObject({ ok: true, erased: 2, entries: 299, treeSize: 301 })

      await tamper((tx) =>
        sql`update evidence_entry set content = null, salt = null, erased_at = ${now} where id = ${third}`.execute(tx),
      )
      expect((await verify([note])).findings).toEqual([{ code: 'evidence.erased_unannounced', params: { id: third } }])
    }))
})
