import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  listModes,
  listNotices,
  previewMode,
  switchModeOff,
  switchModeOn,
} from '#modules/management/roster/contract.ts'
import { MODE_CLOCKS } from '#modules/management/roster/domain/mode.ts'
import { formatLimit } from '#platform/calendar/format-deadline.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApi } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { Severity } from '#ui/severity/Severity.tsx'
import { severities } from '#ui/severity/severity.ts'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

type Mode = RouteOutput<typeof listModes>['items'][number]

/** 汛期, 台风, 春节: what holds in each, which is on, and when each was. */
export default function ModesScreen() {
  const { t, language } = useText()
  const queryClient = useQueryClient()
  const answer = useApi(listModes, {})
  const [on, setOn] = useState<Mode | null>(null)
  const [off, setOff] = useState<Mode | null>(null)
  const refresh = () => {
    setOn(null)
    setOff(null)
    for (const route of [listModes, listNotices]) void queryClient.invalidateQueries({ queryKey: [route.name] })
  }
  const minutes = (at: string) => exactTime(at).slice(0, 16)
  return (
    <>
      <div className="y-pagehead">
        <h1>{t('roster.nav.modes')}</h1>
      </div>
      <div className="y-page" style={{ display: 'grid', gap: 20, alignContent: 'start' }}>
        {answer.error && !answer.data && <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />}
        {!answer.data && !answer.error && <TextSkeleton lines={8} />}
        {answer.data?.items.length === 0 && <EmptyState icon="shield" title={t('roster.mode.none')} />}
        {answer.data?.items.map((mode) => (
          <section key={mode.id} className="y-card" aria-label={mode.name}>
            <div className="y-row" style={{ gap: 8 }}>
              <h2 className="y-sec">{mode.name}</h2>
              <span className={mode.period?.state === 'on' ? 'y-tag warm' : 'y-tag'}>
                {t(`roster.mode.${mode.period?.state ?? 'off'}`)}
              </span>
              <span className="y-grow" />
              {mode.can.switch &&
                (mode.period ? (
                  <button type="button" className="y-btn sm" onClick={() => setOff(mode)}>
                    {t('roster.mode.switchOff', { name: mode.name })}
                  </button>
                ) : (
                  <button type="button" className="y-btn sm" onClick={() => setOn(mode)}>
                    {t('roster.mode.switchOn', { name: mode.name })}
                  </button>
                ))}
            </div>
            <p className="y-sub">
              {t('roster.mode.basis')}：{mode.basis}
            </p>
            {mode.period && (
              <p>
                {mode.period.documentNumber} · {minutes(mode.period.since)} – {minutes(mode.period.until)} ·{' '}
                {mode.period.onBy}
              </p>
            )}
            <table className="y-table tight">
              <thead>
                <tr>
                  <th scope="col">{t('roster.mode.class')}</th>
                  <th scope="col">{t('roster.mode.severity')}</th>
                  {MODE_CLOCKS.map((clock) => (
                    <th scope="col" key={clock}>
                      {t(`roster.clock.${clock}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {mode.rules.map((rule) => (
                  <tr key={rule.classPrefix}>
                    <td>{rule.className}</td>
                    <td>{rule.severity === null ? '—' : <Severity level={severities[rule.severity - 1] ?? null} />}</td>
                    {MODE_CLOCKS.map((clock) => {
                      const limit = rule.limits[clock]
                      return <td key={clock}>{limit ? formatLimit(limit, language) : '—'}</td>
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
            {mode.desks.length > 0 && (
              <p>
                {t('roster.mode.desks')}：{mode.desks.map(({ desk }) => desk).join('、')}
              </p>
            )}
            {mode.publicNotice && (
              <p className="y-sub">
                {t('roster.mode.public')}：{mode.publicNotice}
              </p>
            )}
          </section>
        ))}
        {answer.data && answer.data.periods.length > 0 && (
          <section>
            <h2 className="y-sec">{t('roster.mode.history')}</h2>
            <table className="y-table tight">
              <thead>
                <tr>
                  <th scope="col">{t('roster.nav.modes')}</th>
                  <th scope="col">{t('roster.mode.document')}</th>
                  <th scope="col">{t('roster.absence.time')}</th>
                  <th scope="col">{t('roster.mode.by')}</th>
                  <th scope="col">{t('roster.mode.running')}</th>
                  <th scope="col">{t('roster.mode.ended')}</th>
                </tr>
              </thead>
              <tbody>
                {answer.data.periods.map((one) => (
                  <tr key={one.id}>
                    <td>{one.modeName}</td>
                    <td>{one.documentNumber}</td>
                    <td>
                      {minutes(one.since)} – {minutes(one.offAt ?? one.until)}
                    </td>
                    <td>{one.onBy}</td>
                    <td>
                      {one.running === 'keep' ? t('roster.mode.kept') : t('roster.mode.cut', { n: one.shortened })}
                    </td>
                    <td>
                      {one.state !== 'over'
                        ? t(`roster.mode.${one.state}`)
                        : one.offBy
                          ? `${one.offBy}：${one.offReason ?? ''}`
                          : t('roster.mode.byPlan')}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
      </div>
      {on && <OnDrawer mode={on} onClose={() => setOn(null)} onDone={refresh} />}
      {off && (
        <CommandDrawer
          route={switchModeOff}
          title={t('roster.mode.switchOff', { name: off.name })}
          note={<p className="y-sm y-sub">{t('roster.mode.offNote')}</p>}
          schema={{
            type: 'object',
            required: ['reason'],
            properties: {
              reason: {
                type: 'string',
                format: 'multiline',
                title: t('roster.mode.reason'),
                minLength: 2,
                maxLength: 300,
              },
            },
          }}
          fixed={{ modeId: off.id }}
          onClose={() => setOff(null)}
          onDone={refresh}
        />
      )}
    </>
  )
}

function OnDrawer({ mode, onClose, onDone }: { mode: Mode; onClose: () => void; onDone: () => void }) {
  const { t } = useText()
  const preview = useApi(previewMode, { modeId: mode.id })
  if (!preview.data && !preview.error) return null
  return (
    <CommandDrawer
      route={switchModeOn}
      title={t('roster.mode.switchOn', { name: mode.name })}
      note={
        <p className="y-sm y-sub">
          {preview.data && t('roster.mode.preview', { open: preview.data.open, shortened: preview.data.shortened })}
        </p>
      }
      schema={{
        type: 'object',
        required: ['documentNumber', 'until', 'running'],
        properties: {
          documentNumber: { type: 'string', title: t('roster.mode.document'), maxLength: 120, 'x-order': 1 },
          since: {
            type: 'string',
            format: 'date-time',
            title: t('roster.mode.since'),
            description: t('roster.mode.sinceNote'),
            'x-order': 2,
          },
          until: { type: 'string', format: 'date-time', title: t('roster.mode.until'), 'x-order': 3 },
          running: {
            type: 'string',
            title: t('roster.mode.running'),
            enum: ['keep', 'shorten'],
            'x-names': [t('roster.mode.keep'), t('roster.mode.shorten')],
            'x-order': 4,
          },
        },
      }}
      given={{ running: 'keep' }}
      fixed={{ modeId: mode.id }}
      onClose={onClose}
      onDone={onDone}
    />
  )
}
