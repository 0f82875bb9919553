import { actorOf } from '#modules/foundation/org/server/actor.store.ts'
import { appointCommand } from '#modules/foundation/org/server/appoint.command.ts'
import { changeAccountCommand } from '#modules/foundation/org/server/change-account.command.ts'
import { changeUnitCommand } from '#modules/foundation/org/server/change-unit.command.ts'
import { createAccountCommand } from '#modules/foundation/org/server/create-account.command.ts'
import { createPostCommand } from '#modules/foundation/org/server/create-post.command.ts'
import { createUnitCommand } from '#modules/foundation/org/server/create-unit.command.ts'
import { demoAccounts } from '#modules/foundation/org/server/demo-accounts.ts'
import { endHoldingCommand } from '#modules/foundation/org/server/end-holding.command.ts'
import { findColleaguesQuery } from '#modules/foundation/org/server/find-colleagues.query.ts'
import { getAccountQuery } from '#modules/foundation/org/server/get-account.query.ts'
import { getPublicFaceQuery } from '#modules/foundation/org/server/get-public-face.query.ts'
import { getUnitQuery } from '#modules/foundation/org/server/get-unit.query.ts'
import { giveGrantCommand } from '#modules/foundation/org/server/give-grant.command.ts'
import { listAccountsQuery } from '#modules/foundation/org/server/list-accounts.query.ts'
import { listDivisionsQuery } from '#modules/foundation/org/server/list-divisions.query.ts'
import { listGrantsQuery } from '#modules/foundation/org/server/list-grants.query.ts'
import { listHandoversQuery } from '#modules/foundation/org/server/list-handovers.query.ts'
import { listLinesQuery } from '#modules/foundation/org/server/list-lines.query.ts'
import { listUnitsQuery } from '#modules/foundation/org/server/list-units.query.ts'
import { listVacanciesQuery } from '#modules/foundation/org/server/list-vacancies.query.ts'
import { loadDirectory } from '#modules/foundation/org/server/org.directory.ts'
import { MANAGE_ACCOUNTS, MANAGE_GRANTS, MANAGE_UNITS } from '#modules/foundation/org/server/org.policy.ts'
import { phoneManifestHandler, phoneWorkerHandler } from '#modules/foundation/org/server/phone-app.raw.ts'
import { previewHandoverQuery } from '#modules/foundation/org/server/preview-handover.query.ts'
import { createResetLinkCommand, unlockAccountCommand } from '#modules/foundation/org/server/reset-account.command.ts'
import { retirePostCommand } from '#modules/foundation/org/server/retire-post.command.ts'
import { retireUnitCommand } from '#modules/foundation/org/server/retire-unit.command.ts'
import { seedOf } from '#modules/foundation/org/server/seed-of-county.ts'
import { setUpOrg } from '#modules/foundation/org/server/set-up.ts'
import { signHandoverCommand } from '#modules/foundation/org/server/sign-handover.command.ts'
import { disableAccountCommand, enableAccountCommand } from '#modules/foundation/org/server/suspend-account.command.ts'
import { withdrawGrantCommand } from '#modules/foundation/org/server/withdraw-grant.command.ts'
import { defineModule } from '#platform/module/module.ts'

export default defineModule({
  name: 'org',
  layer: 'foundation',
  dependsOn: [],
  permissions: [
    { name: MANAGE_UNITS, summary: '数据局管理员：设立、更名、撤销单位与岗位' },
    { name: MANAGE_ACCOUNTS, summary: '数据局管理员：开设、停用账号，任免与交接' },
    { name: MANAGE_GRANTS, summary: '数据局管理员：授权与收回' },
  ],
  commands: [
    createUnitCommand,
    changeUnitCommand,
    retireUnitCommand,
    createPostCommand,
    retirePostCommand,
    appointCommand,
    endHoldingCommand,
    createAccountCommand,
    changeAccountCommand,
    disableAccountCommand,
    enableAccountCommand,
    unlockAccountCommand,
    createResetLinkCommand,
    giveGrantCommand,
    withdrawGrantCommand,
    signHandoverCommand,
  ],
  queries: [
    listDivisionsQuery,
    listLinesQuery,
    listUnitsQuery,
    getUnitQuery,
    listAccountsQuery,
    getAccountQuery,
    findColleaguesQuery,
    listGrantsQuery,
    previewHandoverQuery,
    listHandoversQuery,
    listVacanciesQuery,
    getPublicFaceQuery,
  ],
  raw: [phoneWorkerHandler, phoneManifestHandler],
  setUp: (tx, county) => setUpOrg(tx, seedOf(county)),
  demoAccounts,
  directory: (tx, classNames, clock) => loadDirectory(tx, { classNames, clock }),
  actorOf: (tx, accountId, at) => actorOf(tx, accountId, at),
})
