import { defineModule } from '#platform/module/module.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import type { FlowCounting } from '#platform/rollup/flow-counting.ts'
import { MAKE_CALLBACK } from './contract.ts'
import { loadRealMessages } from './demo/load-real-messages.ts'
import { loadWrittenCases } from './demo/load-written-cases.ts'
import answeredMessage from './process/answered-message.process.json' with { type: 'json' }
import reportCounting from './process/report.counting.json' with { type: 'json' }
import report from './process/report.process.json' with { type: 'json' }
import { collectLabels } from './recognition/learn/collect-labels.handler.ts'
import {
  judgeRecognitionLabelCommand,
  setRecognitionThresholdCommand,
  switchRecognitionCommand,
  trainRecognitionModelCommand,
} from './recognition/learn/recognition.commands.ts'
import { MANAGE, SWITCH, VIEW } from './recognition/learn/recognition.policy.ts'
import {
  getRecognitionQuery,
  getRecognitionShadowQuery,
  listRecognitionChangesQuery,
  listRecognitionLabelsQuery,
  previewRecognitionThresholdQuery,
} from './recognition/learn/recognition.queries.ts'
import { grantRecognition } from './recognition/learn/set-up.ts'
import { TRAIN_JOB, trainRecognition } from './recognition/learn/train-recognition.handler.ts'
import { askForCallback } from './server/ask-for-callback.ts'
import { loopByteColumns, renewReporterTokens } from './server/byte-columns.ts'
import { listCallbacksQuery, recordCallbackCommand } from './server/callback.commands.ts'
import { getCallerQuery, reportConsultationCommand } from './server/caller.ts'
import { followReportQuery, rateReportCommand } from './server/follow-report.ts'
import { grantCallback } from './server/grant-callback.ts'
import { loopDocuments } from './server/loop.documents.ts'
import { loopEffects } from './server/loop.effects.ts'
import { getPublicPlacesQuery, getReporterQuery, suggestQuery } from './server/loop.queries.ts'
import { publicPhotoHandler } from './server/public-photo.raw.ts'
import { reportByStaffCommand, reportPubliclyCommand } from './server/report.command.ts'
import { sendReply } from './server/send-reply.handler.ts'
import { findSimilarQuery, similarToCaseQuery } from './server/similar.queries.ts'

export default defineModule({
  name: 'loop',
  layer: 'services',
  dependsOn: ['org', 'grid', 'duties', 'roster', 'knowledge'],
  permissions: [
    { name: 'loop.report.submit', summary: '代为上报事件与诉求' },
    { name: 'loop.report.intake', summary: '受理、派核实、不予受理' },
    { name: 'loop.report.file', summary: '立案、派核查、同意延期、作废' },
    { name: 'loop.report.dispatch', summary: '派遣' },
    { name: 'loop.report.handle', summary: '签收、处置、退单' },
    { name: 'loop.report.sign_reply', summary: '审签答复' },
    { name: 'loop.report.inspect', summary: '核实、核查' },
    { name: 'loop.report.close', summary: '结案' },
    { name: 'loop.report.supervise', summary: '裁定、督办、挂账' },
    { name: 'loop.report.instruct', summary: '登记领导批示' },
    { name: MAKE_CALLBACK, summary: '回访' },
    { name: VIEW, summary: '查看识别模型、更正样本和影子对比' },
    { name: MANAGE, summary: '训练识别模型、剔除错误样本' },
    { name: SWITCH, summary: '切换在用识别模型、设定把握阈值' },
  ],
  commands: [
    reportPubliclyCommand,
    reportByStaffCommand,
    rateReportCommand,
    reportConsultationCommand,
    recordCallbackCommand,
    judgeRecognitionLabelCommand,
    trainRecognitionModelCommand,
    switchRecognitionCommand,
    setRecognitionThresholdCommand,
  ],
  queries: [
    followReportQuery,
    getPublicPlacesQuery,
    getReporterQuery,
    suggestQuery,
    similarToCaseQuery,
    findSimilarQuery,
    getCallerQuery,
    listCallbacksQuery,
    getRecognitionQuery,
    listRecognitionLabelsQuery,
    getRecognitionShadowQuery,
    previewRecognitionThresholdQuery,
    listRecognitionChangesQuery,
  ],
  raw: [publicPhotoHandler],
  effects: loopEffects,
  handlers: {
    'loop.send_reply': sendReply,
    async 'event:process.case_moved'(context, payload) {
      await collectLabels(context, payload)
      await askForCallback(context, payload)
    },
    [TRAIN_JOB]: trainRecognition,
  },
  longJobs: [TRAIN_JOB],
  byteColumns: loopByteColumns,
  tokenRenewals: [renewReporterTokens],
  definitions: [report, answeredMessage] as unknown as ProcessDefinition[],
  countings: [reportCounting] as FlowCounting[],
  documents: { report: loopDocuments },
  async setUp(tx) {
    await grantRecognition(tx)
    await grantCallback(tx)
  },
  async demo(load) {
    if (load.here.county.slug === 'wuzhong') await loadWrittenCases(load)
    if (load.here.county.slug === 'sample') await loadRealMessages(load)
  },
})
