import { defineModule } from '#platform/module/module.ts'

export default defineModule({
  name: 'roster',
  layer: 'management',
  dependsOn: ['org', 'duties'],
  permissions: [],
})
