import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useNavigate } from 'react-router'
import { listDivisions } from '#modules/foundation/org/contract.ts'
import { submitRequest } from '#modules/services/joint-review/contract.ts'
import { getDefinition, listCases, listDefinitions, listInbox } from '#platform/process/contract.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { ApiError } from '#ui/api/api-error.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { dropDraft } from '#ui/schema-form/drafts.ts'
import type { FieldSchema, FormSchema } from '#ui/schema-form/form-schema.ts'
import { useSession } from '#ui/shell/session.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

const PlainForm = lazy(() => import('#ui/schema-form/PlainForm.tsx'))
const DRAFT = 'joint_review.request'

/** A request that several departments review together. The form is the one of the definition in force. */
export default function RequestScreen() {
  const { t, language } = useText()
  const { me } = useSession()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const list = useApi(listDefinitions, {}, { staleTime: 300_000 })
  const inForce = (list.data?.items ?? []).find((d) => d.key === 'joint_review' && d.status === 'published')
  const definition = useApi(
    getDefinition,
    { definitionId: inForce?.id ?? 0 },
    { enabled: Boolean(inForce), staleTime: 300_000 },
  )
  const under =
    me.posts
      .map((p) => p.division)
      .find((d) => d.length >= 9)
      ?.slice(0, 9) ?? me.posts[0]?.division.slice(0, 6)
  const villages = useApi(listDivisions, { ...(under ? { under } : {}), depth: 12 }, { staleTime: 300_000 })
  const send = useCommand(submitRequest, (done) => {
    dropDraft(DRAFT)
    for (const route of [listInbox, listCases]) void queryClient.invalidateQueries({ queryKey: [route.name] })
    navigate(`/cases/${done.id}`)
  })
  const problem = send.error instanceof ApiError ? send.error : undefined
  const body = definition.data?.body as unknown as ProcessDefinition | undefined
  const form = body?.start.form as FormSchema | undefined
  const blocked = list.error ?? definition.error ?? villages.error
  if (blocked) return <ErrorState page error={blocked} />
  return (
    <div className="y-page" style={{ maxWidth: 960 }}>
      <h1 style={{ fontSize: 24, lineHeight: '36px', fontWeight: 700, marginBottom: 4 }}>
        {body ? `${body.name[language]} · ${body.start.name[language]}` : t('joint_review.request.nav')}
      </h1>
      <p className="y-sm y-sub" style={{ marginBottom: 16 }}>
        {t('joint_review.request.note')}
      </p>
      {problem && problem.fields.length === 0 && <ErrorState tight error={problem} />}
      {form && villages.data ? (
        <Suspense fallback={<TextSkeleton lines={8} />}>
          <PlainForm
            wide
            schema={{
              ...form,
              required: [...(form.required ?? []), 'placeVillage'],
              properties: {
                ...form.properties,
                placeVillage: {
                  type: 'string',
                  title: t('joint_review.request.village'),
                  oneOf: villages.data.items
                    .filter((d) => d.code.length === 12)
                    .map((d) => ({ const: d.code, title: d.name })),
                } satisfies FieldSchema,
                placeWords: {
                  type: 'string',
                  format: 'line',
                  title: t('joint_review.request.place'),
                  maxLength: 200,
                } satisfies FieldSchema,
                papers: {
                  type: 'array',
                  title: t('joint_review.request.papers'),
                  maxItems: 20,
                  items: { type: 'string', format: 'file' },
                } satisfies FieldSchema,
              },
            }}
            draftKey={DRAFT}
            problems={problem?.fields ?? []}
            busy={send.isPending}
            submitLabel={t('joint_review.request.send')}
            onSubmit={({ placeVillage, placeWords, papers, ...rest }) =>
              send.mutate({
                form: rest,
                ...(typeof placeVillage === 'string'
                  ? { villageCode: placeVillage, townCode: placeVillage.slice(0, 9) }
                  : {}),
                ...(typeof placeWords === 'string' ? { placeText: placeWords } : {}),
                ...(Array.isArray(papers) ? { fileIds: papers as string[] } : {}),
              })
            }
          />
        </Suspense>
      ) : (
        <TextSkeleton lines={8} />
      )}
    </div>
  )
}
