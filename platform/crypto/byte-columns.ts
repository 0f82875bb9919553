import type { KeyRing } from '#platform/crypto/key-ring.ts'
import type { Tx } from '#platform/db/db.ts'

/**
 * What a `bytea` column holds. Every such column of the database is declared by its owner, so that a change of keys can
 * walk all of them; a test finds the ones that are not.
 */
export type ByteColumn =
  | {
      /** Written by `encryptField`. */
      holds: 'field'
      table: string
      column: string
      /** Columns of the primary key, in its order. */
      key: readonly string[]
      /** What the value is bound to, from the columns of the key. */
      aad(key: Readonly<Record<string, string | number>>): string
    }
  | {
      /** Blind tokens, one or an array of them. They are renewed by a `TokenRenewal`. */
      holds: 'token'
      table: string
      column: string
    }
  | {
      /** Digests, tree hashes and other bytes that no key of the ring writes. */
      holds: 'other'
      table: string
      column: string
      /** What then; for the reader of the list. */
      what: string
    }

/** Makes blind tokens anew from the values they were made of; told by the module that has the values. */
export interface TokenRenewal {
  name: string
  /**
   * One batch in one transaction: renews what belongs to the next `limit` rows behind `after` (0 at first).
   * Runs with the rights of the owner of the tables, since some of them take no change from the application.
   * @returns where to go on, or undefined when no row was left, and how many rows got new tokens
   */
  batch(tx: Tx, keys: KeyRing, after: number, limit: number): Promise<{ next: number | undefined; renewed: number }>
}
