import { accessByteColumns } from '#platform/access/byte-columns.ts'
import {
  beginTotpCommand,
  changePasswordCommand,
  confirmTotpCommand,
  getMeQuery,
  listSessionsQuery,
  resetPasswordCommand,
  revokeSessionCommand,
} from '#platform/auth/account.command.ts'
import { authByteColumns } from '#platform/auth/byte-columns.ts'
import { getEntryHandler } from '#platform/auth/entry.raw.ts'
import { logInHandler, logOutHandler } from '#platform/auth/log-in.raw.ts'
import { calendarCommands, calendarHandlers, calendarQueries } from '#platform/calendar/calendar.parts.ts'
import { commandByteColumns } from '#platform/command/byte-columns.ts'
import type { Command, Query } from '#platform/command/command.ts'
import type { ByteColumn } from '#platform/crypto/byte-columns.ts'
import { renderCaseHandler } from '#platform/documents/documents.raw.ts'
import { evidenceByteColumns } from '#platform/evidence/byte-columns.ts'
import { filesByteColumns } from '#platform/files/byte-columns.ts'
import { downloadFileHandler, uploadByStaffHandler, uploadPubliclyHandler } from '#platform/files/files.raw.ts'
import { openApiHandler } from '#platform/http/openapi.raw.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import { importsByteColumns } from '#platform/imports/byte-columns.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import type { PermissionDef } from '#platform/module/module.ts'
import { notifyByteColumns } from '#platform/notify/byte-columns.ts'
import { sendDelivery } from '#platform/notify/deliver.ts'
import { listDeliveriesQuery } from '#platform/notify/list-deliveries.query.ts'
import { listNoticesQuery, readNoticesCommand } from '#platform/notify/notices.ts'
import { notifyInApp } from '#platform/notify/notify.ts'
import { actCommand } from '#platform/process/act.command.ts'
import { processByteColumns } from '#platform/process/byte-columns.ts'
import {
  checkDefinitionQuery,
  getDefinitionQuery,
  getMetaSchemaQuery,
  listDefinitionsQuery,
  publishDefinitionCommand,
  saveDefinitionCommand,
} from '#platform/process/definitions.command.ts'
import { exportCasesHandler } from '#platform/process/export-cases.raw.ts'
import { getCaseQuery } from '#platform/process/get-case.query.ts'
import { getNumbersQuery, listCasesQuery } from '#platform/process/list-cases.query.ts'
import { listInboxQuery } from '#platform/process/list-inbox.query.ts'
import { startCaseCommand } from '#platform/process/start-case.command.ts'
import { streamChangesHandler } from '#platform/realtime/events.raw.ts'
import { relayChange } from '#platform/realtime/relay.handler.ts'
import { searchByteColumns } from '#platform/search/byte-columns.ts'

// Routes of every shape stand in one list; each was typed where it was made.
// biome-ignore lint/suspicious/noExplicitAny: see above
type AnyCommand = Command<any>
// biome-ignore lint/suspicious/noExplicitAny: see above
type AnyQuery = Query<any>

export const PLATFORM_PERMISSIONS: readonly PermissionDef[] = [
  { name: 'process.case.view', summary: '查看辖区和条线内的案件' },
  { name: 'process.definition.manage', summary: '维护流程定义' },
  { name: 'calendar.day.manage', summary: '维护工作日历' },
  { name: 'access.audit.read', summary: '查阅审计记录' },
  { name: 'evidence.log.verify', summary: '验证存证' },
  { name: 'rollup.number.view', summary: '查看数字' },
]

export const platformCommands: readonly AnyCommand[] = [
  actCommand,
  startCaseCommand,
  saveDefinitionCommand,
  publishDefinitionCommand,
  changePasswordCommand,
  resetPasswordCommand,
  beginTotpCommand,
  confirmTotpCommand,
  revokeSessionCommand,
  readNoticesCommand,
  ...calendarCommands,
]

export const platformQueries: readonly AnyQuery[] = [
  listInboxQuery,
  listCasesQuery,
  getNumbersQuery,
  getCaseQuery,
  listDefinitionsQuery,
  getDefinitionQuery,
  checkDefinitionQuery,
  getMetaSchemaQuery,
  getMeQuery,
  listSessionsQuery,
  listNoticesQuery,
  listDeliveriesQuery,
  ...calendarQueries,
]

export const platformRaw: readonly RawHandler[] = [
  getEntryHandler,
  logInHandler,
  logOutHandler,
  uploadPubliclyHandler,
  uploadByStaffHandler,
  downloadFileHandler,
  streamChangesHandler,
  openApiHandler,
  renderCaseHandler,
  exportCasesHandler,
]

export const platformHandlers: Readonly<Record<string, JobHandler>> = {
  'notify.in_app': notifyInApp,
  'notify.send': sendDelivery,
  'event:process.case_moved': relayChange,
  ...calendarHandlers,
}

/** What the `bytea` columns of the platform's own tables hold. */
export const platformByteColumns: readonly ByteColumn[] = [
  ...accessByteColumns,
  ...authByteColumns,
  ...commandByteColumns,
  ...evidenceByteColumns,
  ...filesByteColumns,
  ...importsByteColumns,
  ...notifyByteColumns,
  ...processByteColumns,
  ...searchByteColumns,
]
