import type { ByteColumn, TokenRenewal } from '#platform/crypto/byte-columns.ts'
import { currentFieldHeader, reencryptField } from '#platform/crypto/field-encryption.ts'
import { dropKey, type KeyRing } from '#platform/crypto/key-ring.ts'
import { type CountyRef, sql, type Tx } from '#platform/db/db.ts'
import { type Pool, quoteIdent } from '#platform/db/pool.ts'
import { countFilesByKey, type FileRoom, renewEncryption } from '#platform/files/uploads.ts'
import { OperatorError } from './operator-error.ts'

export interface ReencryptOptions {
  /** Owner of the tables: some take no change from the application. */
  owner: Pool
  county: CountyRef
  keys: KeyRing
  byteColumns: readonly ByteColumn[]
  tokenRenewals: readonly TokenRenewal[]
  files: FileRoom
  /** Rows per transaction. */
  batch?: number
  progress?(what: string, done: number): void
}

export interface Reencrypted {
  /** Values by `table.column`. */
  fields: Record<string, number>
  /** Rows by renewal. */
  tokens: Record<string, number>
  files: number
  /** What is still under older keys, by place; empty when old keys can be dropped. */
  left: Record<string, number>
}

/** Other processes write with an older key for at most so long after a rotation. */
const SETTLE_MS = 60_000

/**
 * Moves everything to the newest keys while the county is being served: columns, blind tokens, files, in batches of
 * their own transactions. What is done stays done, so it can be stopped and run again.
 */
export async function reencryptCounty(options: ReencryptOptions): Promise<Reencrypted> {
  await options.keys.refresh()
  const fields: Record<string, number> = {}
  for (const column of options.byteColumns)
    if (column.holds === 'field') fields[`${column.table}.${column.column}`] = await reencryptColumn(options, column)
  const tokens: Record<string, number> = {}
  for (const renewal of options.tokenRenewals) tokens[renewal.name] = await renewTokens(options, renewal)
  const files = await renewEncryption(options.files)
  const left: Record<string, number> = {}
  for (const [place, byKey] of Object.entries(await countByKey(options)))
    for (const [id, count] of byKey) if (!writes(options.keys, id)) left[`${place} (${id})`] = count
  return { fields, tokens, files, left }
}

/**
 * Drops an old key after looking everywhere that nothing under it is left.
 * @throws OperatorError where something is left, or the key was replaced so recently that another process may still
 *   write with it; AppError `crypto.key_in_use`, `crypto.key_unknown`
 */
export async function dropUnusedKey(options: ReencryptOptions, id: number, now: Date): Promise<void> {
  const { keys } = options
  await keys.refresh()
  const key = keys.describe().find((candidate) => candidate.id === id)
  if (key?.purpose === 'evidence')
    throw new OperatorError(
      `密钥 ${id} 签过检查点，要一直用来验证它们，不能删除。`,
      `Key ${id} signed checkpoints and is needed to verify them for good.`,
    )
  const successor = key && keys.all(key.purpose).find((candidate) => candidate.id > id)
  if (successor && now.getTime() - successor.createdAt.getTime() < SETTLE_MS)
    throw new OperatorError(
      `密钥 ${id} 刚刚被替换，一分钟后才能删除。`,
      `Key ${id} was replaced less than a minute ago: another process may still write with it.`,
    )
  const used: string[] = []
  for (const [place, byKey] of Object.entries(await countByKey(options)))
    if (byKey.has(id)) used.push(`${place} ${byKey.get(id)}`)
  if (used.length > 0)
    throw new OperatorError(
      `密钥 ${id} 还有数据在用，不能删除（${used.join('；')}）。先运行 yiti keys reencrypt。`,
      `Key ${id} is still needed (${used.join('; ')}): run yiti keys reencrypt first.`,
    )
  await dropKey(keys, id)
}

function writes(keys: KeyRing, id: number): boolean {
  return keys.describe().some((key) => key.id === id && key.writes)
}

/** Walks one column by primary key; rows that a newer key wrote are passed over by the database. */
async function reencryptColumn(
  options: ReencryptOptions,
  column: Extract<ByteColumn, { holds: 'field' }>,
): Promise<number> {
  const { owner, county, keys } = options
  const limit = options.batch ?? 500
  const name = `${column.table}.${column.column}`
  const key = sql.raw(column.key.map(quoteIdent).join(', '))
  const value = sql.ref(column.column)
  let after: (string | number)[] | undefined
  let done = 0
  for (;;) {
    const last: (string | number)[] | undefined = await owner.inCounty(county, async (tx) => {
      const behind = after ? sql`(${key}) > (${sql.join(after)})` : sql`true`
      const { rows } = await sql<Record<string, string | number> & { sealed: Buffer }>`
        select ${key}, ${value} as sealed from ${sql.table(column.table)}
         where ${value} is not null and substr(${value}, 1, 3) <> ${currentFieldHeader(keys)} and ${behind}
         order by ${key} limit ${limit} for update`.execute(tx)
      if (rows.length === 0) return undefined
      const renewed = rows.map(({ sealed, ...place }) => ({
        ...place,
        [column.column]: `\\x${reencryptField(keys, sealed as Buffer, column.aad(place)).toString('hex')}`,
      }))
      await sql`
        update ${sql.table(column.table)} as t set ${value} = n.${value}
          from json_populate_recordset(null::${sql.table(column.table)}, ${JSON.stringify(renewed)}::json) as n
         where ${sql.join(
           column.key.map((part) => sql`t.${sql.ref(part)} = n.${sql.ref(part)}`),
           sql` and `,
         )}`.execute(tx)
      done += rows.length
      return column.key.map((part) => rows.at(-1)![part] as string | number)
    })
    options.progress?.(name, done)
    if (!last) return done
    after = last
  }
}

async function renewTokens(options: ReencryptOptions, renewal: TokenRenewal): Promise<number> {
  const { owner, county, keys } = options
  let after = 0
  let done = 0
  for (;;) {
    const { next, renewed } = await owner.inCounty(county, (tx) => renewal.batch(tx, keys, after, options.batch ?? 500))
    done += renewed
    options.progress?.(renewal.name, done)
    if (next === undefined) return done
    after = next
  }
}

/** How many values every key wrote, by place. */
async function countByKey(options: ReencryptOptions): Promise<Record<string, Map<number, number>>> {
  const { owner, county, byteColumns } = options
  const counts: Record<string, Map<number, number>> = {}
  for (const column of byteColumns)
    if (column.holds !== 'other')
      counts[`${column.table}.${column.column}`] = await owner.inCounty(county, (tx) => countColumn(tx, column), 'read')
  counts.files = await countFilesByKey(options.files)
  return counts
}

async function countColumn(
  tx: Tx,
  column: Extract<ByteColumn, { holds: 'field' | 'token' }>,
): Promise<Map<number, number>> {
  const value = sql.ref(column.column)
  // Key id: bytes 1 and 2 of a value, 0 and 1 of a token.
  const at = column.holds === 'field' ? 1 : 0
  const array = await sql<{ array: boolean }>`
    select t.typcategory = 'A' as array from pg_attribute a join pg_type t on t.oid = a.atttypid
     where a.attrelid = ${column.table}::regclass and a.attname = ${column.column}`.execute(tx)
  const source = array.rows[0]?.array
    ? sql`${sql.table(column.table)} cross join lateral unnest(${value}) as v (bytes)`
    : sql`${sql.table(column.table)} cross join lateral (values (${value})) as v (bytes)`
  const { rows } = await sql<{ id: number; n: number }>`
    select get_byte(bytes, ${sql.raw(String(at))}) * 256 + get_byte(bytes, ${sql.raw(String(at + 1))}) as id, count(*) as n
      from ${source} where bytes is not null group by 1`.execute(tx)
  return new Map(rows.map(({ id, n }) => [id, n]))
}
