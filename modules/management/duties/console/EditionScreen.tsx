import '#modules/management/duties/console/Editions.css'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { stateKey } from '#modules/management/duties/console/EditionsScreen.tsx'
import {
  getEdition,
  listEditions,
  publishEdition,
  tryHistory,
  undoEdition,
  withdrawEdition,
} from '#modules/management/duties/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { apiUrl } from '#ui/api/base.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import type { FormSchema } from '#ui/schema-form/form-schema.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

type Edition = RouteOutput<typeof getEdition>
const SHOWN = 50

/** One version: how it stands, what is wrong with it, what it changes, and which past cases it would send elsewhere. */
export default function EditionScreen() {
  const { t } = useText()
  const editionId = Number(useParams().editionId)
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const answer = useApi(getEdition, { editionId })
  const [doing, setDoing] = useState<'publish' | 'withdraw' | 'undo'>()
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data)
    return (
      <div className="y-page">
        <TextSkeleton lines={8} />
      </div>
    )
  const e = answer.data
  const done = ({ id }: { id: number }) => {
    setDoing(undefined)
    for (const route of [getEdition, listEditions]) void queryClient.invalidateQueries({ queryKey: [route.name] })
    if (id !== editionId) void navigate(`/duties/editions/${id}`)
  }
  const dated: FormSchema = {
    type: 'object',
    required: ['documentNumber', 'validFrom'],
    properties: {
      documentNumber: { type: 'string', title: t('duties.field.document'), maxLength: 120 },
      validFrom: { type: 'string', format: 'date', title: t('duties.field.validFrom') },
    },
  }
  return (
    <>
      <div className="y-pagehead">
        <Link className="y-iconbtn sm" to="/duties/editions" aria-label={t('duties.tab.editions')}>
          <Icon name="back" />
        </Link>
        <h1>{e.kind === 'undo' ? t('duties.edition.undo.of', { title: e.title }) : e.title}</h1>
        <span className="y-tag">{t(stateKey(e))}</span>
        <span className="y-grow" />
        {e.can.withdraw && (
          <button type="button" className="y-btn sm" onClick={() => setDoing('withdraw')}>
            {t('duties.edition.withdraw')}
          </button>
        )}
        {e.can.undo && (
          <button type="button" className="y-btn sm" onClick={() => setDoing('undo')}>
            {t('duties.edition.undo')}
          </button>
        )}
        {e.can.publish && (
          <button type="button" className="y-btn pri sm" onClick={() => setDoing('publish')}>
            {t('duties.edition.publish')}
          </button>
        )}
      </div>
      <div className="y-page y-edition">
        <dl className="y-facts">
          <dt>{t('duties.field.document')}</dt>
          <dd>{e.documentNumber}</dd>
          <dt>{t('duties.field.validFrom')}</dt>
          <dd>{e.validFrom}</dd>
          <dt>{t('duties.edition.by')}</dt>
          <dd>{e.publishedBy ?? e.createdBy}</dd>
          {e.withdrawReason && (
            <>
              <dt>{t('duties.edition.withdrawReason')}</dt>
              <dd>{e.withdrawReason}</dd>
            </>
          )}
        </dl>
        {e.state === 'draft' && (
          <p className={e.errors > 0 ? 'y-edition-note bad' : 'y-edition-note'}>
            {e.errors > 0 ? t('duties.edition.faulty', { n: e.errors }) : t('duties.edition.fine')}
          </p>
        )}
        {e.problems.length > 0 && <Problems edition={e} />}
        <Changes edition={e} />
        {e.changes.length > 0 && e.can.file && <History editionId={editionId} />}
      </div>
      {doing === 'publish' && (
        <CommandDrawer
          route={publishEdition}
          title={t('duties.edition.publish')}
          note={<p className="y-sm y-sub">{t('duties.edition.publishNote')}</p>}
          schema={dated}
          given={{ documentNumber: e.documentNumber, validFrom: e.validFrom }}
          fixed={{ editionId }}
          onClose={() => setDoing(undefined)}
          onDone={done}
        />
      )}
      {doing === 'undo' && (
        <CommandDrawer
          route={undoEdition}
          title={t('duties.edition.undo')}
          note={<p className="y-sm y-sub">{t('duties.edition.undoNote')}</p>}
          schema={dated}
          fixed={{ editionId }}
          onClose={() => setDoing(undefined)}
          onDone={done}
        />
      )}
      {doing === 'withdraw' && (
        <CommandDrawer
          route={withdrawEdition}
          title={t('duties.edition.withdraw')}
          note={<p className="y-sm y-sub">{t('duties.edition.withdrawNote')}</p>}
          schema={{
            type: 'object',
            required: ['reason'],
            properties: {
              reason: {
                type: 'string',
                format: 'multiline',
                title: t('duties.edition.withdrawReason'),
                maxLength: 500,
              },
            },
          }}
          fixed={{ editionId }}
          onClose={() => setDoing(undefined)}
          onDone={done}
        />
      )}
    </>
  )
}

function Problems({ edition: e }: { edition: Edition }) {
  const { t } = useText()
  const [all, setAll] = useState(false)
  const sorted = [...e.problems].sort((a, b) => (a.weight === b.weight ? 0 : a.weight === 'error' ? -1 : 1))
  const shown = all ? sorted : sorted.slice(0, SHOWN)
  return (
    <section>
      <div className="y-row" style={{ gap: 12 }}>
        <h2 className="y-sec y-grow">{t('duties.edition.problems')}</h2>
        {e.errors > 0 && e.can.file && (
          <a className="y-btn sm" href={apiUrl(`/duties/editions/${e.id}/file`)} download>
            <Icon name="download" size="s" />
            {t('duties.edition.errorFile')}
          </a>
        )}
      </div>
      <table className="y-table tight">
        <thead>
          <tr>
            <th scope="col" style={{ width: 70 }}>
              {t('duties.edition.state')}
            </th>
            <th scope="col" style={{ width: 280 }}>
              {t('duties.edition.where')}
            </th>
            <th scope="col">{t('duties.edition.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((p, i) => (
            <tr key={`${p.sheet}-${p.row}-${p.column}-${i}`}>
              <td>{t(`duties.edition.weight.${p.weight}`)}</td>
              <td>
                {[p.sheet, p.row === null ? '' : t('duties.edition.row', { n: p.row }), p.column ?? '']
                  .filter(Boolean)
                  .join(' · ')}
              </td>
              <td>{p.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < sorted.length && (
        <button type="button" className="y-btn text sm" onClick={() => setAll(true)}>
          {t('duties.edition.more', { n: sorted.length - shown.length })}
        </button>
      )}
    </section>
  )
}

function Changes({ edition: e }: { edition: Edition }) {
  const { t } = useText()
  const [all, setAll] = useState(false)
  const shown = all ? e.changes : e.changes.slice(0, SHOWN)
  return (
    <section>
      <h2 className="y-sec">
        {t('duties.edition.changes')} <span className="y-sub y-sm">{t('duties.edition.counts', e.counts)}</span>
      </h2>
      {e.changes.length > 0 && (
        <table className="y-table tight">
          <thead>
            <tr>
              <th scope="col" style={{ width: 50 }} aria-label={t('duties.edition.changes')} />
              <th scope="col" style={{ width: 300 }}>
                {t('duties.edition.object')}
              </th>
              <th scope="col">{t('duties.edition.what')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((c) => (
              <tr key={`${c.sheet} ${c.code}`}>
                <td>
                  <span className="y-tag">{t(`duties.edition.kind.${c.kind}`)}</span>
                </td>
                <td>
                  {c.name}
                  <span className="n y-xs y-sub"> {`${t(`duties.edition.sheet.${c.sheet}`)} ${c.code}`}</span>
                </td>
                <td>
                  {c.kind === 'removed' ? (
                    t('duties.edition.end')
                  ) : (
                    <span className="what">
                      {c.fields
                        .filter((f) => f.before || f.after)
                        .map((f) => (
                          <span key={f.title}>
                            <b>{f.title}</b> {f.before && <del>{f.before}</del>} {f.after}
                          </span>
                        ))}
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {shown.length < e.changes.length && (
        <button type="button" className="y-btn text sm" onClick={() => setAll(true)}>
          {t('duties.edition.more', { n: e.changes.length - shown.length })}
        </button>
      )}
    </section>
  )
}

function History({ editionId }: { editionId: number }) {
  const { t } = useText()
  const [asked, setAsked] = useState(false)
  const [perMove, setPerMove] = useState(5)
  const answer = useApi(tryHistory, { editionId, perMove }, { enabled: asked })
  const trial = answer.data
  const more = trial?.moves.some((move) => move.count > move.examples.length) && perMove < 500
  return (
    <section aria-live="polite">
      <h2 className="y-sec">{t('duties.history.title')}</h2>
      {!trial && (
        <button type="button" className="y-btn sm" disabled={answer.isFetching} onClick={() => setAsked(true)}>
          {t(answer.isFetching ? 'duties.history.running' : 'duties.history.run')}
        </button>
      )}
      {answer.error && <ErrorState tight error={answer.error} />}
      {trial && (
        <p className="y-edition-note">
          {trial.changed > 0
            ? t('duties.history.result', {
                looked: trial.looked,
                matched: trial.matched,
                changed: trial.changed,
                open: trial.changedOpen,
              })
            : t('duties.history.none', { looked: trial.looked })}
        </p>
      )}
      {trial?.conflicts.map((conflict) => (
        <p key={conflict.key + JSON.stringify(conflict.params)} className="y-sm">
          {t(conflict.key, conflict.params)}
        </p>
      ))}
      {trial && trial.moves.length > 0 && (
        <table className="y-table tight" style={{ marginTop: 12 }}>
          <thead>
            <tr>
              <th scope="col">{t('duties.field.class')}</th>
              <th scope="col">{t('duties.field.town')}</th>
              <th scope="col">{t('duties.history.from')}</th>
              <th scope="col">{t('duties.history.to')}</th>
              <th scope="col">{t('duties.history.count')}</th>
              <th scope="col">{t('duties.history.cases')}</th>
            </tr>
          </thead>
          <tbody>
            {trial.moves.map((m) => (
              <tr key={[m.classCode, m.townCode, m.placeKind, m.from?.id, m.to?.id].join(' ')}>
                <td>
                  {m.className}
                  {m.placeKindName && <span className="y-sub"> · {m.placeKindName}</span>}
                </td>
                <td>{m.townName ?? ''}</td>
                <td>{m.from?.shortName ?? t('duties.history.desk')}</td>
                <td className="y-b">{m.to?.shortName ?? t('duties.history.desk')}</td>
                <td>{m.count}</td>
                <td>
                  {m.examples.map((c, i) => (
                    <span key={c.id}>
                      {i > 0 && '\n'}
                      <Link to={`/cases/${c.id}`} title={c.title}>
                        {c.number}
                      </Link>
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {more && (
        <button type="button" className="y-btn text sm" onClick={() => setPerMove(500)}>
          {t('duties.history.moreCases')}
        </button>
      )}
    </section>
  )
}
