import { defineModule } from '#platform/module/module.ts'
import { PUBLISH, RECORD, VIEW, WRITE } from './contract.ts'
import { loadArticles } from './demo/load-articles.ts'
import {
  judgeArticleCommand,
  judgePubliclyCommand,
  publishArticlesCommand,
  remindReview,
  retireArticleCommand,
  saveArticleCommand,
  settleFeedbackCommand,
} from './server/article.commands.ts'
import {
  getArticleQuery,
  listArticlesQuery,
  listPublicAnswersQuery,
  searchArticlesQuery,
} from './server/article.queries.ts'
import { exportArticlesHandler, importArticlesCommand } from './server/article-sheet.ts'
import { knowledgeByteColumns, renewAskerTokens } from './server/byte-columns.ts'
import {
  countConsultationsQuery,
  listConsultationsQuery,
  recordConsultationCommand,
} from './server/consultation.commands.ts'
import { setUpKnowledge } from './server/set-up.ts'
import { REVIEW_JOB } from './server/write-article.ts'

export default defineModule({
  name: 'knowledge',
  layer: 'services',
  dependsOn: ['org'],
  permissions: [
    { name: WRITE, summary: '写知识条目' },
    { name: PUBLISH, summary: '发布、停用知识条目' },
    { name: RECORD, summary: '接听时记咨询' },
    { name: VIEW, summary: '查看咨询记录和统计' },
  ],
  commands: [
    saveArticleCommand,
    publishArticlesCommand,
    retireArticleCommand,
    judgeArticleCommand,
    judgePubliclyCommand,
    settleFeedbackCommand,
    importArticlesCommand,
    recordConsultationCommand,
  ],
  queries: [
    listArticlesQuery,
    getArticleQuery,
    searchArticlesQuery,
    listPublicAnswersQuery,
    listConsultationsQuery,
    countConsultationsQuery,
  ],
  raw: [exportArticlesHandler],
  handlers: { [REVIEW_JOB]: remindReview },
  byteColumns: knowledgeByteColumns,
  tokenRenewals: [renewAskerTokens],
  setUp: (tx) => setUpKnowledge(tx),
  async demo(load) {
    if (load.here.county.slug === 'wuzhong') await loadArticles(load)
  },
})
