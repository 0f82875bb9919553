import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Duplicate, SimilarCases } from '#modules/services/loop/console/SimilarCases.tsx'
import { getReporter, similarToCase } from '#modules/services/loop/contract.ts'
import { actOnCaseRoute, getCase, listCases, listInbox } from '#platform/process/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import type { CasePart, CasePartProps } from '#ui/case/case-part.ts'
import { SaidBox } from '#ui/case/SaidBox.tsx'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

/** States in which somebody decides whether it is a new matter at all. */
const AT_INTAKE = new Set(['reported', 'accepted'])

/** Likely duplicates and similar past cases. The page is complete without them: while they are looked up nothing moves. */
function Similar({ caseId, state, version, actions }: Omit<CasePartProps, 'source' | 'data'>) {
  const { t } = useText()
  const queryClient = useQueryClient()
  const [into, setInto] = useState<Duplicate['case']>()
  const answer = useApi(similarToCase, { id: caseId }, { staleTime: 60_000 })
  if (answer.error && !answer.data)
    return <ErrorState tight error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data) return null
  return (
    <>
      <SimilarCases
        similar={answer.data}
        sayNone={AT_INTAKE.has(state)}
        onMerge={actions.includes('merge') ? setInto : undefined}
      />
      {into && (
        <CommandDrawer
          route={actOnCaseRoute}
          title={t('loop.similar.mergeTitle', { number: into.number })}
          note={<p className="y-sm y-sub">{t('loop.similar.mergeNote', { title: into.title })}</p>}
          submitLabel={t('loop.similar.merge')}
          schema={{
            type: 'object',
            properties: { reason: { type: 'string', title: t('loop.similar.mergeReason'), maxLength: 200 } },
          }}
          fixed={{ id: caseId, action: 'merge', version }}
          shape={(form) => ({ form: { ...form, mainCase: into.id } })}
          onClose={() => setInto(undefined)}
          onDone={() => {
            setInto(undefined)
            for (const route of [getCase, listInbox, listCases])
              void queryClient.invalidateQueries({ queryKey: [route.name] })
          }}
        />
      )}
    </>
  )
}

/** What the resident said, and who said it: masked until somebody states why it must be seen. */
function Reported({ caseId, source }: CasePartProps) {
  const { t, has } = useText()
  const masked = useApi(getReporter, { id: caseId })
  const [full, setFull] = useState<{ name: string | null; phone: string | null }>()
  const [asking, setAsking] = useState(false)
  if (masked.error && !masked.data)
    return <ErrorState tight error={masked.error} onRetry={() => void masked.refetch()} />
  if (!masked.data) return <TextSkeleton lines={2} />
  const { name, phone, text, canUnmask } = masked.data
  const shown = full ?? { name, phone }
  const from = has(`source.${source}`) ? t(`source.${source}`) : source
  const who = [shown.name, shown.phone, from, t('loop.said.hidden')].filter(Boolean).join('，')
  return (
    <div>
      <SaidBox title={t('loop.said.title')} who={who} text={text} />
      {canUnmask && !full && (name || phone) && (
        <button
          type="button"
          className="y-btn text sm y-noprint"
          style={{ marginLeft: -8 }}
          onClick={() => setAsking(true)}
        >
          <Icon name="eye" size="s" />
          {t('loop.said.unmask')}
        </button>
      )}
      {asking && (
        <CommandDrawer
          route={getReporter}
          title={t('loop.said.unmask')}
          note={<p className="y-sm y-sub">{t('loop.said.unmaskNote')}</p>}
          schema={{
            type: 'object',
            required: ['purpose'],
            properties: { purpose: { type: 'string', title: t('loop.said.purpose'), minLength: 2, maxLength: 100 } },
          }}
          fixed={{ id: caseId }}
          onClose={() => setAsking(false)}
          onDone={(reporter) => {
            setFull({ name: reporter.name, phone: reporter.phone })
            setAsking(false)
          }}
        />
      )}
    </div>
  )
}

function ReportPart(props: CasePartProps) {
  return (
    <>
      <Reported {...props} />
      <Similar caseId={props.caseId} state={props.state} version={props.version} actions={props.actions} />
    </>
  )
}

export const casePart: CasePart = { definitions: ['report'], Part: ReportPart }
