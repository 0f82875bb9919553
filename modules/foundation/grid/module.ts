import { MANAGE, PUBLISH, VIEW } from '#modules/foundation/grid/contract.ts'
import { draftChangeCommand } from '#modules/foundation/grid/server/draft-change.command.ts'
import { exportGridsHandler } from '#modules/foundation/grid/server/export-grids.raw.ts'
import {
  getChangeQuery,
  getEffectQuery,
  getGridQuery,
  listChangesQuery,
  listGridsQuery,
  listShapesQuery,
} from '#modules/foundation/grid/server/grid.queries.ts'
import { changeFactsCommand, settleGridCommand } from '#modules/foundation/grid/server/grid-facts.command.ts'
import { importBordersCommand, importGridsCommand } from '#modules/foundation/grid/server/import-grids.command.ts'
import { applyScheduled, publishChangeCommand } from '#modules/foundation/grid/server/publish-change.command.ts'
import { saveChangeCommand, withdrawChangeCommand } from '#modules/foundation/grid/server/save-change.command.ts'
import { setUpGrids } from '#modules/foundation/grid/server/set-up.ts'
import { defineModule } from '#platform/module/module.ts'

export default defineModule({
  name: 'grid',
  layer: 'foundation',
  dependsOn: ['org'],
  permissions: [
    { name: VIEW, summary: '指挥中心、村社区、网格长、网格员：查看本辖区网格' },
    { name: MANAGE, summary: '镇街社会治理局经办人、数据局管理员：绘制、导入、拆分、合并网格' },
    { name: PUBLISH, summary: '镇街社会治理局负责人、区指挥中心值班主任、数据局管理员：发布他人起草的网格调整' },
  ],
  commands: [
    draftChangeCommand,
    importGridsCommand,
    importBordersCommand,
    saveChangeCommand,
    publishChangeCommand,
    withdrawChangeCommand,
    changeFactsCommand,
    settleGridCommand,
  ],
  queries: [listGridsQuery, listShapesQuery, getGridQuery, listChangesQuery, getChangeQuery, getEffectQuery],
  raw: [exportGridsHandler],
  handlers: { 'grid.apply_change': applyScheduled },
  setUp: setUpGrids,
})
