import { getPublicFace } from '#modules/foundation/org/contract.ts'
import { orgDirectory } from '#modules/foundation/org/server/org.directory.ts'
import { query } from '#platform/command/command.ts'

/** What an operator has set for the residents' pages: `yiti county set`. */
interface FaceSettings {
  sponsor?: string
  filingNumber?: string
  complaintPhone?: string
}

/** Whose the residents' pages are. Without a setting the county's data bureau stands for them, and 12345 takes complaints. */
export const getPublicFaceQuery = query(getPublicFace, async ({ here }) => {
  const set = (here.county.settings.publicFace ?? {}) as FaceSettings
  const bureau = orgDirectory(here).unitAt(here.county.regionPrefix, 'data')
  return {
    sponsor: set.sponsor ?? bureau?.name ?? here.county.name,
    filingNumber: set.filingNumber ?? null,
    complaintPhone: set.complaintPhone ?? '12345',
    demo: here.county.demo,
  }
})
