import { defineModule } from '#platform/module/module.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { loadMediations } from './demo/load-mediations.ts'
import mediation from './process/mediation.process.json' with { type: 'json' }
import { mediationByteColumns } from './server/byte-columns.ts'
import { mediationDocuments } from './server/mediation.documents.ts'
import { mediationEffects } from './server/mediation.effects.ts'
import { getPartiesQuery, recordPartyCommand, removePartyCommand } from './server/parties.ts'
import { grantMediation, OPEN } from './server/set-up.ts'

export default defineModule({
  name: 'mediation',
  layer: 'services',
  dependsOn: ['org'],
  permissions: [{ name: OPEN, summary: '村社区、镇综治中心、指挥中心：申请矛盾调解' }],
  commands: [recordPartyCommand, removePartyCommand],
  queries: [getPartiesQuery],
  effects: mediationEffects,
  byteColumns: mediationByteColumns,
  definitions: [mediation as unknown as ProcessDefinition],
  documents: { mediation: mediationDocuments },
  setUp: (tx) => grantMediation(tx),
  async demo(load) {
    if (load.here.county.slug === 'wuzhong') await loadMediations(load)
  },
})
