import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { renderCaseDocument } from '#platform/documents/contract.ts'
import { actOnCaseRoute, getCase, listCases, listInbox } from '#platform/process/contract.ts'
import { ApiError } from '#ui/api/api-error.ts'
import { apiUrl } from '#ui/api/base.ts'
import { buildRequest } from '#ui/api/request.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { ActionBar, type CaseAction } from '#ui/case/ActionBar.tsx'
import { CaseHeader } from '#ui/case/CaseHeader.tsx'
import type { CasePart } from '#ui/case/case-part.ts'
import { PhotoGrid } from '#ui/case/PhotoGrid.tsx'
import { Trace } from '#ui/case/Trace.tsx'
import { hourMinute, monthDay } from '#ui/clock/county-time.ts'
import { type Text, useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { PlaceMap } from '#ui/map/PlaceMap.tsx'
import { Menu } from '#ui/menu/Menu.tsx'
import { dropDraft } from '#ui/schema-form/drafts.ts'
import type { FormSchema } from '#ui/schema-form/form-schema.ts'
import { describeForm } from '#ui/schema-form/form-schema.ts'
import { useSession } from '#ui/shell/session.ts'
import { WaterMark } from '#ui/shell/WaterMark.tsx'
import { ErrorState, useErrorWords } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'
import { severityOf } from '../case-words.ts'
import { fileIdsIn, fileUrl } from '../files.ts'
import { useOutline, useVillagesNear } from '../outline.ts'
import { CaseDeliveries } from './CaseDeliveries.tsx'
import { type CasePage, type FormOf, holderWords, toClocks, toHops } from './case-view.ts'
import { type ShownDefinition, useDefinition } from './use-definition.ts'

const FormDrawer = lazy(() => import('#ui/schema-form/FormDrawer.tsx'))

const parts = Object.values(
  import.meta.glob<{ casePart: CasePart }>('#modules/*/*/console/case-part.tsx', { eager: true }),
)
  .map((m) => m.casePart)
  .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))

const NO_FORM: FormSchema = { type: 'object', properties: {} }

export default function CaseScreen() {
  const id = Number(useParams().id)
  const answer = useApi(getCase, { id }, { every: 20_000 })
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data)
    return (
      <div className="y-page">
        <TextSkeleton lines={8} />
      </div>
    )
  return <Case key={id} page={answer.data} />
}

function refusalWords(page: CasePage, text: Text): string | undefined {
  const refused = page.refused.filter((r) => r.code !== 'process.not_allowed' && r.code !== 'platform.forbidden')
  const words = refused.flatMap((r) => {
    const params = Object.fromEntries(Object.entries(r.params).map(([k, v]) => [k, String(v)]))
    const why =
      r.code === 'process.guard'
        ? String(text.language === 'en' ? r.params.en : r.params.zh)
        : text.error(r.code, params)
    return why ? [`${r.name[text.language]}${text.language === 'en' ? ': ' : '：'}${why}`] : []
  })
  return words.length > 0 ? words.slice(0, 2).join(text.language === 'en' ? '; ' : '；') : undefined
}

function Case({ page }: { page: CasePage }) {
  const text = useText()
  const { t, language } = text
  const { me, calendar } = useSession()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const [params, setParams] = useSearchParams()
  const words = useErrorWords()
  const definition = useDefinition(page.definitionId)
  const outline = useOutline()
  const villages = useVillagesNear(page.case.place)
  const [acting, setActing] = useState<string | null>(() => params.get('do'))
  const { case: c } = page

  const act = useCommand(actOnCaseRoute, (_, input) => {
    dropDraft(`case.${c.id}.${input.action}`)
    setActing(null)
    void queryClient.invalidateQueries({ queryKey: [getCase.name] })
    void queryClient.invalidateQueries({ queryKey: [listInbox.name] })
    void queryClient.invalidateQueries({ queryKey: [listCases.name] })
    if (params.has('do')) setParams({}, { replace: true })
  })

  const formOf: FormOf = (action) =>
    (action === 'start' ? definition?.start.form : definition?.actions[action]?.form) as FormSchema | undefined
  const hops = useMemo(() => toHops(page, text, formOf), [page, text, definition])
  const clocks = useMemo(() => toClocks(page, text), [page, text])
  const phaseNames = useMemo(
    () => new Map((definition?.phases ?? []).map((p) => [p.key, p.name[language]])),
    [definition, language],
  )
  const phaseName = useMemo(
    () => (phase: string) => phaseNames.get(phase) ?? (phase === c.phase ? c.phaseName[language] : ''),
    [phaseNames, c, language],
  )
  const severity = severityOf(c.severity)
  const running = page.actions.find((a) => a.key === acting)
  const reasons = refusalWords(page, text)
  const own = parts.filter((p) => p.definitions.includes(c.definitionKey))
  const photos = page.files.filter((f) => f.mediaType.startsWith('image/'))
  const papers = page.files.filter((f) => !f.mediaType.startsWith('image/'))
  const place = [c.townName, c.villageName].filter(Boolean).join(' ')
  const post = me.posts[0]
  const problem = act.error instanceof ApiError ? act.error : undefined
  const secret = c.secrecy === 'secret'

  const facts = definition
    ? describeForm(
        definition.start.form as FormSchema | undefined,
        pickDescribed(page.data, definition.start.form as FormSchema | undefined),
        language,
        t('ui.yes'),
        t('ui.no'),
        page.names,
      ).filter((f) => f.value !== '')
    : []
  const reply = typeof page.data.reply === 'string' ? page.data.reply : undefined

  return (
    <>
      <CaseHeader
        back={
          <Link className="y-back" to="/">
            <Icon name="back" size="s" />
            {t('console.nav.inbox')}
          </Link>
        }
        number={c.number}
        secrecy={c.secrecy === 'public' ? null : t(`console.secrecy.${c.secrecy}`)}
        title={c.title}
        severity={severity}
        state={`${c.phaseName[language]} · ${c.stateName[language]}`}
        facts={[
          c.className ?? c.definitionName[language],
          [place, c.placeText].filter(Boolean).join(' '),
          c.unit ? t('console.case.unit', { unit: c.unit.name }) : null,
        ]}
        clocks={clocks}
        calendar={calendar}
      />
      <div className="y-casebody">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by itself, so the keyboard must reach it */}
        <section className="y-casel" aria-label={t('console.case.body')} tabIndex={0}>
          {own.map(({ Part }, index) => (
            <Part
              key={index}
              caseId={c.id}
              source={c.source}
              state={c.state}
              version={page.version}
              actions={page.actions.map((action) => action.key)}
              data={page.data}
            />
          ))}
          {facts.length > 0 && (
            <section>
              <h2 className="y-sec" style={{ marginBottom: 6 }}>
                {t('console.case.submitted')}
              </h2>
              <dl className="y-facts">
                {facts.map((f) => (
                  <div key={f.key} style={{ display: 'contents' }}>
                    <dt>{f.label}</dt>
                    <dd>{f.value}</dd>
                  </div>
                ))}
              </dl>
            </section>
          )}
          {(page.files.length > 0 || c.place) && (
            <section className={page.files.length > 0 && c.place ? 'y-evid' : undefined}>
              {page.files.length > 0 && (
                <div>
                  <h2 className="y-sec">
                    {t('console.case.files')}{' '}
                    <small>{t('console.case.fileCount', { photos: photos.length, papers: papers.length })}</small>
                  </h2>
                  <PhotoGrid
                    photos={photos.map((f) => ({
                      id: f.id,
                      thumb: fileUrl(f.id, 'thumb'),
                      full: fileUrl(f.id),
                      caption: photoCaption(f),
                    }))}
                    files={
                      papers.length > 0 &&
                      papers.map((f) => (
                        <a key={f.id} href={fileUrl(f.id)} download={f.name}>
                          <Icon name="document" size="s" />
                          {f.name}
                        </a>
                      ))
                    }
                  />
                </div>
              )}
              {c.place && (
                <div>
                  <h2 className="y-sec" style={{ marginBottom: 6 }}>
                    {t('ui.map.title')}{' '}
                    <small>
                      {t(page.nearby.length > 0 ? 'console.case.nearby' : 'console.case.noNearby', {
                        n: page.nearby.length,
                      })}
                    </small>
                  </h2>
                  <PlaceMap
                    label={t('ui.map.label', { name: c.placeText ?? place })}
                    points={[
                      {
                        id: 'here',
                        ...c.place,
                        kind: 'here',
                        severity,
                        ...(c.placeText ? { label: c.placeText } : {}),
                      },
                      ...page.nearby.flatMap((n) =>
                        n.place
                          ? [
                              {
                                id: String(n.id),
                                ...n.place,
                                kind: 'similar' as const,
                                severity: severityOf(n.severity),
                                label: monthDay(n.openedAt),
                              },
                            ]
                          : [],
                      ),
                      ...villages,
                    ]}
                    outline={outline?.outline}
                    {...(outline?.home ? { home: outline.home } : {})}
                    ring={200}
                    onOpen={(id) => navigate(`/cases/${id}`)}
                    legend={
                      <>
                        {page.nearby.length > 0 && <span>{t('console.case.legendSimilar')}</span>}
                        <span>{t('console.case.legendRing')}</span>
                      </>
                    }
                  />
                </div>
              )}
            </section>
          )}
          <Linked page={page} />
          {page.submissions.length > 0 && <Submissions page={page} definition={definition} />}
          {reply && (
            <section>
              <h2 className="y-sec">{t(c.closedAt ? 'console.case.reply' : 'console.case.draftReply')}</h2>
              <p className="y-sm y-sub" style={{ marginTop: 2, whiteSpace: 'pre-wrap' }}>
                {reply}
              </p>
            </section>
          )}
          <CaseDeliveries caseId={c.id} />
        </section>
        <aside className="y-caser">
          <Trace
            hops={hops}
            phaseName={phaseName}
            waiting={
              c.closedAt || page.holders.length === 0
                ? null
                : { what: c.stateName[language], who: holderWords(page, text, me.name) }
            }
            links={
              definition && (
                <Link className="y-xs y-noprint" to={`/processes/${definition.id}?case=${c.id}`}>
                  {t('ui.process.drawing')}
                </Link>
              )
            }
          />
        </aside>
      </div>
      <ActionBar
        actions={page.actions.map((a) => ({ key: a.key, name: a.name[language], kind: a.kind as CaseAction['kind'] }))}
        reason={reasons}
        busy={act.isPending ? (act.variables?.action ?? null) : null}
        onAct={(key) => {
          act.reset()
          setActing(key)
        }}
        tools={
          <>
            {page.offers.length > 0 && (
              <Menu
                label={t('console.case.offers')}
                worded
                align="end"
                className="y-btn text"
                button={
                  <>
                    <Icon name="branch" size="s" />
                    {t('console.case.offers')}
                  </>
                }
                entries={page.offers.map((offer) => ({
                  key: offer.definition,
                  label: offer.name[language],
                  onPick: () => navigate(`/start/${offer.definition}?from=${c.id}`),
                }))}
              />
            )}
            {page.documents.length > 0 && (
              <Menu
                label={t('console.case.documents')}
                worded
                align="end"
                className="y-btn text"
                button={
                  <>
                    <Icon name="document" size="s" />
                    {t('console.case.documents')}
                  </>
                }
                entries={page.documents.flatMap((d) =>
                  d.formats.map((format) => ({
                    key: `${d.key}-${format}`,
                    label: d.name[language],
                    note: format.toUpperCase(),
                    onPick: () =>
                      window.location.assign(
                        apiUrl(buildRequest(renderCaseDocument, { id: c.id, template: d.key, format }).url),
                      ),
                  })),
                )}
              />
            )}
            <button type="button" className="y-btn text" onClick={() => window.print()}>
              <Icon name="print" size="s" />
              {t('console.case.print')}
            </button>
          </>
        }
      />
      {running && (
        <Suspense fallback={null}>
          <FormDrawer
            open
            title={running.name[language]}
            note={
              <p className="y-sm y-sub" style={{ margin: '0 0 16px' }}>
                {c.number} · {c.title}
              </p>
            }
            error={problem && problem.fields.length === 0 ? problem : undefined}
            schema={(running.form as FormSchema | null) ?? NO_FORM}
            given={running.form ? pickDescribed(page.data, running.form as FormSchema) : {}}
            draftKey={secret ? undefined : `case.${c.id}.${running.key}`}
            problems={problem?.fields ?? []}
            busy={act.isPending}
            submitLabel={running.name[language]}
            onClose={() => {
              setActing(null)
              if (params.has('do')) setParams({}, { replace: true })
            }}
            onSubmit={(form) => {
              const fileIds = fileIdsIn(running.form as FormSchema | null, form)
              act.mutate({
                id: c.id,
                action: running.key,
                version: page.version,
                ...(running.form ? { form } : {}),
                ...(fileIds.length > 0 ? { fileIds } : {}),
              })
            }}
          />
        </Suspense>
      )}
      {acting && !running && params.has('do') && (
        <p className="y-vh" role="status">
          {words(new ApiError('process.wrong_state', 409)).message}
        </p>
      )}
      <WaterMark text={[me.name, post?.unitName].filter(Boolean).join(' ')} />
    </>
  )
}

/** Only what the form knows: the case's data also holds what the engine keeps for itself. */
function pickDescribed(data: Record<string, unknown>, form: FormSchema | undefined): Record<string, unknown> {
  const keys = Object.keys(form?.properties ?? {})
  return Object.fromEntries(keys.filter((key) => key in data).map((key) => [key, data[key]]))
}

/** Cameras name pictures by number or time; only a name that somebody gave is worth showing. */
function photoCaption(file: CasePage['files'][number]): string {
  const at = file.takenAt ?? file.uploadedAt
  const name = file.name.replace(/\.\w+$/, '')
  return [/\p{Script=Han}/u.test(name) ? name : '', `${monthDay(at)} ${hourMinute(at)}`].filter(Boolean).join(' · ')
}

/** Cases that belong to this one, by what joins them: merged, parts, taken up again, begun from it. */
function Linked({ page }: { page: CasePage }) {
  const { t, language } = useText()
  const groups = Map.groupBy(page.links, (link) => `${link.kind}.${link.direction}`)
  if (groups.size === 0 && page.hiddenLinks === 0) return null
  return (
    <section className="y-rel">
      {[...groups].map(([group, links]) => (
        <div className="y-relc" key={group}>
          <h3>
            <Icon name="branch" size="s" />
            {t(`console.link.${group}`, { n: links.length })}
          </h3>
          <ul>
            {links.map(({ case: row }) => (
              <li key={row.id}>
                <Link to={`/cases/${row.id}`} title={row.title}>
                  {row.number} {row.title}
                </Link>{' '}
                <span className="y-sub">{row.stateName[language]}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
      {page.hiddenLinks > 0 && <p className="y-xs y-muted">{t('console.link.hidden', { n: page.hiddenLinks })}</p>}
    </section>
  )
}

function Submissions({ page, definition }: { page: CasePage; definition: ShownDefinition | undefined }) {
  const { t, language } = useText()
  const formOf = (state: string) =>
    Object.values(definition?.actions ?? {}).find((a) => a.submission && a.from.includes(state))?.form as
      | FormSchema
      | undefined
  return (
    <section>
      <h2 className="y-sec" style={{ marginBottom: 6 }}>
        {t('console.case.submissions')}
      </h2>
      <div className="y-asks">
        {page.submissions.map((s) => (
          <div className="y-ask" key={`${s.state}-${s.round}-${s.slot}`}>
            <Icon name={s.sealed ? 'lock' : 'check'} size="s" />
            <span style={{ minWidth: 0 }}>
              <b className="y-b">{[s.unitName, s.accountName].filter(Boolean).join(' ')}</b>{' '}
              <span className="y-muted y-xs">
                {definition?.states[s.state]?.name[language]} · {monthDay(s.at)} {hourMinute(s.at)}
              </span>
              <br />
              <span className="y-sub">
                {s.sealed || !s.form
                  ? t('console.case.sealed')
                  : describeForm(formOf(s.state), s.form, language, t('ui.yes'), t('ui.no'), page.names)
                      .map((d) => `${d.label}：${d.value}`)
                      .join('；')}
              </span>
            </span>
          </div>
        ))}
      </div>
    </section>
  )
}
