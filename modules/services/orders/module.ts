import { IMPORT_JOB, importStep } from '#platform/imports/import-job.ts'
import { defineModule } from '#platform/module/module.ts'
import { IMPORT } from './contract.ts'
import { ordersByteColumns } from './server/byte-columns.ts'
import {
  cancelOrderImportCommand,
  checkOrderImportCommand,
  downloadOrderErrorsHandler,
  getOrderImportQuery,
  listOrderImportsQuery,
  resumeOrderImportCommand,
  startOrderImportCommand,
  uploadOrdersHandler,
} from './server/imports.commands.ts'
import { orderConsumer } from './server/order.consumer.ts'
import { grantImport } from './server/set-up.ts'

export default defineModule({
  name: 'orders',
  layer: 'services',
  dependsOn: ['org', 'duties', 'loop'],
  permissions: [{ name: IMPORT, summary: '从文件导入工单' }],
  commands: [checkOrderImportCommand, startOrderImportCommand, cancelOrderImportCommand, resumeOrderImportCommand],
  queries: [listOrderImportsQuery, getOrderImportQuery],
  raw: [uploadOrdersHandler, downloadOrderErrorsHandler],
  handlers: { [IMPORT_JOB]: importStep(orderConsumer) },
  longJobs: [IMPORT_JOB],
  byteColumns: ordersByteColumns,
  setUp: (tx) => grantImport(tx),
})
