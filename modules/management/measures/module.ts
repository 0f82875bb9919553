import {
  onCaseMoved,
  onProject,
  onRecomputed,
  onRecount,
  PROJECT_JOB,
  RECOUNT_JOB,
} from '#modules/management/measures/server/case-moved.handler.ts'
import {
  exportMeasuredCasesHandler,
  exportMeasuresHandler,
} from '#modules/management/measures/server/export-measures.raw.ts'
import { MANAGE, READ } from '#modules/management/measures/server/measures.policy.ts'
import {
  compareObjectsQuery,
  getMeasuresQuery,
  listCasesQuery,
} from '#modules/management/measures/server/measures.queries.ts'
import { setCompositeCommand } from '#modules/management/measures/server/set-composite.command.ts'
import { setUpMeasures } from '#modules/management/measures/server/set-up.ts'
import { defineModule } from '#platform/module/module.ts'
import { RECOMPUTE_JOB } from '#platform/process/recompute-clocks.ts'

export default defineModule({
  name: 'measures',
  layer: 'management',
  dependsOn: ['org'],
  permissions: [
    { name: READ, summary: '查看辖区和条线的考核指标' },
    { name: MANAGE, summary: '数据局管理员：公布综合得分的权重' },
  ],
  commands: [setCompositeCommand],
  queries: [getMeasuresQuery, compareObjectsQuery, listCasesQuery],
  raw: [exportMeasuredCasesHandler, exportMeasuresHandler],
  handlers: {
    'event:process.case_moved': onCaseMoved,
    [RECOMPUTE_JOB]: onRecomputed,
    [PROJECT_JOB]: onProject,
    [RECOUNT_JOB]: onRecount,
  },
  setUp: setUpMeasures,
})
