/** What other modules and the server may use of `org`. */
export { EVENTS } from '#modules/foundation/org/contract.ts'
export { drawInitialPassword } from '#modules/foundation/org/domain/initial-password.ts'
export { actorOf } from '#modules/foundation/org/server/actor.store.ts'
export { countyOutline } from '#modules/foundation/org/server/county-outline.ts'
export { accountSheet, divisionSheet, type SheetImport } from '#modules/foundation/org/server/import-sheets.ts'
export type { Division, OrgDirectory, OrgUnit } from '#modules/foundation/org/server/org.directory.ts'
export { loadDirectory, orgDirectory } from '#modules/foundation/org/server/org.directory.ts'
export { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
export { sampleDepartmentCode, sampleSeed } from '#modules/foundation/org/server/sample-county.ts'
export { seedOf } from '#modules/foundation/org/server/seed-of-county.ts'
export type { OrgSeed } from '#modules/foundation/org/server/set-up.ts'
export {
  createFirstAdministrator,
  DEMO_PASSWORD,
  featuredAccounts,
  setUpOrg,
  wuzhongSeed,
} from '#modules/foundation/org/server/set-up.ts'
