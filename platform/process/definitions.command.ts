import { grantsFor, holdsPermission } from '#platform/access/actor.ts'
import { command, query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { checkDefinition, type Finding } from '#platform/process/check-definition.ts'
import {
  checkDefinition as checkRoute,
  getDefinition,
  getMetaSchema,
  listDefinitions,
  publishDefinition,
  saveDefinition,
} from '#platform/process/contract.ts'
import { type ProcessDefinition, ProcessDefinitionShape } from '#platform/process/definition.ts'
import { mayStart } from '#platform/process/start-case.command.ts'

const MANAGE = 'process.definition.manage'

interface Row {
  id: number
  key: string
  version: number
  status: string
  body: ProcessDefinition
  note: string
  created_at: Date
  published_at: Date | null
  open_cases: number
}

const presentRow = ({ actor }: Context, row: Row) => ({
  id: row.id,
  key: row.key,
  version: row.version,
  status: row.status,
  name: row.body.name,
  states: Object.entries(row.body.states).map(([key, { name }]) => ({ key, name })),
  note: row.note,
  createdAt: row.created_at.toISOString(),
  publishedAt: row.published_at ? row.published_at.toISOString() : null,
  openCases: row.open_cases,
  start:
    row.status === 'published' && mayStart(actor, row.body) && !row.body.start.staff?.from?.only
      ? row.body.start.name
      : null,
})

async function definitionRows(context: Context, id: number | null): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select d.id, d.key, d.version, d.status, d.body, d.note, d.created_at, d.published_at,
      (select count(*) from process_work_item w join process_case c on c.id = w.case_id
        where c.definition_id = d.id) as open_cases
      from process_definition d where ${id === null ? sql`true` : sql`d.id = ${id}`}
     order by d.key, d.version desc`.execute(context.tx)
  return rows
}

async function findings(context: Context, body: unknown): Promise<Finding[]> {
  const { services, here } = context
  return checkDefinition(body, {
    ajv: services.ajv,
    effects: new Set(services.effects.keys()),
    permissions: services.permissions,
    roles: here.directory.roles(),
    directory: here.directory,
  })
}

export const listDefinitionsQuery = query(listDefinitions, async (context) => ({
  items: (await definitionRows(context, null)).map((row) => presentRow(context, row)),
  can: { manage: holdsPermission(context.actor, MANAGE) },
}))

export const getDefinitionQuery = query(getDefinition, async (context, { definitionId }) => {
  const row = (await definitionRows(context, definitionId))[0]
  if (!row) throw notFound()
  return {
    ...presentRow(context, row),
    body: row.body as unknown as Record<string, unknown>,
    can: { manage: grantsFor(context.actor, MANAGE).length > 0 },
  }
})

/** What a definition may say, for editors and for those who write one outside. */
export const getMetaSchemaQuery = query(
  getMetaSchema,
  async () => ProcessDefinitionShape as unknown as Record<string, unknown>,
)

export const checkDefinitionQuery = query(checkRoute, async (context, { body }) => ({
  findings: await findings(context, body),
}))

/** Saves a new draft version of a flow. Drafts may still have findings; publishing may not. */
export const saveDefinitionCommand = command(saveDefinition, {
  async perform(context, { body, note }) {
    const { tx, now, actor, pending } = context
    const found = await findings(context, body)
    const shape = found.find((finding) => finding.code === 'process.check.shape')
    if (shape)
      throw new AppError('process.definition_invalid', { status: 422, params: { path: shape.path, ...shape.params } })
    const key = (body as unknown as ProcessDefinition).key
    const { rows: last } = await sql<{ version: number }>`
      select coalesce(max(version), 0) as version from process_definition where key = ${key}`.execute(tx)
    const version = last[0]!.version + 1
    const { rows } = await sql<{ id: number }>`
      insert into process_definition (key, version, status, body, note, created_at, created_by)
      values (${key}, ${version}, 'draft', ${JSON.stringify({ ...body, version })}::json, ${note}, ${now},
        ${actor.kind === 'staff' ? actor.accountId : null}) returning id`.execute(tx)
    pending.subject = `process_definition:${rows[0]!.id}`
    pending.facts.push({ kind: 'process.definition_drafted', subject: pending.subject, content: { key, version } })
    return { ref: { id: rows[0]!.id } }
  },
  async present(context, ref) {
    const row = (await definitionRows(context, (ref as { id: number }).id))[0]
    if (!row) throw notFound()
    return { id: row.id, version: row.version, findings: await findings(context, row.body) }
  },
})

/** Puts a draft into force. Running cases stay on the version they began with. */
export const publishDefinitionCommand = command(publishDefinition, {
  async perform(context, { definitionId }) {
    const { tx, now, actor, pending } = context
    const { rows } = await sql<{ key: string; version: number; status: string; body: ProcessDefinition }>`
      select key, version, status, body from process_definition where id = ${definitionId} for update`.execute(tx)
    const row = rows[0]
    if (!row) throw notFound()
    if (row.status !== 'draft') throw new AppError('process.not_a_draft', { status: 409 })
    const errors = (await findings(context, row.body)).filter((finding) => finding.level === 'error')
    if (errors.length > 0)
      throw new AppError('process.definition_invalid', {
        status: 422,
        params: { path: errors[0]!.path, count: errors.length },
        fields: errors.map((finding) => ({ path: finding.path, code: finding.code, params: finding.params })),
      })
    await sql`update process_definition set status = 'retired' where key = ${row.key} and status = 'published'`.execute(
      tx,
    )
    await sql`update process_definition set status = 'published', published_at = ${now},
      published_by = ${actor.kind === 'staff' ? actor.accountId : null} where id = ${definitionId}`.execute(tx)
    await sql`update access_revision set revision = revision + 1`.execute(tx)
    pending.subject = `process_definition:${definitionId}`
    pending.facts.push({
      kind: 'process.definition_published',
      subject: pending.subject,
      content: { key: row.key, version: row.version },
    })
    return { ref: { id: definitionId } }
  },
  async present(context, ref) {
    const row = (await definitionRows(context, (ref as { id: number }).id))[0]
    if (!row) throw notFound()
    return { id: row.id, key: row.key, version: row.version }
  },
})
