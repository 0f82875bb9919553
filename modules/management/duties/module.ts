import { dryRunQuery } from '#modules/management/duties/server/dry-run.query.ts'
import {
  addRulingCommand,
  changeClassCommand,
  endItemCommand,
  endRulingCommand,
  putItemCommand,
} from '#modules/management/duties/server/duties.commands.ts'
import { MAKE_RULING, MANAGE_LIST } from '#modules/management/duties/server/duties.policy.ts'
import {
  getClassQuery,
  getOptionsQuery,
  listClassesQuery,
  listItemsQuery,
  listRulingsQuery,
  previewRouteQuery,
  suggestClassesQuery,
} from '#modules/management/duties/server/duties.queries.ts'
import { classNames } from '#modules/management/duties/server/duties.store.ts'
import {
  publishEditionCommand,
  TAKE_EFFECT,
  takeEffect,
  tryEditionCommand,
  undoEditionCommand,
  withdrawEditionCommand,
} from '#modules/management/duties/server/edition.commands.ts'
import {
  getEditionQuery,
  listConflictsQuery,
  listEditionsQuery,
  tryHistoryQuery,
} from '#modules/management/duties/server/edition.queries.ts'
import { editionFileHandler, exportBookHandler } from '#modules/management/duties/server/edition-files.raw.ts'
import { setUp } from '#modules/management/duties/server/set-up.ts'
import { defineModule } from '#platform/module/module.ts'

export default defineModule({
  name: 'duties',
  layer: 'management',
  dependsOn: ['org'],
  permissions: [
    { name: MANAGE_LIST, summary: '维护类别和职责清单' },
    { name: MAKE_RULING, summary: '作出职责裁定' },
  ],
  commands: [
    changeClassCommand,
    putItemCommand,
    endItemCommand,
    addRulingCommand,
    endRulingCommand,
    tryEditionCommand,
    publishEditionCommand,
    withdrawEditionCommand,
    undoEditionCommand,
  ],
  queries: [
    listClassesQuery,
    getClassQuery,
    suggestClassesQuery,
    listItemsQuery,
    getOptionsQuery,
    previewRouteQuery,
    listRulingsQuery,
    dryRunQuery,
    listEditionsQuery,
    getEditionQuery,
    tryHistoryQuery,
    listConflictsQuery,
  ],
  raw: [exportBookHandler, editionFileHandler],
  handlers: { [TAKE_EFFECT]: takeEffect },
  setUp,
  classNames,
})
