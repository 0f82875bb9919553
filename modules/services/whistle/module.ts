import { defineModule } from '#platform/module/module.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { loadWhistles } from './demo/load-whistles.ts'
import whistle from './process/whistle.process.json' with { type: 'json' }
import { BLOW, grantWhistle } from './server/set-up.ts'
import { whistleEffects } from './server/whistle.effects.ts'

export default defineModule({
  name: 'whistle',
  layer: 'services',
  dependsOn: ['org'],
  permissions: [{ name: BLOW, summary: '指挥中心值班长：吹哨、撤哨、评价' }],
  effects: whistleEffects,
  definitions: [whistle as unknown as ProcessDefinition],
  setUp: (tx) => grantWhistle(tx),
  async demo(load) {
    if (load.here.county.slug === 'wuzhong') await loadWhistles(load)
  },
})
