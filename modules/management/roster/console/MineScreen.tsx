import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { AbsenceDrawer } from '#modules/management/roster/console/AbsenceDrawer.tsx'
import { RosterHead } from '#modules/management/roster/console/RosterHead.tsx'
import { answerSwap, askSwap, endAbsence, getMine, getWeek } from '#modules/management/roster/contract.ts'
import { mondayOf } from '#modules/management/roster/domain/roster.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { useSession } from '#ui/shell/session.ts'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

type OwnShift = RouteOutput<typeof getMine>['shifts'][number]

/** One's own shifts, swaps, absences, whom one stands in for, and what is to be signed. */
export default function MineScreen() {
  const { t } = useText()
  const queryClient = useQueryClient()
  const answer = useApi(getMine, {})
  const [swapping, setSwapping] = useState<OwnShift | null>(null)
  const [leaving, setLeaving] = useState(false)
  const refresh = () => {
    setSwapping(null)
    setLeaving(false)
    void queryClient.invalidateQueries({ queryKey: [getMine.name] })
  }
  const reply = useCommand(answerSwap, refresh)
  const back = useCommand(endAbsence, refresh)
  const mine = answer.data
  const problem = reply.error ?? back.error
  const minutes = (at: string) => exactTime(at).slice(0, 16)
  return (
    <>
      <RosterHead
        tools={
          <button type="button" className="y-btn sm" onClick={() => setLeaving(true)}>
            <Icon name="plus" size="s" />
            {t('roster.absence.enter')}
          </button>
        }
      />
      <div className="y-page" style={{ display: 'grid', gap: 20, alignContent: 'start' }}>
        {answer.error && !mine && <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />}
        {problem && <ErrorState error={problem} />}
        {!mine && !answer.error && <TextSkeleton lines={6} />}
        {mine && (
          <>
            {mine.logs.length > 0 && (
              <section>
                <h2 className="y-sec">{t('roster.mine.logs')}</h2>
                <ul>
                  {mine.logs.map((log) => (
                    <li key={log.id}>
                      <Link to={`/shift-logs/${log.id}`}>
                        {log.desk} {log.day} {log.shift}
                      </Link>{' '}
                      <span className="y-muted">{t(log.can.sign ? 'roster.log.toSign' : 'roster.log.toTake')}</span>
                    </li>
                  ))}
                </ul>
              </section>
            )}
            <section>
              <h2 className="y-sec">{t('roster.mine.shifts')}</h2>
              {mine.shifts.length === 0 ? (
                <EmptyState tight icon="calendar" title={t('roster.mine.noShifts')} />
              ) : (
                <table className="y-table tight">
                  <thead>
                    <tr>
                      <th scope="col">{t('roster.shift')}</th>
                      <th scope="col">{t('roster.desk')}</th>
                      <th scope="col">{t('roster.absence.time')}</th>
                      <th scope="col">{t('roster.mine.with')}</th>
                      <th scope="col">{t('ui.inbox.column.action')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {mine.shifts.map((one) => (
                      <tr key={one.dutyId}>
                        <td>
                          {one.day} {one.shift}
                        </td>
                        <td>{one.desk}</td>
                        <td>
                          {minutes(one.startsAt)} – {minutes(one.endsAt)}
                        </td>
                        <td>{one.others.join('、') || '—'}</td>
                        <td>
                          <button type="button" className="y-btn sm" onClick={() => setSwapping(one)}>
                            {t('roster.swap')}
                          </button>
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
            </section>
            {mine.swaps.length > 0 && (
              <section>
                <h2 className="y-sec">{t('roster.mine.swaps')}</h2>
                <ul>
                  {mine.swaps.map((swap) => (
                    <li key={swap.id} className="y-row" style={{ gap: 8, flexWrap: 'wrap' }}>
                      <span>
                        {t(swap.take ? 'roster.swap.both' : 'roster.swap.one', {
                          by: swap.by.name,
                          of: swap.of.name,
                          give: `${swap.give.day} ${swap.give.shift}`,
                          take: swap.take ? `${swap.take.day} ${swap.take.shift}` : '',
                          reason: swap.reason,
                        })}
                      </span>
                      <span className="y-tag">{t(`roster.swap.${swap.answer ?? 'open'}`)}</span>
                      {(['agreed', 'refused', 'withdrawn'] as const)
                        .filter((verb) => (verb === 'withdrawn' ? swap.can.withdraw : swap.can.answer))
                        .map((verb) => (
                          <button
                            key={verb}
                            type="button"
                            className="y-btn sm"
                            onClick={() => reply.mutate({ swapId: swap.id, answer: verb })}
                          >
                            {t(`roster.swap.do.${verb}`)}
                          </button>
                        ))}
                    </li>
                  ))}
                </ul>
              </section>
            )}
            {mine.acting.length > 0 && (
              <section>
                <h2 className="y-sec">{t('roster.mine.acting')}</h2>
                <ul>
                  {mine.acting.map((one) => (
                    <li key={`${one.unit} ${one.post} ${one.since}`}>
                      {t('roster.mine.actingFor', {
                        name: one.for,
                        post: `${one.unit}${one.post}`,
                        since: minutes(one.since),
                        until: minutes(one.until),
                      })}
                    </li>
                  ))}
                </ul>
              </section>
            )}
            {mine.absences.length > 0 && (
              <section>
                <h2 className="y-sec">{t('roster.mine.absences')}</h2>
                <ul>
                  {mine.absences.map((one) => (
                    <li key={one.id} className="y-row" style={{ gap: 8 }}>
                      {t(`roster.kind.${one.kind}`)} {minutes(one.since)} – {minutes(one.until)}{' '}
                      {one.covers.map(({ post, person }) => `${post}：${person.name}`).join('、')}
                      {one.can.end && (
                        <button type="button" className="y-btn sm" onClick={() => back.mutate({ absenceId: one.id })}>
                          {t('roster.absence.end')}
                        </button>
                      )}
                    </li>
                  ))}
                </ul>
              </section>
            )}
          </>
        )}
      </div>
      {swapping && <SwapDrawer own={swapping} onClose={() => setSwapping(null)} onDone={refresh} />}
      {leaving && <AbsenceDrawer keeper={false} onClose={() => setLeaving(false)} onDone={refresh} />}
    </>
  )
}

function SwapDrawer({ own, onClose, onDone }: { own: OwnShift; onClose: () => void; onDone: () => void }) {
  const { t } = useText()
  const { me } = useSession()
  const unitId = me.posts[0]?.unitId
  const week = useApi(getWeek, { monday: mondayOf(own.day), ...(unitId ? { unitId } : {}) })
  if (!week.data) return null
  const shifts = new Map(week.data.shifts.map(({ code, name }) => [code, name]))
  const others = week.data.duties.filter((duty) => duty.person.name !== me.name && duty.day >= week.data.today)
  return (
    <CommandDrawer
      route={askSwap}
      title={t('roster.swap.title', { shift: `${own.day} ${own.shift}` })}
      submitLabel={t('roster.swap.ask')}
      note={<p className="y-sm y-sub">{t('roster.swap.note')}</p>}
      schema={{
        type: 'object',
        required: ['reason'],
        properties: {
          withDutyId: {
            type: 'integer',
            title: t('roster.swap.with'),
            oneOf: others.map((duty) => ({
              const: duty.id,
              title: `${duty.person.name} ${duty.day} ${shifts.get(duty.shift) ?? ''}`,
            })),
            'x-order': 1,
          },
          accountId: { type: 'integer', format: 'account', title: t('roster.swap.instead'), 'x-order': 2 },
          reason: { type: 'string', title: t('roster.swap.reason'), minLength: 2, maxLength: 100, 'x-order': 3 },
        },
      }}
      fixed={{ dutyId: own.dutyId }}
      onClose={onClose}
      onDone={onDone}
    />
  )
}
