import './imports.css'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Link, useParams } from 'react-router'
import {
  cancelOrderImport,
  checkOrderImport,
  downloadOrderErrors,
  getOrderImport,
  ORDER_SOURCES,
  resumeOrderImport,
  startOrderImport,
} from '#modules/services/orders/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { apiUrl } from '#ui/api/base.ts'
import { buildRequest } from '#ui/api/request.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

type Import = RouteOutput<typeof getOrderImport>

/** One file on its way: columns, dry run, progress, result. */
export default function ImportScreen() {
  const { t } = useText()
  const id = Number(useParams().importId)
  const [busy, setBusy] = useState(false)
  const answer = useApi(getOrderImport, { id }, { every: busy ? 1000 : 15_000 })
  const one = answer.data
  const running = one?.state === 'checking' || one?.state === 'taking'
  useEffect(() => setBusy(running === true), [running])
  return (
    <>
      <div className="y-pagehead">
        <Link className="y-iconbtn sm" to="/orders/imports" aria-label={t('orders.back')}>
          <Icon name="back" />
        </Link>
        <h1>{one ? one.fileName : t('orders.nav')}</h1>
        {one && <span className="y-tag">{one.number}</span>}
        {one && <span className="y-tag pri">{t(`orders.state.${one.state}`)}</span>}
      </div>
      <div className="y-page">
        {answer.error && !one ? (
          <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
        ) : one ? (
          <Loaded key={one.id} one={one} />
        ) : (
          <TextSkeleton lines={8} />
        )}
      </div>
    </>
  )
}

function Loaded({ one }: { one: Import }) {
  const { t } = useText()
  const queries = useQueryClient()
  const fresh = (next: Import) => queries.setQueryData([getOrderImport.name, { id: one.id }], next)
  const start = useCommand(startOrderImport, fresh)
  const cancel = useCommand(cancelOrderImport, fresh)
  const resume = useCommand(resumeOrderImport, fresh)
  const pending = start.isPending || cancel.isPending || resume.isPending
  const error = start.error ?? cancel.error ?? resume.error
  const begun = one.state === 'taking' || one.state === 'cancelled' || one.state === 'done'
  const running = one.state === 'taking' || one.state === 'checking'
  const figures = begun ? one : (one.check ?? null)
  return (
    <>
      {one.sameFile && (
        <p className="y-banner warm">
          {t('orders.sameFile', { number: one.sameFile.number, at: exactTime(one.sameFile.createdAt).slice(0, 16) })}{' '}
          <Link to={`/orders/imports/${one.sameFile.id}`}>{t('orders.seeSame')}</Link>
        </p>
      )}
      {one.stopReason && <p className="y-banner bad">{one.stopReason}</p>}
      {one.trouble && (
        <p className="y-banner bad" role="alert">
          {t(one.trouble.givenUp ? 'orders.givenUp' : 'orders.retrying', { n: one.trouble.attempts })}
        </p>
      )}
      {!begun && one.state !== 'checked' && <Columns one={one} fresh={fresh} />}
      {running && (
        <section className="y-runbar" aria-label={t('orders.progress')}>
          <progress max={one.rows} value={one.done} aria-label={t('orders.progress')} />
          <span role="status">
            {t(one.state === 'checking' ? 'orders.checkingAt' : 'orders.takingAt', { done: one.done, rows: one.rows })}
            {one.rate !== null && one.secondsLeft !== null
              ? ` · ${t('orders.rate', { rate: Math.round(one.rate), left: one.secondsLeft })}`
              : ''}
          </span>
        </section>
      )}
      {figures && (one.state === 'checked' || begun) && (
        <section aria-label={t('orders.result')}>
          <h2 className="y-sec">{t(begun ? 'orders.result' : 'orders.checkResult')}</h2>
          <div className="y-counts">
            {[
              ['rows', one.rows],
              [begun ? 'taken' : 'fine', figures.good],
              ['errors', figures.errors],
              ['duplicates', figures.duplicates],
              ...(one.state === 'cancelled' ? ([['left', one.rows - one.done]] as [string, number][]) : []),
            ].map(([key, n]) => (
              <div key={key}>
                <b>{n}</b>
                <span>{t(`orders.${key}`)}</span>
              </div>
            ))}
          </div>
          {one.state === 'cancelled' && <p className="y-banner">{t('orders.cancelledNote', { n: one.good })}</p>}
        </section>
      )}
      {error && <ErrorState tight error={error} />}
      <div className="y-acts">
        {one.can.start && (
          <button type="button" className="y-btn pri" disabled={pending} onClick={() => start.mutate({ id: one.id })}>
            {t('orders.start', { n: one.check?.good ?? 0 })}
          </button>
        )}
        {one.can.resume && (
          <button type="button" className="y-btn pri" disabled={pending} onClick={() => resume.mutate({ id: one.id })}>
            {t('orders.resume')}
          </button>
        )}
        {one.can.cancel && (
          <button type="button" className="y-btn" disabled={pending} onClick={() => cancel.mutate({ id: one.id })}>
            {t('orders.cancel')}
          </button>
        )}
        {begun && one.good > 0 && (
          <Link className="y-btn" to={`/cases?q=${one.number}`}>
            {t('orders.seeCases', { n: one.good })}
          </Link>
        )}
        {one.can.errorFile && (
          <a className="y-btn" href={apiUrl(buildRequest(downloadOrderErrors, { id: one.id }).url)} download>
            <Icon name="download" size="s" />
            {t('orders.errorFile', { n: one.errors })}
          </a>
        )}
      </div>
      {(one.state === 'checked' || begun) && <Problems one={one} />}
      {one.state === 'checked' && (
        <details style={{ marginTop: 20 }}>
          <summary>{t('orders.changeColumns')}</summary>
          <Columns one={one} fresh={fresh} />
        </details>
      )}
    </>
  )
}

function Columns({ one, fresh }: { one: Import; fresh: (next: Import) => void }) {
  const { t } = useText()
  const [mapping, setMapping] = useState<Record<string, number>>(one.mapping)
  const [source, setSource] = useState<(typeof ORDER_SOURCES)[number]>(
    ORDER_SOURCES.find((known) => known === one.settings.source) ?? 'hotline',
  )
  const [origin, setOrigin] = useState(String(one.settings.origin ?? ''))
  const [said, setSaid] = useState('')
  const check = useCommand(checkOrderImport, fresh)
  const used = new Map(Object.entries(mapping).map(([key, at]) => [at, key]))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (origin.trim().length < 2) return setSaid(t('orders.originNeeded'))
        setSaid('')
        check.mutate({ id: one.id, mapping, settings: { source, origin: origin.trim() } })
      }}
    >
      <h2 className="y-sec">{t('orders.source')}</h2>
      <div className="y-origin">
        <label>
          {t('orders.channel')}
          <select value={source} onChange={(event) => setSource(event.target.value as typeof source)}>
            {ORDER_SOURCES.map((key) => (
              <option key={key} value={key}>
                {t(`source.${key}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('orders.originName')}
          <input
            value={origin}
            list="orders-origins"
            maxLength={40}
            placeholder={t('orders.originHint')}
            onChange={(event) => {
              setOrigin(event.target.value)
              const known = one.remembered.find((r) => r.origin === event.target.value.trim())
              if (known) setMapping(known.mapping)
            }}
          />
        </label>
        <datalist id="orders-origins">
          {one.remembered.map((r) => (
            <option key={r.origin} value={r.origin} />
          ))}
        </datalist>
      </div>
      <h2 className="y-sec">
        {t('orders.columns')} <small>{t('orders.columnsHelp')}</small>
      </h2>
      <table className="y-table tight y-match">
        <thead>
          <tr>
            <th scope="col">{t('orders.field')}</th>
            <th scope="col">{t('orders.column')}</th>
            <th scope="col">{t('orders.sample')}</th>
          </tr>
        </thead>
        <tbody>
          {one.fields.map((field) => {
            const at = mapping[field.key]
            return (
              <tr key={field.key}>
                <th scope="row" style={{ fontWeight: 400, textAlign: 'left' }}>
                  {field.title}
                  {field.required && <span className="y-muted"> {t('orders.required')}</span>}
                </th>
                <td>
                  <select
                    aria-label={t('orders.columnOf', { field: field.title })}
                    value={at ?? ''}
                    onChange={(event) => {
                      const { [field.key]: _, ...rest } = mapping
                      setMapping(
                        event.target.value === '' ? rest : { ...rest, [field.key]: Number(event.target.value) },
                      )
                    }}
                  >
                    <option value="">{t('orders.noColumn')}</option>
                    {one.columns.map((column, index) => (
                      <option key={index} value={index} disabled={used.has(index) && used.get(index) !== field.key}>
                        {column.title}
                      </option>
                    ))}
                  </select>
                </td>
                <td className="y-muted">{at === undefined ? '' : (one.columns[at]?.samples[0] ?? '')}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {said && (
        <p className="y-banner bad" role="alert">
          {said}
        </p>
      )}
      {check.error && <ErrorState tight error={check.error} />}
      <div className="y-acts">
        <button
          type="submit"
          className={one.can.start ? 'y-btn' : 'y-btn pri'}
          disabled={check.isPending || !one.can.check}
        >
          {t(one.state === 'checked' ? 'orders.checkAgain' : 'orders.check')}
        </button>
      </div>
    </form>
  )
}

function Problems({ one }: { one: Import }) {
  const { t } = useText()
  if (one.reasons.length === 0) return <p className="y-banner">{t('orders.allFine')}</p>
  return (
    <>
      <h2 className="y-sec">{t('orders.reasons')}</h2>
      <table className="y-table tight y-match">
        <thead>
          <tr>
            <th scope="col">{t('orders.reason')}</th>
            <th scope="col">{t('orders.times')}</th>
            <th scope="col">{t('orders.firstRow')}</th>
          </tr>
        </thead>
        <tbody>
          {one.reasons.map((reason) => (
            <tr key={`${reason.verdict}-${reason.text}-${reason.row}`}>
              <td>
                <span className={reason.verdict === 'error' ? 'y-tag warm' : 'y-tag'}>
                  {t(reason.verdict === 'error' ? 'orders.errors' : 'orders.duplicates')}
                </span>{' '}
                {reason.text}
              </td>
              <td className="num">{reason.count}</td>
              <td className="num">{reason.row}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2 className="y-sec" style={{ marginTop: 20 }}>
        {t('orders.firstProblems')}
      </h2>
      <table className="y-table tight y-match">
        <thead>
          <tr>
            <th scope="col">{t('orders.row')}</th>
            <th scope="col">{t('orders.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {one.problems.map((problem) => (
            <tr key={problem.row}>
              <td className="num">{problem.row}</td>
              <td>{problem.texts.join('；')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
