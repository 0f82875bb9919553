import { totpAad } from '#platform/auth/log-in.ts'
import type { ByteColumn } from '#platform/crypto/byte-columns.ts'

export const authByteColumns: readonly ByteColumn[] = [
  {
    holds: 'field',
    table: 'auth_account',
    column: 'totp_secret',
    key: ['id'],
    aad: ({ id }) => totpAad(Number(id)),
  },
  { holds: 'other', table: 'auth_session', column: 'token_hash', what: 'digest of the session token' },
  {
    holds: 'other',
    table: 'auth_stranger',
    column: 'name',
    what: 'keyed digest of a name that nobody has; gone after a day',
  },
  { holds: 'other', table: 'auth_reset', column: 'token_hash', what: 'digest of the reset token' },
]
