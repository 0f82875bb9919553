import { orgDirectory } from '#modules/foundation/org/public.ts'
import { AppError } from '#platform/errors/app-error.ts'
import type { CaseState } from '#platform/process/case.store.ts'
import type { Effect } from '#platform/process/effect.ts'
import { type Applicant, panelConflict } from '../domain/panel.ts'
import { averageScores, criteriaOf } from '../domain/scores.ts'

/** Who asked: the official, and the unit for which it was asked. */
export function applicantOf(state: Pick<CaseState, 'starterAccountId' | 'data'>): Applicant {
  const { starterUnitId } = state.data
  return { accountId: state.starterAccountId, unitId: typeof starterUnitId === 'number' ? starterUnitId : null }
}

function idsIn(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'number') : []
}

/**
 * The panel as the desk chose it: three units, three experts, none of them the applicant or of the applicant's unit.
 * @throws AppError joint_review.… (422) with what stands against it
 */
const checkPanel: Effect = async ({ context, case: state }) => {
  const directory = orgDirectory(context.here)
  const panel = { signUnits: idsIn(state.data.signUnits), experts: idsIn(state.data.experts) }
  const conflict = panelConflict(directory, applicantOf(state), panel)
  if (conflict) throw new AppError(conflict.code, { status: 422, params: conflict.params })
  return {
    why: [
      {
        key: 'joint_review.why.panel',
        params: {
          units: panel.signUnits.map((id) => directory.unit(id)!.name).join('、'),
          experts: panel.experts.map((id) => directory.accountName(id)).join('、'),
        },
      },
    ],
  }
}

/** Once all scores are open: means and spread, for the meeting and the documents. */
const averageOpenScores: Effect = async ({ context, case: state }) => {
  const { body } = context.here.definitions.byId(state.definitionId)
  const forms = Array.isArray(state.data.scoringResults) ? (state.data.scoringResults as Record<string, unknown>[]) : []
  const criteria = criteriaOf(body.actions.score?.form)
  if (forms.length === 0 || criteria.length === 0) return undefined
  const scores = averageScores(criteria, forms)
  return {
    data: { scores },
    why: [
      {
        key: 'joint_review.why.scores',
        params: { experts: scores.experts, total: scores.total.mean, spread: scores.total.spread },
      },
    ],
  }
}

export const jointReviewEffects: Record<string, Effect> = {
  'joint_review.check_panel': checkPanel,
  'joint_review.average_scores': averageOpenScores,
}
