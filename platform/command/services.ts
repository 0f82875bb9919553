import type { Ajv } from 'ajv'
import type { WorkCalendar } from '#platform/calendar/work-calendar.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Config } from '#platform/config/config.ts'
import type { KeyRing } from '#platform/crypto/key-ring.ts'
import type { County } from '#platform/db/counties.ts'
import type { Pool } from '#platform/db/pool.ts'
import type { CaseDocument } from '#platform/documents/case-document.ts'
import type { Log } from '#platform/logs/log.ts'
import type { DefinitionShelf } from '#platform/process/definition-shelf.ts'
import type { Directory } from '#platform/process/directory.ts'
import type { Effect } from '#platform/process/effect.ts'
import type { FlowCounting } from '#platform/rollup/flow-counting.ts'

/** What one county needs in memory; rebuilt when its revision changes. */
export interface CountyServices {
  readonly county: County
  readonly keys: KeyRing
  readonly calendar: WorkCalendar
  readonly directory: Directory
  readonly definitions: DefinitionShelf
}

/** What a server process has; handed to every command, query and job. */
export interface Services {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly pool: Pool
  readonly effects: ReadonlyMap<string, Effect>
  /** Every permission that a module or the platform declares. */
  readonly permissions: ReadonlySet<string>
  /** Documents that cases can give, by flow. */
  readonly documents: ReadonlyMap<string, readonly CaseDocument[]>
  /** What the hops of a flow mean to measures, by flow. */
  readonly countings: ReadonlyMap<string, FlowCounting>
  /** Names of notes that modules leave on cases. */
  readonly hopNames: ReadonlyMap<string, { 'zh-CN': string; en: string }>
  readonly ajv: Ajv
  county(slug: string): Promise<CountyServices>
}
