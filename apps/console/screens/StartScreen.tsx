import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { listDivisions } from '#modules/foundation/org/contract.ts'
import { getCase, listCases, listDefinitions, listInbox, startCaseRoute } from '#platform/process/contract.ts'
import { ApiError } from '#ui/api/api-error.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { dropDraft } from '#ui/schema-form/drafts.ts'
import type { FieldSchema, FormSchema } from '#ui/schema-form/form-schema.ts'
import { useSession } from '#ui/shell/session.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'
import { fileIdsIn } from '../files.ts'
import { NotFoundScreen } from './NotFoundScreen.tsx'
import { useDefinition } from './use-definition.ts'

const PlainForm = lazy(() => import('#ui/schema-form/PlainForm.tsx'))

const VILLAGE = 12
const NO_FORM: FormSchema = { type: 'object', properties: {} }

/** Opens a case of a flow that officials may open themselves, with the form that the flow asks at its start. */
export default function StartScreen() {
  const key = useParams().definition ?? ''
  const { t, language } = useText()
  const { me } = useSession()
  const navigate = useNavigate()
  const fromCaseId = Number(useSearchParams()[0].get('from')) || undefined
  const origin = useApi(getCase, { id: fromCaseId ?? 0 }, { enabled: fromCaseId !== undefined })
  const queryClient = useQueryClient()
  const list = useApi(listDefinitions, {}, { staleTime: 300_000 })
  const fromHere = origin.data?.offers.some((offer) => offer.definition === key) ?? false
  const offered = (list.data?.items ?? []).find(
    (d) => d.key === key && (fromCaseId === undefined ? d.start : fromHere && d.status === 'published'),
  )
  const definition = useDefinition(offered?.id)
  const own = me.posts[0]?.division ?? ''
  const villages = useApi(
    listDivisions,
    { under: own, depth: VILLAGE },
    { enabled: fromCaseId === undefined && own !== '' && own.length < VILLAGE, staleTime: 300_000 },
  )
  const draftKey = fromCaseId === undefined ? `start.${key}` : `start.${key}.${fromCaseId}`
  const send = useCommand(startCaseRoute, (done) => {
    dropDraft(draftKey)
    for (const route of [listInbox, listCases, getCase]) void queryClient.invalidateQueries({ queryKey: [route.name] })
    navigate(`/cases/${done.id}`)
  })
  const problem = send.error instanceof ApiError ? send.error : undefined
  if (origin.error && !origin.data)
    return <ErrorState page error={origin.error} onRetry={() => void origin.refetch()} />
  if (list.error) return <ErrorState page error={list.error} onRetry={() => void list.refetch()} />
  if (list.data && !offered && (fromCaseId === undefined || origin.data)) return <NotFoundScreen />
  if (
    !definition ||
    (fromCaseId === undefined && own.length < VILLAGE && own !== '' && !villages.data && !villages.error)
  )
    return (
      <div className="y-page">
        <TextSkeleton lines={8} />
      </div>
    )
  const form = (definition.start.form as FormSchema | undefined) ?? NO_FORM
  const places = (fromCaseId === undefined ? (villages.data?.items ?? []) : []).filter((d) => d.code.length === VILLAGE)
  return (
    <div className="y-page" style={{ maxWidth: 960 }}>
      <h1 style={{ fontSize: 24, lineHeight: '36px', fontWeight: 700, marginBottom: 16 }}>
        {`${definition.name[language]} · ${definition.start.name[language]}`}
      </h1>
      {origin.data && (
        <p className="y-sm y-sub" style={{ marginBottom: 16 }}>
          <Link to={`/cases/${origin.data.case.id}`}>
            {t('console.start.from', { number: origin.data.case.number, title: origin.data.case.title })}
          </Link>
        </p>
      )}
      {problem && problem.fields.length === 0 && <ErrorState tight error={problem} />}
      <Suspense fallback={<TextSkeleton lines={8} />}>
        <PlainForm
          wide
          schema={{
            ...form,
            properties: {
              ...form.properties,
              ...(places.length > 0
                ? {
                    placeDivision: {
                      type: 'string',
                      title: t('console.start.where'),
                      oneOf: places.map((d) => ({ const: d.code, title: d.name })),
                    } satisfies FieldSchema,
                  }
                : {}),
            },
          }}
          draftKey={draftKey}
          problems={problem?.fields ?? []}
          busy={send.isPending}
          submitLabel={definition.start.name[language]}
          onSubmit={({ placeDivision, ...rest }) => {
            const fileIds = fileIdsIn(form, rest)
            send.mutate({
              definition: key,
              ...(fromCaseId === undefined ? {} : { fromCaseId }),
              form: rest,
              ...(typeof placeDivision === 'string' ? { division: placeDivision } : {}),
              ...(fileIds.length > 0 ? { fileIds } : {}),
            })
          }}
        />
      </Suspense>
    </div>
  )
}
