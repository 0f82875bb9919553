import { blindToken, needsNewToken } from '#platform/crypto/blind-token.ts'
import type { ByteColumn, TokenRenewal } from '#platform/crypto/byte-columns.ts'
import { decryptField } from '#platform/crypto/field-encryption.ts'
import { normalisePhone } from '#platform/crypto/phone.ts'
import { sql } from '#platform/db/db.ts'
import { PHONE_DOMAIN } from '#platform/search/case-index.ts'
import type { CityOrder } from '../domain/city-message.ts'

export const SECRET_AAD = 'city_hotline_adapter:secret'
/** Bound to what is known before the row has an id. */
export const payloadAad = (number: string) => `city_hotline_order:${number}:payload`
export const noticeAad = (cityId: string) => `city_hotline_notice:${cityId}:words`
export const messageAad = (key: string) => `city_hotline_message:${key}:body`

export const cityHotlineByteColumns: readonly ByteColumn[] = [
  { holds: 'field', table: 'city_hotline_adapter', column: 'secret_sealed', key: ['id'], aad: () => SECRET_AAD },
  {
    holds: 'field',
    table: 'city_hotline_order',
    column: 'payload_sealed',
    key: ['number'],
    aad: ({ number }) => payloadAad(String(number)),
  },
  { holds: 'token', table: 'city_hotline_order', column: 'phone_token' },
  {
    holds: 'field',
    table: 'city_hotline_notice',
    column: 'words_sealed',
    key: ['city_id'],
    aad: ({ city_id: id }) => noticeAad(String(id)),
  },
  {
    holds: 'field',
    table: 'city_hotline_message',
    column: 'body_sealed',
    key: ['key'],
    aad: ({ key }) => messageAad(String(key)),
  },
]

/** Tokens of callers' numbers. */
export const renewCallerTokens: TokenRenewal = {
  name: 'city_hotline.caller',
  async batch(tx, keys, after, limit) {
    const { rows } = await sql<{ id: number; number: string; payload_sealed: Buffer; phone_token: Buffer | null }>`
      select id, number, payload_sealed, phone_token from city_hotline_order
       where id > ${after} order by id limit ${limit} for update`.execute(tx)
    let renewed = 0
    for (const row of rows) {
      if (!row.phone_token || !needsNewToken(keys, row.phone_token)) continue
      const order = JSON.parse(decryptField(keys, row.payload_sealed, payloadAad(row.number))) as CityOrder
      const phone = normalisePhone(order.callerPhone ?? '')
      if (!phone) continue
      await sql`update city_hotline_order set phone_token = ${blindToken(keys, PHONE_DOMAIN, phone)} where id = ${row.id}`.execute(
        tx,
      )
      renewed++
    }
    return { next: rows.length < limit ? undefined : rows.at(-1)!.id, renewed }
  },
}
