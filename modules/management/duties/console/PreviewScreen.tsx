import { lazy, Suspense, useState } from 'react'
import { listDivisions } from '#modules/foundation/org/contract.ts'
import { DutiesHead } from '#modules/management/duties/console/DutiesHead.tsx'
import { placeField } from '#modules/management/duties/console/duty-forms.ts'
import { getOptions, previewRoute } from '#modules/management/duties/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

const PlainForm = lazy(() => import('#ui/schema-form/PlainForm.tsx'))

/** Where a matter would go, and why, before any case exists. */
export default function PreviewScreen() {
  const { t } = useText()
  const options = useApi(getOptions, {}, { staleTime: 300_000 })
  const towns = useApi(listDivisions, { depth: 9 }, { staleTime: 300_000 })
  const [asked, setAsked] = useState<{
    classCode: string
    placeKind?: string
    town?: string
    on?: string
    unowned?: boolean
  }>()
  const answer = useApi(previewRoute, asked ?? { classCode: 'E0101' }, { enabled: asked !== undefined })
  const result = asked ? answer.data : undefined
  return (
    <>
      <DutiesHead />
      <div
        className="y-page"
        style={{ display: 'grid', gridTemplateColumns: '420px minmax(0, 1fr)', gap: 32, alignItems: 'start' }}
      >
        <Suspense fallback={<TextSkeleton />}>
          {options.data && towns.data && (
            <PlainForm
              schema={{
                type: 'object',
                required: ['classCode'],
                properties: {
                  classCode: { type: 'string', format: 'class', title: t('duties.field.class'), 'x-order': 1 },
                  placeKind: { ...placeField(t('duties.field.place'), options.data), 'x-order': 2 },
                  town: {
                    type: 'string',
                    title: t('duties.field.town'),
                    oneOf: towns.data.items
                      .filter((d) => d.code.length === 9)
                      .map((d) => ({ const: d.code, title: d.name })),
                    'x-order': 3,
                  },
                  on: { type: 'string', format: 'date', title: t('duties.preview.on'), 'x-order': 4 },
                  unowned: { type: 'boolean', title: t('duties.preview.unowned'), 'x-order': 5 },
                },
              }}
              submitLabel={t('duties.preview.ask')}
              busy={answer.isFetching}
              onSubmit={(form) => setAsked(form as { classCode: string })}
            />
          )}
        </Suspense>
        <section aria-live="polite">
          {answer.error && asked ? (
            <ErrorState tight error={answer.error} />
          ) : !result ? (
            <EmptyState tight icon="branch" title={t('duties.preview.empty')} />
          ) : (
            <div className="y-card" style={{ display: 'grid', gap: 8 }}>
              <span className="y-xs y-muted">{t('duties.field.lead')}</span>
              <b style={{ fontSize: 20, lineHeight: '28px' }}>
                {result.lead?.name ??
                  (result.triage
                    ? t('duties.preview.triage', { unit: result.triage.name })
                    : t('duties.preview.nobody'))}
              </b>
              {result.co.length > 0 && (
                <span className="y-sm y-sub">
                  {t('duties.field.co')}：{result.co.map((u) => u.name).join('、')}
                </span>
              )}
              <p className="y-sm" style={{ lineHeight: '22px' }}>
                {result.why.map((w) => t(w.key, w.params)).join('')}
              </p>
              {result.conflict && (
                <p className="y-sm" style={{ color: 'var(--y-warm-600)' }}>
                  <Icon name="warn" size="s" /> {t(result.conflict.key, result.conflict.params)}
                </p>
              )}
            </div>
          )}
        </section>
      </div>
    </>
  )
}
