import { defineModule } from '#platform/module/module.ts'
import { ANSWER, EXCHANGE, MANAGE, VIEW } from './contract.ts'
import { runCityCentre } from './demo/run-city-centre.ts'
import { getAdapterQuery, receiveOrdersHandler, saveAdapterCommand, testAdapterHandler } from './server/adapter.ts'
import { cityHotlineByteColumns, renewCallerTokens } from './server/byte-columns.ts'
import { exportMessagesHandler, importSheetCommand } from './server/city-sheet.ts'
import { POLL_JOB, pollCity, RECONCILE_JOB, REFETCH_JOB, reconcileDaily, refetchOrder } from './server/exchange.ts'
import {
  askExtensionCommand,
  askReturnCommand,
  getOrderOfCaseQuery,
  getOrderQuery,
  listOrdersQuery,
  resendMessageCommand,
} from './server/orders.ts'
import {
  exportRunHandler,
  getRunQuery,
  listRunsQuery,
  mendDifferencesCommand,
  runReconciliationHandler,
} from './server/reconciliations.ts'
import { onCaseMoved, SEND_JOB, sendNext, TROUBLE_JOB, tellTrouble } from './server/send.ts'
import { setUpCityHotline } from './server/set-up.ts'

export default defineModule({
  name: 'city-hotline',
  layer: 'services',
  dependsOn: ['org', 'loop'],
  permissions: [
    { name: VIEW, summary: '查看市 12345 工单' },
    { name: ANSWER, summary: '值班长、区值班主任：向市退单、申请延期' },
    { name: EXCHANGE, summary: '与市 12345 收发文件、重发、对账' },
    { name: MANAGE, summary: '数据局管理员：设置与市 12345 的对接' },
  ],
  commands: [
    askReturnCommand,
    askExtensionCommand,
    resendMessageCommand,
    importSheetCommand,
    saveAdapterCommand,
    mendDifferencesCommand,
  ],
  queries: [listOrdersQuery, getOrderQuery, getOrderOfCaseQuery, getAdapterQuery, listRunsQuery, getRunQuery],
  raw: [receiveOrdersHandler, testAdapterHandler, exportMessagesHandler, runReconciliationHandler, exportRunHandler],
  handlers: {
    'event:process.case_moved': onCaseMoved,
    [SEND_JOB]: sendNext,
    [TROUBLE_JOB]: tellTrouble,
    [POLL_JOB]: pollCity,
    [REFETCH_JOB]: refetchOrder,
    [RECONCILE_JOB]: reconcileDaily,
  },
  // They wait for another's server: nothing else waits for them.
  longJobs: [SEND_JOB, POLL_JOB, REFETCH_JOB, RECONCILE_JOB],
  hopNames: {
    cityUrged: { 'zh-CN': '市 12345 催办', en: 'Urged by the city' },
    citySupervised: { 'zh-CN': '市 12345 督办', en: 'Supervised by the city' },
    cityExtended: { 'zh-CN': '市 12345 同意延期', en: 'Extended by the city' },
    cityUnsatisfied: { 'zh-CN': '市回访不满意', en: 'Not satisfied when the city called back' },
    citySatisfied: { 'zh-CN': '市回访满意', en: 'Satisfied when the city called back' },
    cityReturned: { 'zh-CN': '市 12345 同意退单', en: 'Taken back by the city' },
    cityWithdrawn: { 'zh-CN': '市 12345 撤单', en: 'Withdrawn by the city' },
  },
  byteColumns: cityHotlineByteColumns,
  tokenRenewals: [renewCallerTokens],
  setUp: (tx) => setUpCityHotline(tx),
  async demo(load) {
    if (load.here.county.slug !== 'wuzhong') return
    try {
      await runCityCentre(load)
    } catch (error) {
      load.services.log.error({ err: error }, 'the simulated city centre could not be started')
    }
  },
})
