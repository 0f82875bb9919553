import type { CountyRef } from '#platform/db/db.ts'
import type { Pool } from '#platform/db/pool.ts'

/** A county as the registry knows it. */
export interface County extends CountyRef {
  readonly name: string
  readonly parentName: string
  /** First digits of its division codes, e.g. `320506`. */
  readonly regionPrefix: string
  /** Host name that leads to this county without a path prefix. */
  readonly host: string | null
  readonly demo: boolean
  readonly settings: Readonly<Record<string, unknown>>
}

interface CountyRow {
  slug: string
  name: string
  parent_name: string
  region_prefix: string
  schema_name: string
  host: string | null
  demo: boolean
  level: string | null
  settings: Record<string, unknown>
}

/** All counties, in the order of their making. */
export async function listCounties(pool: Pool): Promise<County[]> {
  const { rows } = await pool.pg.query<CountyRow>(
    `select slug, name, parent_name, region_prefix, schema_name, host, demo, level, settings
       from yiti.county order by created_at, slug`,
  )
  return rows.map((row) => ({
    slug: row.slug,
    name: row.name,
    parentName: row.parent_name,
    regionPrefix: row.region_prefix,
    schema: row.schema_name,
    host: row.host,
    demo: row.demo,
    level: row.level ?? '',
    settings: row.settings,
  }))
}

export interface NewCounty {
  slug: string
  name: string
  parentName: string
  regionPrefix: string
  host?: string
  demo?: boolean
  settings?: Record<string, unknown>
}

const SLUG = /^[a-z][a-z0-9]{1,30}$/

/** Registers a county; its schema is made by `migrateCounty`. Does nothing if the slug is known. */
export async function registerCounty(migrator: Pool, county: NewCounty): Promise<void> {
  if (!SLUG.test(county.slug)) throw new RangeError(`county slug must match ${SLUG}: ${county.slug}`)
  await migrator.pg.query(
    `insert into yiti.county (slug, name, parent_name, region_prefix, schema_name, host, demo, settings)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (slug) do nothing`,
    [
      county.slug,
      county.name,
      county.parentName,
      county.regionPrefix,
      `county_${county.slug}`,
      county.host ?? null,
      county.demo ?? false,
      JSON.stringify(county.settings ?? {}),
    ],
  )
}
