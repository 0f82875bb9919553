import type { StaffActor } from '#platform/access/actor.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Command, Query } from '#platform/command/command.ts'
import type { CountyServices, Services } from '#platform/command/services.ts'
import type { ByteColumn, TokenRenewal } from '#platform/crypto/byte-columns.ts'
import type { County } from '#platform/db/counties.ts'
import type { Tx } from '#platform/db/db.ts'
import type { CaseDocument } from '#platform/documents/case-document.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import type { Directory } from '#platform/process/directory.ts'
import type { Effect } from '#platform/process/effect.ts'
import type { FlowCounting } from '#platform/rollup/flow-counting.ts'

export type Layer = 'foundation' | 'management' | 'services'

/** A permission that grants may carry, with its wording key `permission.<name>` in the module's locale. */
export interface PermissionDef {
  name: string
  /** For the duty of each: who normally holds it. */
  summary: string
}

export interface DemoLoad {
  services: Services
  here: CountyServices
  /** Posts and grants of an account by its log-in. */
  actor(login: string): Promise<StaffActor | undefined>
  /** Tells how far it is; `what` names it on the screen. */
  progress(what: string, done: number, total: number): void
  /** The server is stopping. */
  signal: AbortSignal
}

/** What a module adds to the house; its `module.ts` exports one as default and is the server's only entry. */
export interface Module {
  name: string
  layer: Layer
  /** Modules of the same layer or below whose `public.ts` this one calls. */
  dependsOn: readonly string[]
  permissions: readonly PermissionDef[]
  // biome-ignore lint/suspicious/noExplicitAny: routes of every shape stand in one list
  commands?: readonly Command<any>[]
  // biome-ignore lint/suspicious/noExplicitAny: routes of every shape stand in one list
  queries?: readonly Query<any>[]
  /** Routes that touch cookies, uploads or streams. */
  raw?: readonly RawHandler[]
  /** Effects that process definitions may name, as `<module>.<verb>`. */
  effects?: Readonly<Record<string, Effect>>
  /** Handlers of jobs and of events (`event:<module>.<past tense>`). */
  handlers?: Readonly<Record<string, JobHandler>>
  /** Kinds of its jobs that take long (seconds to a minute): they run apart, so that nothing else waits for them. */
  longJobs?: readonly string[]
  /** Flows shipped with the module; published in a new county. */
  definitions?: readonly ProcessDefinition[]
  /** What the hops of its flows mean to measures (考核口径). */
  countings?: readonly FlowCounting[]
  /** What the notes are called that it leaves on cases (`noteOnCase`). */
  hopNames?: Readonly<Record<string, { 'zh-CN': string; en: string }>>
  /** Documents that cases of a flow can give, by the key of its definition (also of a flow that another module ships). */
  documents?: Readonly<Record<string, readonly CaseDocument[]>>
  /** What the `bytea` columns of its tables hold, so that keys can be changed. */
  byteColumns?: readonly ByteColumn[]
  /** Makes blind tokens anew from values the module holds. */
  tokenRenewals?: readonly TokenRenewal[]
  /** Fills a new county with what the module cannot work without (in its own transaction; safe to repeat). */
  setUp?(tx: Tx, county: County): Promise<void>
  /** Fills a demo county with believable cases, in the background of the first start; safe to repeat and to interrupt. */
  demo?(load: DemoLoad): Promise<void>
  /** Accounts worth offering on a demo's log-in page; only `org`. */
  demoAccounts?(county: County): { password: string; accounts: { login: string; name: string; what: string }[] }
  /** Only `org`: the directory of units, posts and accounts. */
  directory?(tx: Tx, classNames: ReadonlyMap<string, string>, clock: Clock): Promise<Directory>
  /** Only `org`: posts and grants of an account. */
  actorOf?: (tx: Tx, accountId: number, at: Date) => Promise<StaffActor | undefined>
  /** Names of classes for the directory; only `duties`. */
  classNames?(tx: Tx): Promise<ReadonlyMap<string, string>>
}

/** Types the default export of a `module.ts`. */
export function defineModule(module: Module): Module {
  return module
}
