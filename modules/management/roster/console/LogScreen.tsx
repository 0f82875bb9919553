import '#modules/management/roster/console/roster.css'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { getLog, LOG_NUMBERS, listLogCases, listLogs, signLog, takeLog } from '#modules/management/roster/contract.ts'
import { apiUrl } from '#ui/api/base.ts'
import { useApi } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

/** One shift log: its numbers, each with its cases, and both signatures. */
export default function LogScreen() {
  const { t, language } = useText()
  const logId = Number(useParams().logId)
  const queryClient = useQueryClient()
  const answer = useApi(getLog, { logId })
  const [number, setNumber] = useState<(typeof LOG_NUMBERS)[number]>('taken')
  const cases = useApi(listLogCases, { logId, number })
  const [signing, setSigning] = useState<'sign' | 'take' | null>(null)
  const log = answer.data
  if (answer.error && !log) return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  if (!log)
    return (
      <div className="y-page">
        <TextSkeleton lines={8} />
      </div>
    )
  const names = (people: { name: string }[]) => people.map(({ name }) => name).join('、') || t('roster.nobody')
  return (
    <>
      <div className="y-pagehead">
        <Link className="y-iconbtn sm" to="/shift-logs" aria-label={t('roster.nav.logs')}>
          <Icon name="back" />
        </Link>
        <h1>{t('roster.log.title', { desk: log.desk, day: log.day, shift: log.shift })}</h1>
        <span className="y-grow" />
        {(['docx', 'pdf'] as const).map((format) => (
          <a
            key={format}
            className="y-btn sm"
            href={apiUrl(`/roster/logs/${logId}/document?format=${format}`)}
            download
          >
            <Icon name="download" size="s" />
            {format.toUpperCase()}
          </a>
        ))}
        {log.can.sign && (
          <button type="button" className="y-btn pri" onClick={() => setSigning('sign')}>
            {t('roster.log.sign')}
          </button>
        )}
        {log.can.take && (
          <button type="button" className="y-btn pri" onClick={() => setSigning('take')}>
            {t('roster.log.take')}
          </button>
        )}
      </div>
      <div className="y-page" style={{ display: 'grid', gap: 20, alignContent: 'start' }}>
        <p>
          {exactTime(log.startsAt).slice(0, 16)} – {exactTime(log.endsAt).slice(0, 16)} · {t('roster.onDuty')}{' '}
          {names(log.onDuty)} · {t('roster.log.coming')} {names(log.coming)}
        </p>
        <ul className="y-roster-numbers">
          {LOG_NUMBERS.map((name) => (
            <li key={name}>
              <button type="button" aria-pressed={name === number} onClick={() => setNumber(name)}>
                <span className="y-sm">{t(`roster.number.${name}`)}</span>
                <b>{log.numbers[name]}</b>
              </button>
            </li>
          ))}
        </ul>
        <section>
          <h2 className="y-sec">
            {t(`roster.number.${number}`)} <small>{t('ui.inbox.count', { n: log.numbers[number] ?? 0 })}</small>
          </h2>
          {cases.data && cases.data.items.length > 0 && (
            <table className="y-table tight">
              <thead>
                <tr>
                  <th scope="col">{t('ui.inbox.column.matter')}</th>
                  <th scope="col">{t('roster.log.caseState')}</th>
                  <th scope="col">{t('roster.log.due')}</th>
                </tr>
              </thead>
              <tbody>
                {cases.data.items.map((one) => (
                  <tr key={one.id}>
                    <td>
                      <Link className="t" to={`/cases/${one.id}`}>
                        {one.title}
                      </Link>{' '}
                      <span className="y-muted y-xs">{one.number}</span>
                    </td>
                    <td>{one.stateName[language]}</td>
                    <td>
                      {one.dueAt ? exactTime(one.dueAt).slice(0, 16) : '—'}{' '}
                      {one.overdue && <span className="y-tag warm">{t('ui.inbox.group.overdue')}</span>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {cases.data && cases.data.items.length === 0 && cases.data.hidden === 0 && (
            <p className="y-muted">{t('roster.log.noCases')}</p>
          )}
          {cases.data && cases.data.hidden > 0 && (
            <p className="y-muted">{t('roster.log.hidden', { n: cases.data.hidden })}</p>
          )}
        </section>
        <section>
          <h2 className="y-sec">{t('roster.log.signatures')}</h2>
          <p>
            {t('roster.log.signedBy')}：
            {log.signed ? `${log.signed.by} ${exactTime(log.signed.at)}` : t('roster.log.notYet')}
          </p>
          {log.remarks && <p style={{ whiteSpace: 'pre-wrap' }}>{log.remarks}</p>}
          <p>
            {t('roster.log.takenBy')}：
            {log.taken ? `${log.taken.by} ${exactTime(log.taken.at)}` : t('roster.log.notYet')}
          </p>
          {log.takeNote && <p style={{ whiteSpace: 'pre-wrap' }}>{log.takeNote}</p>}
        </section>
      </div>
      {signing && (
        <CommandDrawer
          route={signing === 'sign' ? signLog : takeLog}
          title={t(signing === 'sign' ? 'roster.log.sign' : 'roster.log.take')}
          schema={{
            type: 'object',
            properties:
              signing === 'sign'
                ? { remarks: { type: 'string', format: 'multiline', title: t('roster.log.remarks'), maxLength: 2000 } }
                : { note: { type: 'string', format: 'multiline', title: t('roster.log.takeNote'), maxLength: 1000 } },
          }}
          fixed={{ logId }}
          onClose={() => setSigning(null)}
          onDone={() => {
            setSigning(null)
            for (const route of [getLog, listLogs]) void queryClient.invalidateQueries({ queryKey: [route.name] })
          }}
        />
      )}
    </>
  )
}
