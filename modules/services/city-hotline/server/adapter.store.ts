import { decryptField, encryptField } from '#platform/crypto/field-encryption.ts'
import type { KeyRing } from '#platform/crypto/key-ring.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import type { EnvelopeKeys } from '../domain/envelope.ts'
import type { Signature } from '../domain/envelope-shape.ts'
import { SECRET_AAD } from './byte-columns.ts'

export interface Adapter {
  form: 'off' | 'file' | 'api'
  inbound: 'push' | 'poll'
  address: string | null
  keyId: string | null
  signature: Signature
  secret: string | null
  cityPublicKey: string | null
  pollMinutes: number
  pollCursor: string | null
  polledAt: Date | null
  pollError: string | null
  simulated: boolean
  chain: number
  changedAt: Date | null
  changedBy: number | null
}

const NONE: Adapter = {
  form: 'off',
  inbound: 'push',
  address: null,
  keyId: null,
  signature: 'hmacSha256',
  secret: null,
  cityPublicKey: null,
  pollMinutes: 5,
  pollCursor: null,
  polledAt: null,
  pollError: null,
  simulated: false,
  chain: 0,
  changedAt: null,
  changedBy: null,
}

/** The county's setting; what a county begins with where none was made yet. */
export async function findAdapter(tx: Tx, keys: KeyRing, lock = false): Promise<Adapter> {
  const { rows } = await sql<Omit<Adapter, 'secret'> & { sealed: Buffer | null }>`
    select form, inbound, address, key_id as "keyId", signature, secret_sealed as sealed, city_public_key as "cityPublicKey",
           poll_minutes as "pollMinutes", poll_cursor as "pollCursor", polled_at as "polledAt", poll_error as "pollError",
           simulated, chain, changed_at as "changedAt", changed_by as "changedBy"
      from city_hotline_adapter where id = 1 ${lock ? sql`for update` : sql``}`.execute(tx)
  const row = rows[0]
  if (!row) return NONE
  const { sealed, ...rest } = row
  return { ...rest, secret: sealed ? decryptField(keys, sealed, SECRET_AAD) : null }
}

/** What messages are signed with; undefined where the setting is not complete. */
export function envelopeKeys(adapter: Adapter): EnvelopeKeys | undefined {
  if (!adapter.keyId || !adapter.secret) return undefined
  if (adapter.signature === 'sm2' && !adapter.cityPublicKey) return undefined
  return {
    keyId: adapter.keyId,
    signature: adapter.signature,
    secret: adapter.secret,
    otherPublicKey: adapter.cityPublicKey,
  }
}

export async function writeAdapter(
  tx: Tx,
  keys: KeyRing,
  next: Pick<
    Adapter,
    'form' | 'inbound' | 'address' | 'keyId' | 'signature' | 'secret' | 'cityPublicKey' | 'pollMinutes' | 'simulated'
  >,
  by: number | null,
  at: Date,
): Promise<number> {
  const secret = next.secret === null ? null : encryptField(keys, next.secret, SECRET_AAD)
  const { rows } = await sql<{ chain: number }>`
    insert into city_hotline_adapter (id, form, inbound, address, key_id, signature, secret_sealed, city_public_key, poll_minutes,
      simulated, chain, changed_at, changed_by)
    values (1, ${next.form}, ${next.inbound}, ${next.address}, ${next.keyId}, ${next.signature}, ${secret}, ${next.cityPublicKey},
      ${next.pollMinutes}, ${next.simulated}, 1, ${at}, ${by})
    on conflict (id) do update set form = excluded.form, inbound = excluded.inbound, address = excluded.address,
      key_id = excluded.key_id, signature = excluded.signature, secret_sealed = excluded.secret_sealed,
      city_public_key = excluded.city_public_key, poll_minutes = excluded.poll_minutes, simulated = excluded.simulated,
      poll_cursor = case when city_hotline_adapter.address is distinct from excluded.address then null
                         else city_hotline_adapter.poll_cursor end,
      poll_error = null, chain = city_hotline_adapter.chain + 1, changed_at = excluded.changed_at, changed_by = excluded.changed_by
    returning chain`.execute(tx)
  return rows[0]!.chain
}

export async function notePoll(tx: Tx, result: { cursor?: string; error: string | null; at: Date }): Promise<void> {
  await sql`
    update city_hotline_adapter set poll_error = ${result.error},
      polled_at = case when ${result.error}::text is null then ${result.at} else polled_at end,
      poll_cursor = coalesce(${result.cursor ?? null}, poll_cursor) where id = 1`.execute(tx)
}
