import { defineModule } from '#platform/module/module.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { loadConsultations } from './demo/load-consultations.ts'
import consultation from './process/consultation.process.json' with { type: 'json' }
import { alertOnRepeats } from './server/alert.handler.ts'
import { consultationDocuments } from './server/consultation.documents.ts'
import { consultationEffects } from './server/consultation.effects.ts'
import { getPackQuery } from './server/pack.ts'
import { grantConsultation, LEAD, MANAGE } from './server/set-up.ts'
import { changeSettingCommand, getSettingQuery } from './server/setting.ts'

export default defineModule({
  name: 'consultation',
  layer: 'services',
  dependsOn: ['org', 'loop'],
  permissions: [
    { name: LEAD, summary: '指挥中心值班长、区值班主任：研判、召集和记录会商' },
    { name: MANAGE, summary: '区值班主任：调整会商预警阈值' },
  ],
  commands: [changeSettingCommand],
  queries: [getPackQuery, getSettingQuery],
  effects: consultationEffects,
  handlers: { 'event:process.case_moved': alertOnRepeats },
  definitions: [consultation as unknown as ProcessDefinition],
  documents: { consultation: consultationDocuments },
  setUp: (tx) => grantConsultation(tx),
  async demo(load) {
    if (load.here.county.slug === 'wuzhong') await loadConsultations(load)
  },
})
