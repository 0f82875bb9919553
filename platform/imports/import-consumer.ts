import type { StaffActor } from '#platform/access/actor.ts'
import type { Context } from '#platform/command/context.ts'
import type { ImportRow } from '#platform/imports/imports.store.ts'
import type { ImportColumn, ReadRow, RowProblem } from '#platform/tables/import-rows.ts'

/** What becomes of one row. */
export type Verdict =
  /** Fine (dry run) or taken. `key` tells rows of one file apart: a second one with it is a duplicate. */
  | { kind: 'good'; key?: string }
  | { kind: 'error'; problems: RowProblem[] }
  /** Known already, from this file or an earlier one. */
  | { kind: 'duplicate'; problems: RowProblem[] }

export type Settings = Readonly<Record<string, unknown>>

/** What the rows of a file become: a module exports one and binds the routes of its imports to it. */
export interface ImportConsumer {
  /** Unique among all consumers. */
  readonly name: string
  /** Permission to import, by territory. */
  readonly permission: string
  readonly fields: readonly ImportColumn[]
  /** The source whose column match is remembered. */
  origin(settings: Settings): string
  /** Who an account is now: rows are taken under the rights that it has then. */
  actorOf(context: Context, accountId: number): Promise<StaffActor | undefined>
  /** Judges readable rows without writing. Rows whose cells could not be read are not among them. */
  check(context: Context, head: ImportRow, rows: readonly ReadRow[]): Promise<Verdict[]>
  /** Takes them, in the transaction that also keeps the checkpoint: all that is written stands or falls with it. */
  take(context: Context, head: ImportRow, rows: readonly ReadRow[]): Promise<Verdict[]>
  /** After the last row, or when somebody stopped it: what one summary tells instead of a notice for each row. */
  ended?(context: Context, head: ImportRow): Promise<void>
}
