import type { Route } from '#platform/contract/route.ts'
import type * as contract from '../contract.ts'

/**
 * The public routes without their schemas: a phone needs to know where to send, not how the server checks. The types are
 * the contract's own; a test holds the addresses against it.
 */
const light = <R extends Route>(route: Pick<R, 'name' | 'kind' | 'method' | 'path'>) => route as R

export const reportPublicly = light<typeof contract.reportPublicly>({
  name: 'loop.report_publicly',
  kind: 'command',
  method: 'POST',
  path: '/public/reports',
})

export const followReport = light<typeof contract.followReport>({
  name: 'loop.follow_report',
  kind: 'query',
  method: 'POST',
  path: '/public/reports/follow',
})

export const getPublicPhoto = light<typeof contract.getPublicPhoto>({
  name: 'loop.get_public_photo',
  kind: 'query',
  method: 'POST',
  path: '/public/reports/photo',
})

export const rateReport = light<typeof contract.rateReport>({
  name: 'loop.rate_report',
  kind: 'command',
  method: 'POST',
  path: '/public/reports/rate',
})

export const getPublicPlaces = light<typeof contract.getPublicPlaces>({
  name: 'loop.get_public_places',
  kind: 'query',
  method: 'GET',
  path: '/public/places',
})
