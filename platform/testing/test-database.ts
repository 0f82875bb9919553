import type { NewCounty } from '#platform/db/counties.ts'

/** The county that tests run in. */
export const TEST_COUNTY: NewCounty = {
  slug: 'test',
  name: '测试区',
  parentName: '苏州市',
  regionPrefix: '320506',
  demo: true,
}

/** The same server address with another database. */
export function withDatabase(url: string, database: string): string {
  const parsed = new URL(url)
  parsed.pathname = `/${database}`
  return parsed.toString()
}
