import './ReportScreen.css'
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { Link, useLocation, useNavigate } from 'react-router'
import { listDivisions } from '#modules/foundation/org/contract.ts'
import { suggestClasses } from '#modules/management/duties/contract.ts'
import { recordConsultation } from '#modules/services/knowledge/contract.ts'
import { CallerPanel } from '#modules/services/loop/console/CallerPanel.tsx'
import { ChatDrawer } from '#modules/services/loop/console/ChatDrawer.tsx'
import { KnowledgePanel } from '#modules/services/loop/console/KnowledgePanel.tsx'
import { PlaceSearch } from '#modules/services/loop/console/PlaceSearch.tsx'
import { SimilarCases } from '#modules/services/loop/console/SimilarCases.tsx'
import { findSimilar, getCaller, reportByStaff, suggestForCase } from '#modules/services/loop/contract.ts'
import { looksLikeChat } from '#modules/services/loop/domain/chat-text.ts'
import { dangerOf } from '#modules/services/loop/mobile/danger.ts'
import { listCases, listInbox } from '#platform/process/contract.ts'
import { ApiError } from '#ui/api/api-error.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { PlaceMap } from '#ui/map/PlaceMap.tsx'
import { dropDraft, loadDraft, saveDraft } from '#ui/schema-form/drafts.ts'
import type { FormSchema } from '#ui/schema-form/form-schema.ts'
import { type UploadedFile, useFormServices } from '#ui/schema-form/form-services.ts'
import { useSession } from '#ui/shell/session.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

const AntdForm = lazy(() => import('#ui/schema-form/PlainForm.tsx'))

const sources = ['grid', 'hotline', 'window', 'resident', 'doorplate']
const DRAFT = 'loop.report'
const DESK_DRAFT = 'loop.desk'
const DESK = '/loop/desk'
/** Channels of the desk as questions are kept under. */
const CHANNEL = { hotline: 'hotline', window: 'window', resident: 'phone' } as const
const PHONE = /^(\+?86)?1[3-9][0-9]{9}$|^0[0-9]{2,3}-?[0-9]{7,8}$/
const MOST_PHOTOS = 9

interface DeskDraft {
  values: Record<string, unknown>
  files: Record<string, UploadedFile[]>
}

/** What became of the last call: told to whoever called. */
interface Done {
  kind: 'report' | 'answered' | 'unanswered'
  id?: number
  number?: string
  followCode?: string
}

/** Waits until somebody stops typing. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

/**
 * Taking a report down for somebody: on the phone, at the window, on patrol. What it is and whose it is shows while one writes.
 * At the desk (接办台) the same form has the caller, the knowledge base and pasted chats beside it, and goes on to the next call.
 */
export default function ReportScreen() {
  const { t } = useText()
  const { me } = useSession()
  const desk = useLocation().pathname === DESK
  const draftName = desk ? DESK_DRAFT : DRAFT
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
  /** Counts the forms of this sitting: another one begins empty, or with what was put into its draft. */
  const [turn, setTurn] = useState(0)
  const [done, setDone] = useState<Done>()
  const [articleId, setArticleId] = useState<number>()
  const [chat, setChat] = useState<string>()
  const began = useRef(Date.now())
  const next = useCallback(
    (result?: Done) => {
      dropDraft(draftName)
      setDone(result)
      setDraft({})
      setPlace(undefined)
      setArticleId(undefined)
      began.current = Date.now()
      setTurn((n) => n + 1)
      // The same number may call again at once: what was just kept is part of what it brought.
      void queryClient.invalidateQueries({ queryKey: [getCaller.name] })
    },
    [draftName, queryClient],
  )
  const send = useCommand(reportByStaff, (sent) => {
    for (const route of [listInbox, listCases]) void queryClient.invalidateQueries({ queryKey: [route.name] })
    if (desk) next({ kind: 'report', ...sent })
    else {
      dropDraft(draftName)
      navigate(`/cases/${sent.id}`)
    }
  })
  const ask = useCommand(recordConsultation, ({ outcome }) =>
    next({ kind: outcome === 'answered' ? 'answered' : 'unanswered' }),
  )
  /** Puts something into the form that is being filled in, and shows the form anew with it. */
  const put = useCallback(
    (change: (draft: DeskDraft) => DeskDraft) => {
      const kept = (loadDraft(draftName)?.values ?? {}) as Partial<DeskDraft>
      const now = { values: { ...kept.values, ...latest.current }, files: kept.files ?? {} }
      saveDraft(draftName, { ...change(now) })
      setTurn((n) => n + 1)
    },
    [draftName],
  )
  const latest = useRef(draft)
  latest.current = draft
  const photos = usePastedPhotos(desk, put, setChat)
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
  // Danger is said while the word is being typed, from the list here; the server's own list adds to it.
  const typed = String(draft.text ?? '')
  const here = dangerOf(typed)
  const listed = typed.trim() ? classes.data?.danger : undefined
  const danger =
    here || listed
      ? {
          words: [...new Set([...(here?.words ?? []), ...(listed?.words ?? [])])],
          calls: [...new Set([...(here?.numbers ?? []), ...(listed?.calls ?? [])])],
        }
      : undefined
  const problem = send.error instanceof ApiError ? send.error : undefined
  const phone = useSettled(String(draft.reporterPhone ?? '').trim(), 400)
  const source = typeof draft.source === 'string' ? draft.source : undefined

  function recordQuestion() {
    const question = String(latest.current.text ?? '').trim()
    const number = String(latest.current.reporterPhone ?? '').trim()
    const name = String(latest.current.reporterName ?? '').trim()
    const code = suggestion.data?.line && !suggestion.data.line.none ? suggestion.data.line.code : undefined
    ask.mutate({
      question,
      channel: CHANNEL[(source ?? '') as keyof typeof CHANNEL] ?? 'phone',
      seconds: Math.min(86_400, Math.round((Date.now() - began.current) / 1000)),
      ...(articleId ? { articleId } : code ? { lineCode: code } : {}),
      ...(name ? { askerName: name } : {}),
      ...(PHONE.test(number) ? { askerPhone: number } : {}),
      ...(division ? (division.length === 12 ? { villageCode: division } : { townCode: division }) : {}),
    })
  }
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
      <div className="y-row" style={{ marginBottom: 12, flexWrap: 'wrap' }}>
        <h1 style={{ fontSize: 24, lineHeight: '36px', fontWeight: 700 }}>
          {t(desk ? 'loop.desk.nav' : 'loop.report.nav')}
        </h1>
        {desk && (
          <span className="y-row y-grow" style={{ justifyContent: 'flex-end', flexWrap: 'wrap' }}>
            <button type="button" className="y-btn sm" onClick={() => setChat('')}>
              <Icon name="talk" size="s" />
              {t('loop.desk.chat')}
            </button>
            <button type="button" className="y-btn sm" onClick={() => next()}>
              <Icon name="phone" size="s" />
              {t('loop.desk.next')}
            </button>
          </span>
        )}
      </div>
      <div className="y-report">
        <div>
          {done && <DoneNotice done={done} onClose={() => setDone(undefined)} />}
          {problem && problem.fields.length === 0 && <ErrorState tight error={problem} />}
          {ask.error ? <ErrorState tight error={ask.error} /> : null}
          {photos.error ? <ErrorState tight error={photos.error} /> : null}
          {photos.running > 0 && (
            <p className="y-xs y-muted" role="status">
              {t('loop.desk.photos', { count: photos.running })}
            </p>
          )}
          {villages.data ? (
            <Suspense fallback={<TextSkeleton lines={6} />}>
              <AntdForm
                key={turn}
                wide
                schema={schema}
                draftKey={draftName}
                {...(desk && givenSource(me.posts) ? { given: { source: givenSource(me.posts) } } : {})}
                problems={problem?.fields ?? []}
                busy={send.isPending}
                submitLabel={t('loop.report.send')}
                onChange={setDraft}
                extra={
                  desk ? (
                    <AskBar
                      article={articleId !== undefined}
                      busy={ask.isPending}
                      disabled={[...typed.trim()].length < 2}
                      onAsk={recordQuestion}
                    />
                  ) : undefined
                }
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
          {desk && PHONE.test(phone) && <CallerPanel phone={phone} source={source} />}
          {danger && (
            <div className="danger" role="alert">
              <Icon name="warn" />
              <span>
                {t('loop.report.danger', { words: danger.words.join('、') })} <b>{danger.calls.join(' · ')}</b>
              </span>
            </div>
          )}
          {desk && typed.trim() !== '' && <KnowledgePanel text={text} chosen={articleId} onChoose={setArticleId} />}
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
            {desk && (
              <PlaceSearch
                divisions={villages.data?.items ?? []}
                county={county}
                onPick={(chosen, at) => {
                  if (at) setPlace(at)
                  put(({ values, files }) => ({ values: { ...values, division: chosen }, files }))
                }}
              />
            )}
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
      {chat !== undefined && (
        <ChatDrawer
          given={chat}
          onClose={() => setChat(undefined)}
          onTake={({ text: told, phone: number }) => {
            setChat(undefined)
            put(({ values, files }) => ({
              values: {
                ...values,
                text: [String(values.text ?? '').trim(), told].filter(Boolean).join('\n').slice(0, 2000),
                ...(number && !values.reporterPhone ? { reporterPhone: number } : {}),
              },
              files,
            }))
          }}
        />
      )}
    </div>
  )
}

/** A window serves whoever comes in; a centre answers the telephone. */
function givenSource(posts: readonly { division: string }[]): string | undefined {
  const own = posts[0]?.division ?? ''
  return own.length === 6 ? 'hotline' : own.length >= 9 ? 'window' : undefined
}

/** Pictures pasted or dropped anywhere on the desk go into the form; pasted text that is a chat is offered for reading. */
function usePastedPhotos(
  active: boolean,
  put: (change: (draft: DeskDraft) => DeskDraft) => void,
  onChat: (text: string) => void,
) {
  const services = useFormServices()
  const [running, setRunning] = useState(0)
  const [error, setError] = useState<unknown>()
  const latest = useRef({ put, onChat })
  latest.current = { put, onChat }
  useEffect(() => {
    if (!active) return
    const abort = new AbortController()
    function take(list: FileList | undefined): boolean {
      const images = [...(list ?? [])].filter((file) => file.type.startsWith('image/')).slice(0, MOST_PHOTOS)
      if (images.length === 0) return false
      setError(undefined)
      setRunning((n) => n + images.length)
      void Promise.allSettled(images.map((file) => services.upload(file, () => {}, abort.signal))).then((settled) => {
        setRunning((n) => n - images.length)
        const sent = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
        const failed = settled.find((one) => one.status === 'rejected')
        if (failed && !abort.signal.aborted) setError(failed.reason)
        if (sent.length > 0)
          latest.current.put(({ values, files }) => {
            const all = [...(files.fileIds ?? []), ...sent].slice(0, MOST_PHOTOS)
            return { values: { ...values, fileIds: all.map(({ id }) => id) }, files: { ...files, fileIds: all } }
          })
      })
      return true
    }
    function onPaste(event: ClipboardEvent) {
      if (take(event.clipboardData?.files)) return event.preventDefault()
      const text = event.clipboardData?.getData('text/plain') ?? ''
      // The box for pasted chats reads by itself.
      if (document.querySelector('[aria-modal="true"]') || !looksLikeChat(text)) return
      event.preventDefault()
      latest.current.onChat(text)
    }
    function onDrop(event: DragEvent) {
      if ((event.target as HTMLElement | null)?.closest?.('.y-upload')) return
      if (take(event.dataTransfer?.files)) event.preventDefault()
    }
    const onOver = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
    }
    document.addEventListener('paste', onPaste)
    document.addEventListener('drop', onDrop)
    document.addEventListener('dragover', onOver)
    return () => {
      abort.abort()
      document.removeEventListener('paste', onPaste)
      document.removeEventListener('drop', onDrop)
      document.removeEventListener('dragover', onOver)
    }
  }, [active, services])
  return { running, error }
}

/** A question is answered and kept, and no order is made of it. */
function AskBar({
  article,
  busy,
  disabled,
  onAsk,
}: {
  article: boolean
  busy: boolean
  disabled: boolean
  onAsk: () => void
}) {
  const { t } = useText()
  return (
    <div className="ask">
      <button type="button" className={article ? 'y-btn soft' : 'y-btn'} disabled={disabled || busy} onClick={onAsk}>
        <Icon name="check" size="s" />
        {t(article ? 'loop.desk.answered' : 'loop.desk.unanswered')}
      </button>
      <span className="y-xs y-muted">{t(article ? 'loop.desk.answeredHelp' : 'loop.desk.unansweredHelp')}</span>
    </div>
  )
}

/** What to tell whoever called. */
function DoneNotice({ done, onClose }: { done: Done; onClose: () => void }) {
  const { t } = useText()
  return (
    <div className="done" role="status">
      <Icon name="check" />
      <div className="y-grow">
        <b className="y-b">{t(`loop.desk.done.${done.kind}`)}</b>
        {done.number && (
          <p>
            {t('loop.desk.tell')} <Link to={`/cases/${done.id}`}>{done.number}</Link>
            {' · '}
            {t('loop.desk.code')} <b className="code">{done.followCode?.replace(/(.{4})(?=.)/, '$1 ')}</b>
          </p>
        )}
      </div>
      <button type="button" className="y-btn text sm" aria-label={t('loop.desk.doneClose')} onClick={onClose}>
        <Icon name="close" size="s" />
      </button>
    </div>
  )
}
