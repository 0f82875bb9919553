import { blindToken, needsNewToken } from '#platform/crypto/blind-token.ts'
import type { ByteColumn, TokenRenewal } from '#platform/crypto/byte-columns.ts'
import { decryptField } from '#platform/crypto/field-encryption.ts'
import { sql } from '#platform/db/db.ts'
import { PHONE_DOMAIN } from '#platform/search/case-index.ts'
import { consultationAad } from './consultation.store.ts'

const sealed = (column: string, field: Parameters<typeof consultationAad>[1]): ByteColumn => ({
  holds: 'field',
  table: 'knowledge_consultation',
  column,
  key: ['id'],
  aad: ({ id }) => consultationAad(Number(id), field),
})

export const knowledgeByteColumns: readonly ByteColumn[] = [
  sealed('question_sealed', 'question'),
  sealed('asker_name', 'name'),
  sealed('asker_phone', 'phone'),
  { holds: 'token', table: 'knowledge_consultation', column: 'asker_token' },
]

/** Tokens of the telephone numbers of who asked. */
export const renewAskerTokens: TokenRenewal = {
  name: 'knowledge.asker',
  async batch(tx, keys, after, limit) {
    const { rows } = await sql<{ id: number; asker_phone: Buffer | null; asker_token: Buffer | null }>`
      select id, asker_phone, asker_token from knowledge_consultation
       where id > ${after} order by id limit ${limit} for update`.execute(tx)
    let renewed = 0
    for (const { id, asker_phone: phone, asker_token: token } of rows) {
      if (!phone || !token || !needsNewToken(keys, token)) continue
      const number = decryptField(keys, phone, consultationAad(id, 'phone'))
      await sql`
        update knowledge_consultation set asker_token = ${blindToken(keys, PHONE_DOMAIN, number)}
         where id = ${id}`.execute(tx)
      renewed++
    }
    return { next: rows.length < limit ? undefined : rows.at(-1)!.id, renewed }
  },
}
