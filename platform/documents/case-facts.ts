import type { Context } from '#platform/command/context.ts'
import type { CountyServices } from '#platform/command/services.ts'
import type { CaseFilePhoto, TraceStep } from '#platform/documents/case-file.ts'
import { secondsStamp } from '#platform/documents/chinese-time.ts'
import { listFilesOf } from '#platform/files/file.store.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { readWholeFile } from '#platform/files/uploads.ts'
import { loadWording, type Wording } from '#platform/i18n/wording.ts'
import { redactText } from '#platform/logs/redact.ts'
import type { LoadedCase } from '#platform/process/case.store.ts'
import type { UnitRef } from '#platform/process/directory.ts'
import { kindOf, type NamedField, nameOf } from '#platform/process/form-names.ts'
import { nameOfHop, traceOf } from '#platform/process/get-case.query.ts'

/** A hop as paper shows it, with what templates choose by. */
export interface CaseHop extends TraceStep {
  /** Action of the definition, `start`, or a timer. */
  key: string
  byStaff: boolean
}

/** More pictures than this make a file nobody prints; the oldest come first. */
const MOST_PHOTOS = 24

const SEVERITIES = ['', '一级（红）', '二级（橙）', '三级（黄）', '四级（蓝）']
const SECRECIES: Record<string, string | undefined> = { internal: '内部', secret: '保密' }

let wording: Wording | undefined
function say(key: string, params: Record<string, string | number | boolean | null> = {}): string {
  wording ??= loadWording()
  return wording.has('zh-CN', `text.${key}`) ? wording.say('zh-CN', `text.${key}`, params) : ''
}

/** The unit as a document outside the county names it: 吴中区行政审批局 → 苏州市吴中区行政审批局. */
export function fullUnitName(here: Pick<CountyServices, 'county'>, unit: Pick<UnitRef, 'name'>): string {
  const { name, parentName } = here.county
  return unit.name.startsWith(name) ? `${parentName}${unit.name}` : unit.name
}

/** What every template may name of a case: `county`, `case`, `data`, `now`. Numbers of persons are masked in all of it. */
export function caseFactsOf(context: Pick<Context, 'here' | 'now'>, loaded: LoadedCase): Record<string, unknown> {
  const { here, now } = context
  const { case: c } = loaded
  const { directory, definitions, county } = here
  const { body } = definitions.byId(c.definitionId)
  const unit = c.unitId === null ? undefined : directory.unit(c.unitId)
  return {
    county: { name: county.name, fullName: `${county.parentName}${county.name}` },
    case: {
      number: c.number,
      title: c.title,
      flow: body.name['zh-CN'],
      state: body.states[c.state]?.name['zh-CN'] ?? c.state,
      phase: body.phases.find((phase) => phase.key === c.phase)?.name['zh-CN'] ?? c.phase,
      className: c.classCode ? (directory.className(c.classCode) ?? c.classCode) : null,
      line: c.lineCode ? directory.lineName(c.lineCode) : null,
      severity: SEVERITIES[c.severity] || null,
      secrecy: SECRECIES[c.secrecy] ?? null,
      source: say(`source.${c.source}`) || c.source,
      town: c.townCode ? directory.divisionName(c.townCode) : null,
      village: c.villageCode ? directory.divisionName(c.villageCode) : null,
      place:
        [c.townCode, c.villageCode]
          .flatMap((code) => (code ? [directory.divisionName(code)] : []))
          .concat(c.placeText ?? [])
          .join(' ') || null,
      unit: unit?.name ?? null,
      unitFull: unit ? fullUnitName(here, unit) : null,
      openedAt: c.openedAt,
      closedAt: c.closedAt,
      overdue: c.overdue,
    },
    data: maskTexts(c.data),
    now,
  }
}

/** 内部 or 保密; nothing on what is public. */
export function secrecyWord(loaded: LoadedCase): string | undefined {
  return SECRECIES[loaded.case.secrecy]
}

function maskTexts(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, typeof value === 'string' ? redactText(value) : value]),
  )
}

/** Every hop in words: action, person, unit, time taken, and what was given as reason or opinion. */
export async function caseHopsOf(context: Context, loaded: LoadedCase): Promise<CaseHop[]> {
  const { here } = context
  const { body } = here.definitions.byId(loaded.case.definitionId)
  const rows = await traceOf(context, loaded.case.id)
  return rows.map((row, index) => {
    const before = rows[index - 1]
    const schema = row.action === 'start' ? undefined : body.actions[row.action]?.form
    const parts = [
      row.note ?? '',
      ...wordsOf(schema, row.form ?? {}, here),
      ...(row.why ?? []).map((part) => say(part.key, part.params)),
    ]
    return {
      key: row.action,
      byStaff: row.actor_kind === 'staff',
      at: row.at,
      action: nameOfHop(context.services, body, row.action)['zh-CN'],
      actor:
        row.actor_kind === 'staff' && row.account_id !== null
          ? here.directory.accountName(row.account_id) + (row.acting ? '（代理）' : '')
          : row.actor_kind === 'public'
            ? '群众'
            : '系统',
      unit: row.unit_id === null ? '' : (here.directory.unit(row.unit_id)?.name ?? ''),
      ...(before ? { seconds: (row.at.getTime() - before.at.getTime()) / 1000 } : {}),
      note: redactText([...new Set(parts.filter(Boolean))].join('\n')),
    }
  })
}

interface Field extends NamedField {
  title?: string
}

/** What was filled in, field by field, with units and people by name; other fields than the form's stay out. */
function wordsOf(
  schema: Record<string, unknown> | undefined,
  form: Record<string, unknown>,
  here: CountyServices,
): string[] {
  const fields = Object.entries((schema?.properties ?? {}) as Record<string, Field>)
  return fields.flatMap(([key, field]) => {
    const value = form[key]
    if (value === undefined || value === null || value === '' || kindOf(field) === 'file') return []
    const words = (Array.isArray(value) ? value : [value]).map((one) => wordOf(field, one, here)).filter(Boolean)
    return words.length > 0 ? [`${field.title ?? key}：${words.join('、')}`] : []
  })
}

function wordOf(field: Field, value: unknown, here: CountyServices): string {
  const kind = kindOf(field)
  const name = kind === undefined ? undefined : nameOf(kind, value, here.directory)
  if (name) return name
  if (kind === 'unit' || kind === 'account') return ''
  if (typeof value === 'boolean') return value ? '是' : '否'
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** The pictures of a case with when and where they were taken, and the digest of what was sent. */
export async function casePhotosOf(context: Context, loaded: LoadedCase): Promise<CaseFilePhoto[]> {
  const { services, here, tx } = context
  const files = (await listFilesOf(tx, 'case', [loaded.case.id])).filter((file) => file.mediaType.startsWith('image/'))
  const photos: CaseFilePhoto[] = []
  for (const file of files.slice(0, MOST_PHOTOS)) {
    const content = await readWholeFile(fileRoomOf(services, here), file)
    photos.push({
      content,
      caption: `${file.uploaderKind === 'staff' ? '办理照片' : '反映照片'} ${secondsStamp(file.uploadedAt)}`,
      ...(file.takenAt ? { takenAt: file.takenAt } : {}),
      sha256: file.originalSha256,
    })
  }
  return photos
}

/** Who prints, and the faint text across the pages: a copy that wanders tells where it came from. */
export function printedBy(context: Pick<Context, 'actor' | 'now'>): { by: string; at: Date; watermark: string } {
  const by = context.actor.kind === 'staff' ? context.actor.name : '系统'
  return { by, at: context.now, watermark: `${by} ${secondsStamp(context.now)}` }
}
