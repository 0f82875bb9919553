import type { Route } from '#platform/contract/route.ts'
import type * as contract from '../contract.ts'

/** The public routes without their schemas, as a phone needs them; a test holds them against the contract. */
const light = <R extends Route>(route: Pick<R, 'name' | 'kind' | 'method' | 'path'>) => route as R

export const listPublicAnswers = light<typeof contract.listPublicAnswers>({
  name: 'knowledge.list_public_answers',
  kind: 'query',
  method: 'GET',
  path: '/public/answers',
})

export const judgePublicly = light<typeof contract.judgePublicly>({
  name: 'knowledge.judge_publicly',
  kind: 'command',
  method: 'POST',
  path: '/public/answers/feedback',
})
