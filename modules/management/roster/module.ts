import { DEFINE, PLAN, SWITCH } from '#modules/management/roster/contract.ts'
import { loadRoster } from '#modules/management/roster/demo/load-roster.ts'
import {
  absenceBegins,
  endAbsenceCommand,
  enterAbsenceCommand,
  listAbsencesQuery,
  listPairsQuery,
  nameBackupCommand,
  previewAbsenceQuery,
} from '#modules/management/roster/server/absence.commands.ts'
import {
  getLogQuery,
  listLogCasesQuery,
  listLogsQuery,
  remindLog,
  renderLogHandler,
  shiftEnded,
  signLogCommand,
  takeLogCommand,
} from '#modules/management/roster/server/log.commands.ts'
import { answerSwapCommand, askSwapCommand, getMineQuery } from '#modules/management/roster/server/mine.commands.ts'
import {
  addModeCommand,
  changeModeCommand,
  listModesQuery,
  listNoticesQuery,
  listPublicNoticesQuery,
  modeBegins,
  modeEnds,
  previewModeQuery,
  shortenRunning,
  switchModeOffCommand,
  switchModeOnCommand,
} from '#modules/management/roster/server/mode.commands.ts'
import { setUpRoster } from '#modules/management/roster/server/set-up.ts'
import {
  addDeskCommand,
  copyLastWeekCommand,
  exportRosterHandler,
  getWeekQuery,
  importRosterCommand,
  listCandidatesQuery,
  listOnDutyQuery,
  saveWeekCommand,
  setDeskCommand,
} from '#modules/management/roster/server/week.commands.ts'
import { defineModule } from '#platform/module/module.ts'

export default defineModule({
  name: 'roster',
  layer: 'management',
  dependsOn: ['org', 'duties'],
  permissions: [
    { name: PLAN, summary: '镇街值班长、单位分管负责人、区指挥中心值班主任：排班、A/B 岗、登记不在岗' },
    { name: DEFINE, summary: '区指挥中心值班主任、数据局管理员：编制汛期等模式' },
    { name: SWITCH, summary: '区指挥中心值班主任：启动和解除模式' },
  ],
  commands: [
    saveWeekCommand,
    copyLastWeekCommand,
    importRosterCommand,
    setDeskCommand,
    addDeskCommand,
    askSwapCommand,
    answerSwapCommand,
    nameBackupCommand,
    enterAbsenceCommand,
    endAbsenceCommand,
    signLogCommand,
    takeLogCommand,
    addModeCommand,
    changeModeCommand,
    switchModeOnCommand,
    switchModeOffCommand,
  ],
  queries: [
    getWeekQuery,
    listOnDutyQuery,
    listCandidatesQuery,
    getMineQuery,
    listPairsQuery,
    previewAbsenceQuery,
    listAbsencesQuery,
    listLogsQuery,
    getLogQuery,
    listLogCasesQuery,
    listModesQuery,
    previewModeQuery,
    listNoticesQuery,
    listPublicNoticesQuery,
  ],
  raw: [exportRosterHandler, renderLogHandler],
  handlers: {
    'roster.shift_ended': shiftEnded,
    'roster.remind_log': remindLog,
    'roster.absence_begins': absenceBegins,
    'roster.mode_begins': modeBegins,
    'roster.mode_ends': modeEnds,
    'roster.shorten_running': shortenRunning,
  },
  setUp: setUpRoster,
  demo: loadRoster,
})
