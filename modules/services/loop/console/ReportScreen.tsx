import './ReportScreen.css'
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useNavigate } from 'react-router'
import { listDivisions } from '#modules/foundation/org/contract.ts'
import { suggestClasses } from '#modules/management/duties/contract.ts'
import { SimilarCases } from '#modules/services/loop/console/SimilarCases.tsx'
import { findSimilar, reportByStaff, suggestForCase } from '#modules/services/loop/contract.ts'
import { listCases, listInbox } from '#platform/process/contract.ts'
import { ApiError } from '#ui/api/api-error.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { PlaceMap } from '#ui/map/PlaceMap.tsx'
import { dropDraft } from '#ui/schema-form/drafts.ts'
import type { FormSchema } from '#ui/schema-form/form-schema.ts'
import { useSession } from '#ui/shell/session.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

const AntdForm = lazy(() => import('#ui/schema-form/PlainForm.tsx'))

const sources = ['grid', 'hotline', 'window', 'resident', 'doorplate']
const DRAFT = 'loop.report'

/** Waits until somebody stops typing. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

/** Taking a report down for somebody: on the phone, at the window, on patrol. What it is and whose it is shows while one writes. */
export default function ReportScreen() {
  const { t } = useText()
  const { me } = useSession()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const town = me.posts
    .map((p) => p.division)
    .find((d) => d.length >= 9)
    ?.slice(0, 9)
  const county = me.posts[0]?.division.slice(0, 6) ?? ''
  const villages = useApi(listDivisions, { under: town ?? county, depth: town ? 12 : 9 }, { staleTime: 300_000 })
  const [place, setPlace] = useState<{ lon: number; lat: number }>()
  const [draft, setDraft] = useState<Record<string, unknown>>({})
  const send = useCommand(reportByStaff, (done) => {
    dropDraft(DRAFT)
    for (const route of [listInbox, listCases]) void queryClient.invalidateQueries({ queryKey: [route.name] })
    navigate(`/cases/${done.id}`)
  })
  const text = useSettled(String(draft.text ?? '').trim(), 500)
  const division = typeof draft.division === 'string' ? draft.division : undefined
  const where = division
    ? division.length === 12
      ? { villageCode: division, townCode: division.slice(0, 9) }
      : { townCode: division }
    : {}
  const classCode = typeof draft.classCode === 'string' ? draft.classCode : undefined
  const enough = [...text].length >= 6
  const suggestion = useApi(
    suggestForCase,
    { text, ...where, ...(classCode ? { classCode } : {}) },
    { enabled: enough },
  )
  const classes = useApi(suggestClasses, { text: enough ? text : '—', limit: 3 }, { enabled: enough })
  const placeText = useSettled(String(draft.placeText ?? '').trim(), 500)
  const similar = useApi(
    findSimilar,
    {
      text: enough ? text : '————',
      ...where,
      ...(classCode ? { classCode } : {}),
      ...(placeText ? { placeText } : {}),
      ...(place ? { place } : {}),
    },
    { enabled: enough },
  )
  const danger = classes.data?.danger
  const problem = send.error instanceof ApiError ? send.error : undefined
  const center = villages.data?.items.find((d) => d.code === (division ?? town ?? county))?.center ?? undefined

  const schema: FormSchema = {
    type: 'object',
    required: ['text', 'source', 'division'],
    properties: {
      text: {
        type: 'string',
        title: t('loop.report.text'),
        format: 'multiline',
        minLength: 4,
        maxLength: 2000,
        'x-rows': 4,
        'x-order': 0,
      },
      source: {
        type: 'string',
        title: t('loop.report.source'),
        enum: sources,
        'x-names': sources.map((s) => t(`source.${s}`)),
        'x-order': 1,
      },
      division: {
        type: 'string',
        title: t('loop.report.division'),
        oneOf: (villages.data?.items ?? [])
          .filter((d) => d.code.length === (town ? 12 : 9))
          .map((d) => ({ const: d.code, title: d.name })),
        'x-order': 2,
      },
      placeText: {
        type: 'string',
        title: t('loop.report.place'),
        format: 'line',
        description: t('loop.report.placeHelp'),
        maxLength: 200,
        'x-order': 3,
      },
      classCode: {
        type: 'string',
        format: 'class',
        title: t('loop.report.class'),
        description: t('loop.report.classHelp'),
        'x-order': 4,
      },
      reporterName: { type: 'string', title: t('loop.report.name'), maxLength: 40, 'x-order': 5 },
      reporterPhone: {
        type: 'string',
        title: t('loop.report.phone'),
        description: t('loop.report.phoneHelp'),
        pattern: '^(\\+?86)?1[3-9][0-9]{9}$|^0[0-9]{2,3}-?[0-9]{7,8}$',
        'x-order': 6,
      },
      fileIds: {
        type: 'array',
        title: t('loop.report.photos'),
        maxItems: 9,
        items: { type: 'string', format: 'file', 'x-accept': 'image/*' },
        'x-order': 7,
      },
    },
  }
  return (
    <div className="y-page">
      <h1 style={{ fontSize: 24, lineHeight: '36px', fontWeight: 700, marginBottom: 12 }}>{t('loop.report.nav')}</h1>
      <div className="y-report">
        <div>
          {problem && problem.fields.length === 0 && <ErrorState tight error={problem} />}
          {villages.data ? (
            <Suspense fallback={<TextSkeleton lines={6} />}>
              <AntdForm
                wide
                schema={schema}
                draftKey={DRAFT}
                problems={problem?.fields ?? []}
                busy={send.isPending}
                submitLabel={t('loop.report.send')}
                onChange={setDraft}
                onSubmit={({ division: chosen, ...form }) => {
                  const code = String(chosen ?? '')
                  send.mutate({
                    ...(form as { text: string; source: 'grid' }),
                    ...(code.length === 12 ? { villageCode: code, townCode: code.slice(0, 9) } : { townCode: code }),
                    ...(place ? { place } : {}),
                  })
                }}
              />
            </Suspense>
          ) : (
            <TextSkeleton lines={6} />
          )}
        </div>
        <aside className="side" aria-label={t('loop.report.suggestion')}>
          {danger && (
            <div className="danger" role="alert">
              <Icon name="warn" />
              <span>
                {t('loop.report.danger', { words: danger.words.join('、') })} <b>{danger.calls.join(' · ')}</b>
              </span>
            </div>
          )}
          <div className="suggest">
            <b className="y-b">{t('loop.report.suggestion')}</b>
            {!enough ? (
              <span className="y-muted">{t('loop.report.suggestionHint')}</span>
            ) : (
              <>
                {(suggestion.data?.classes ?? []).slice(0, 3).map((c) => (
                  <span key={c.code}>
                    {c.name}{' '}
                    <span className="y-muted y-xs">
                      {c.words.length > 0 ? t('loop.report.words', { words: c.words.join('、') }) : ''}
                    </span>
                  </span>
                ))}
                {suggestion.data?.line && (
                  <span>
                    {suggestion.data.line.none
                      ? t('loop.report.lineUnsure')
                      : t('loop.report.line', {
                          line: suggestion.data.line.name,
                          confidence: Math.round(suggestion.data.line.confidence * 100),
                        })}
                  </span>
                )}
                {suggestion.data?.route && (
                  <span>
                    <b className="y-b">{suggestion.data.route.unit?.name ?? t('loop.report.noUnit')}</b>
                    <br />
                    <span className="y-sub y-xs">
                      {suggestion.data.route.why.map((w) => t(w.key, w.params)).join('')}
                    </span>
                  </span>
                )}
                {suggestion.isLoading && <TextSkeleton lines={2} />}
                {suggestion.error ? <ErrorState tight error={suggestion.error} /> : null}
              </>
            )}
          </div>
          {enough && (
            <div aria-live="polite">
              {similar.error && !similar.data ? (
                <ErrorState tight error={similar.error} onRetry={() => void similar.refetch()} />
              ) : similar.data ? (
                <SimilarCases similar={similar.data} sayNone />
              ) : (
                <p className="y-xs y-muted">{t('loop.similar.checking')}</p>
              )}
            </div>
          )}
          <div>
            <h2 className="y-sec" style={{ marginBottom: 6 }}>
              {t('ui.map.title')} <small>{t(place ? 'loop.report.picked' : 'ui.map.pick')}</small>
            </h2>
            <PlaceMap
              label={t('ui.map.pick')}
              height={260}
              zoom={13.4}
              points={[
                ...(place ? [{ id: 'here', ...place, kind: 'here' as const }] : []),
                ...(villages.data?.items ?? []).flatMap((d) =>
                  d.center && d.code.length === 12
                    ? [{ id: d.code, ...d.center, kind: 'name' as const, label: d.shortName }]
                    : [],
                ),
              ]}
              {...(center ? { center } : {})}
              onPick={setPlace}
            />
          </div>
        </aside>
      </div>
    </div>
  )
}
