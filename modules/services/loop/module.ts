import { defineModule } from '#platform/module/module.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { loadRealMessages } from './demo/load-real-messages.ts'
import { loadWrittenCases } from './demo/load-written-cases.ts'
import answeredMessage from './process/answered-message.process.json' with { type: 'json' }
import report from './process/report.process.json' with { type: 'json' }
import { loopByteColumns, renewReporterTokens } from './server/byte-columns.ts'
import { followReportQuery, rateReportCommand } from './server/follow-report.ts'
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
  dependsOn: ['org', 'grid', 'duties'],
  permissions: [
    { name: 'loop.report.submit', summary: '代为上报事件与诉求' },
    { name: 'loop.report.intake', summary: '受理、派核实、不予受理' },
    { name: 'loop.report.file', summary: '立案、派核查、同意延期、作废' },
    { name: 'loop.report.dispatch', summary: '派遣' },
    { name: 'loop.report.handle', summary: '签收、处置、退单' },
    { name: 'loop.report.sign_reply', summary: '审签答复' },
    { name: 'loop.report.inspect', summary: '核实、核查' },
    { name: 'loop.report.close', summary: '结案' },
    { name: 'loop.report.supervise', summary: '裁定、督办' },
  ],
  commands: [reportPubliclyCommand, reportByStaffCommand, rateReportCommand],
  queries: [
    followReportQuery,
    getPublicPlacesQuery,
    getReporterQuery,
    suggestQuery,
    similarToCaseQuery,
    findSimilarQuery,
  ],
  raw: [publicPhotoHandler],
  effects: loopEffects,
  handlers: { 'loop.send_reply': sendReply },
  byteColumns: loopByteColumns,
  tokenRenewals: [renewReporterTokens],
  definitions: [report, answeredMessage] as unknown as ProcessDefinition[],
  documents: { report: loopDocuments },
  async demo(load) {
    if (load.here.county.slug === 'wuzhong') await loadWrittenCases(load)
    if (load.here.county.slug === 'sample') await loadRealMessages(load)
  },
})
