import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { DueCell } from '#modules/services/city-hotline/console/DueCell.tsx'
import {
  askExtension,
  askReturn,
  EXCHANGE,
  type getOrder,
  resendMessage,
} from '#modules/services/city-hotline/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useCommand } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { useSession } from '#ui/shell/session.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'

type Order = RouteOutput<typeof getOrder>
const RUNNING: readonly string[] = ['toSign', 'signed', 'returning']

/** A city order: both deadlines, what the city said, what went to it with its result, and what may be asked of it. */
export function OrderPanel({ of, caseId }: { of: Order; caseId?: number }) {
  const { t } = useText()
  const { me } = useSession()
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState<'return' | 'extension'>()
  const refresh = () => void queryClient.invalidateQueries()
  const resend = useCommand(resendMessage, refresh)
  const { order, notices, messages, rounds } = of
  const running = RUNNING.includes(order.state)
  const cityRules = order.replyDueAt !== null && (order.caseDueAt === null || order.replyDueAt <= order.caseDueAt)
  const said = [
    ...notices.map((notice) => ({ at: notice.at, from: 'city' as const, notice })),
    ...messages.map((message) => ({ at: message.madeAt, from: 'county' as const, message })),
  ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : firstOf(b) - firstOf(a)))
  return (
    <section style={{ display: 'grid', gap: 12 }} aria-label={t('city_hotline.panel')}>
      <h2 className="y-sec">
        {t('city_hotline.panel')} <small>{order.number}</small>
        <span className={running ? 'y-tag pri' : 'y-tag'}>{t(`city_hotline.state.${order.state}`)}</span>
        {order.round > 1 && <span className="y-tag warm">{t('city_hotline.round', { round: order.round })}</span>}
        {of.simulated && (
          <span className="y-tag warm" title={t('city_hotline.simulatedNote')}>
            {t('city_hotline.simulated')}
          </span>
        )}
      </h2>
      <dl className="y-facts">
        <dt>{t('city_hotline.field.signDue')}</dt>
        <dd>
          <DueCell at={order.signDueAt} running={order.state === 'toSign'} />
        </dd>
        <dt>{t('city_hotline.field.replyDue')}</dt>
        <dd>
          <DueCell at={order.replyDueAt} running={running} rules={cityRules} />
          {running && cityRules && <span className="y-sub"> {t('city_hotline.rules')}</span>}
        </dd>
        {running && (
          <>
            <dt>{t('city_hotline.field.caseDue')}</dt>
            <dd>
              <DueCell at={order.caseDueAt} running rules={!cityRules} />
              {!cityRules && <span className="y-sub"> {t('city_hotline.rules')}</span>}
            </dd>
          </>
        )}
        {rounds.length > 1 && (
          <>
            <dt>{t('city_hotline.rounds')}</dt>
            <dd>
              {rounds.map((each) => (
                <span key={each.round} className="y-nowrap">
                  {each.caseId === caseId ? (
                    <b>{each.caseNumber}</b>
                  ) : (
                    <Link to={`/cases/${each.caseId}`}>{each.caseNumber}</Link>
                  )}{' '}
                </span>
              ))}
            </dd>
          </>
        )}
      </dl>
      <table className="y-table tight">
        <thead>
          <tr>
            <th scope="col">{t('city_hotline.field.at')}</th>
            <th scope="col">{t('city_hotline.field.what')}</th>
            <th scope="col">{t('city_hotline.field.words')}</th>
            <th scope="col">{t('city_hotline.field.result')}</th>
          </tr>
        </thead>
        <tbody>
          {said.map((each) =>
            each.from === 'city' ? (
              <tr key={`n${each.notice.id}`}>
                <td className="y-nowrap">{exactTime(each.at).slice(5, 16)}</td>
                <td className="y-nowrap">
                  {t('city_hotline.fromCity')} {t(`city_hotline.notice.${each.notice.kind}`)}
                </td>
                <td>
                  {each.notice.words}
                  {each.notice.dueAt &&
                    ` ${t('city_hotline.until', { at: exactTime(each.notice.dueAt).slice(0, 16) })}`}
                </td>
                <td className="y-nowrap">{outcomeOf(each.notice, t)}</td>
              </tr>
            ) : (
              <tr key={`m${each.message.id}`}>
                <td className="y-nowrap">{exactTime(each.at).slice(5, 16)}</td>
                <td className="y-nowrap">
                  {t('city_hotline.toCity')} {t(`city_hotline.message.${each.message.kind}`)}
                </td>
                <td>
                  {each.message.words}
                  {each.message.dueAt &&
                    ` ${t('city_hotline.until', { at: exactTime(each.message.dueAt).slice(0, 16) })}`}
                  {each.message.by && <span className="y-sub"> {each.message.by}</span>}
                </td>
                <td>
                  <span
                    className={
                      each.message.state === 'failed' || each.message.state === 'refused' ? 'y-tag warm' : 'y-tag'
                    }
                  >
                    {t(`city_hotline.sending.${each.message.state}`)}
                  </span>
                  {each.message.state !== 'accepted' && each.message.detail && (
                    <span className="n">
                      {each.message.state === 'refused'
                        ? each.message.detail
                        : t('city_hotline.failing', { detail: each.message.detail, tries: each.message.tries })}
                    </span>
                  )}
                  {each.message.state !== 'accepted' && me.permissions.includes(EXCHANGE) && (
                    <button
                      type="button"
                      className="y-btn text sm y-noprint"
                      disabled={resend.isPending}
                      onClick={() => resend.mutate({ messageId: each.message.id })}
                    >
                      {t('city_hotline.resend')}
                    </button>
                  )}
                </td>
              </tr>
            ),
          )}
        </tbody>
      </table>
      {resend.error && <ErrorState tight error={resend.error} />}
      {of.mayAnswer && running && (
        <div className="y-row y-noprint" style={{ gap: 8 }}>
          {of.pending > 0 ? (
            <span className="y-sm y-sub">{t('city_hotline.waiting')}</span>
          ) : (
            <>
              <button type="button" className="y-btn sm" onClick={() => setAsking('extension')}>
                {t('city_hotline.askExtension')}
              </button>
              <button type="button" className="y-btn sm" onClick={() => setAsking('return')}>
                {t('city_hotline.askReturn')}
              </button>
            </>
          )}
        </div>
      )}
      {asking === 'extension' && (
        <CommandDrawer
          route={askExtension}
          title={t('city_hotline.askExtension')}
          note={<p className="y-sm y-sub">{t('city_hotline.askExtensionNote')}</p>}
          schema={{
            type: 'object',
            required: ['until', 'reason'],
            properties: {
              until: { type: 'string', format: 'date-time', title: t('city_hotline.field.until'), 'x-order': 0 },
              reason: {
                type: 'string',
                format: 'multiline',
                title: t('city_hotline.field.reason'),
                minLength: 6,
                maxLength: 500,
                'x-order': 1,
              },
            },
          }}
          fixed={{ orderId: order.id }}
          onClose={() => setAsking(undefined)}
          onDone={() => {
            setAsking(undefined)
            refresh()
          }}
        />
      )}
      {asking === 'return' && (
        <CommandDrawer
          route={askReturn}
          title={t('city_hotline.askReturn')}
          note={<p className="y-sm y-sub">{t('city_hotline.askReturnNote')}</p>}
          schema={{
            type: 'object',
            required: ['reason'],
            properties: {
              reason: {
                type: 'string',
                format: 'multiline',
                title: t('city_hotline.field.reason'),
                minLength: 6,
                maxLength: 500,
              },
            },
          }}
          fixed={{ orderId: order.id }}
          onClose={() => setAsking(undefined)}
          onDone={() => {
            setAsking(undefined)
            refresh()
          }}
        />
      )}
    </section>
  )
}

/** The order itself stands before what was said in the same moment. */
function firstOf(said: object): number {
  return 'notice' in said && (said.notice as Order['notices'][number]).kind === 'order' ? 1 : 0
}

function outcomeOf(notice: Order['notices'][number], t: (key: string) => string): string {
  if (notice.satisfied !== null) return t(notice.satisfied ? 'city_hotline.satisfied' : 'city_hotline.unsatisfied')
  if (notice.agreed !== null) return t(notice.agreed ? 'city_hotline.agreed' : 'city_hotline.notAgreed')
  return ''
}
