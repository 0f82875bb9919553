import { type Division, orgDirectory } from '#modules/foundation/org/public.ts'
import { grantsFor } from '#platform/access/actor.ts'
import { predicateHolds, scopeOf } from '#platform/access/policy.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { caseAsOwner } from '#platform/files/file.store.ts'
import { attachFiles } from '#platform/files/uploads.ts'
import { findCountyUnit } from '#platform/process/assignment.ts'
import type { CaseState } from '#platform/process/case.store.ts'
import { startCase } from '#platform/process/engine.ts'

export const FLOW = 'joint_review'

export interface RequestInput {
  form: Record<string, unknown>
  townCode?: string
  villageCode?: string
  placeText?: string
  place?: { lon: number; lat: number }
  fileIds?: string[]
  /** Key of a written demo case. */
  demo?: string
  openedAt?: Date
}

/** A point farther than this from every village belongs to another county. Degrees, about 15 km. */
const FARTHEST_DEGREES = 0.15

/**
 * Opens a joint review at a place of the county for which the actor may ask.
 * @throws AppError joint_review.place_needed, joint_review.place_outside (422), joint_review.place_not_yours (403),
 *   process.form_invalid (422), files.not_attachable (422)
 */
export async function openRequest(context: Context, input: RequestInput): Promise<CaseState> {
  const { actor, here, now, tx } = context
  const { townCode, villageCode } = findPlace(context, input)
  const scope = scopeOf(grantsFor(actor, 'joint_review.request.submit'))
  if (!predicateHolds(scope, { townCode, villageCode, gridCode: null, lineCode: null }))
    throw new AppError('joint_review.place_not_yours', {
      status: 403,
      params: { place: here.directory.divisionName(villageCode ?? townCode) },
    })
  const text = (key: string) => (typeof input.form[key] === 'string' ? (input.form[key] as string).trim() : '')
  const state = await startCase(context, {
    definitionKey: FLOW,
    title: text('subject'),
    source: 'request',
    form: input.form,
    ...(input.demo ? { data: { demo: input.demo } } : {}),
    townCode,
    villageCode,
    placeText: input.placeText?.trim() || null,
    place: input.place ?? null,
    unitId: findCountyUnit('approval', here.directory)?.id ?? null,
    searchText: [text('kind'), text('reason'), text('scope')].join(' '),
    openedAt: input.openedAt,
  })
  if (input.fileIds?.length) await attachFiles(tx, input.fileIds, caseAsOwner(state), actor, now)
  return state
}

function findPlace(context: Context, input: RequestInput): { townCode: string; villageCode: string | null } {
  const directory = orgDirectory(context.here)
  const nearest = input.place ? nearestVillage(directory.divisions(), input.place) : undefined
  const outside = () => new AppError('joint_review.place_outside', { status: 422 })
  if (input.place && !nearest) throw outside()
  const code = input.villageCode ?? input.townCode ?? nearest?.code
  if (!code) throw new AppError('joint_review.place_needed', { status: 422 })
  const division = directory.division(code)
  if (!division || division.retired || !code.startsWith(context.here.county.regionPrefix)) throw outside()
  if (input.villageCode && input.townCode && !input.villageCode.startsWith(input.townCode)) throw outside()
  return { townCode: code.slice(0, 9), villageCode: code.length === 12 ? code : null }
}

/** Undefined where even the nearest is too far away. */
function nearestVillage(divisions: readonly Division[], at: { lon: number; lat: number }): Division | undefined {
  let best: { village: Division; distance: number } | undefined
  for (const village of divisions) {
    if (village.level !== 12 || !village.center) continue
    const distance = Math.hypot(village.center.lon - at.lon, village.center.lat - at.lat)
    if (!best || distance < best.distance) best = { village, distance }
  }
  return best && best.distance <= FARTHEST_DEGREES ? best.village : undefined
}
