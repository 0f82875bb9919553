import { defineModule } from '#platform/module/module.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { loadJointReviews } from './demo/load-joint-reviews.ts'
import jointReview from './process/joint-review.process.json' with { type: 'json' }
import { jointReviewDocuments } from './server/joint-review.documents.ts'
import { jointReviewEffects } from './server/joint-review.effects.ts'
import { listPanelQuery } from './server/list-panel.query.ts'
import { submitRequestCommand } from './server/submit-request.command.ts'

export default defineModule({
  name: 'joint-review',
  layer: 'services',
  dependsOn: ['org'],
  permissions: [
    { name: 'joint_review.request.submit', summary: '镇街和审批局经办人：提出联合会审申请' },
    { name: 'joint_review.request.accept', summary: '审批局经办人：受理、告知补正、出具答复' },
    { name: 'joint_review.opinion.sign', summary: '部门分管负责人：会签' },
    { name: 'joint_review.score.submit', summary: '专家：密封评分' },
    { name: 'joint_review.minutes.record', summary: '会务秘书：录入会议纪要' },
  ],
  commands: [submitRequestCommand],
  queries: [listPanelQuery],
  effects: jointReviewEffects,
  definitions: [jointReview as unknown as ProcessDefinition],
  documents: { joint_review: jointReviewDocuments },
  async demo(load) {
    if (load.here.county.slug === 'wuzhong') await loadJointReviews(load)
  },
})
