import type { Actor } from '#platform/access/actor.ts'
import type { CountyServices, Services } from '#platform/command/services.ts'
import type { Tx } from '#platform/db/db.ts'

/** A change of case numbers, written as an insert-only row (platform/rollup). */
export interface RollupDelta {
  definitionKey: string
  phase: string
  state: string
  townCode: string | null
  villageCode: string | null
  lineCode: string | null
  overdue: boolean
  amount: 1 | -1
}

export interface JobRow {
  /** Handler name; `event:<name>` for an outbox event. */
  kind: string
  /** Jobs of one aggregate run in order. */
  aggregate?: string
  payload: Record<string, unknown>
  runAt?: Date
}

export interface EvidenceFact {
  kind: string
  subject: string
  /** Plain JSON without personal data; becomes a salted commitment. */
  content: Record<string, unknown>
}

/** Rows that belong to the change and are written with it in one statement at its end. */
export class Pending {
  subject: string | null = null
  readonly deltas: RollupDelta[] = []
  readonly jobs: JobRow[] = []
  readonly facts: EvidenceFact[] = []
}

export interface Context {
  readonly tx: Tx
  readonly actor: Actor
  readonly now: Date
  readonly services: Services
  readonly here: CountyServices
  readonly pending: Pending
  readonly request: RequestInfo
  /** What is done lies in the past and is brought in (import, demo): nobody is told or reminded of what is over by now. */
  readonly history?: boolean
}

/** Where a call came from, for audit and logs. */
export interface RequestInfo {
  readonly traceId: string
  readonly address: string | null
  /** Time on a device that was offline. */
  readonly deviceAt?: Date
}
