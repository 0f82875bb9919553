import '#modules/management/roster/console/roster.css'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useSearchParams } from 'react-router'
import { RosterHead } from '#modules/management/roster/console/RosterHead.tsx'
import {
  copyLastWeek,
  getMine,
  getWeek,
  importRoster,
  listCandidates,
  saveWeek,
} from '#modules/management/roster/contract.ts'
import { addDays, mondayOf } from '#modules/management/roster/domain/roster.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { apiUrl } from '#ui/api/base.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { dayOf, monthDay, weekdayText } from '#ui/clock/county-time.ts'
import { serverNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { useSession } from '#ui/shell/session.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

type Week = RouteOutput<typeof getWeek>
type Slot = { deskId: number; day: string; shift: string }

/** Who is at which desk in which shift, a week at a time. */
export default function WeekScreen() {
  const { t, language, error } = useText()
  const queryClient = useQueryClient()
  const { me } = useSession()
  const [params, setParams] = useSearchParams()
  const monday = params.get('monday') ?? mondayOf(dayOf(serverNow()))
  const week = useApi(getWeek, { monday })
  const ownUnit = me.posts[0]?.unitId
  const desks = week.data?.desks ?? []
  const desk =
    desks.find(({ id }) => String(id) === params.get('desk')) ??
    desks.find(({ unit }) => unit.id === ownUnit) ??
    desks[0]
  const [slot, setSlot] = useState<Slot | null>(null)
  const [told, setTold] = useState<string[]>([])
  const picker = useRef<HTMLInputElement>(null)
  const go = (next: Record<string, string>) =>
    setParams({ monday, ...(desk ? { desk: String(desk.id) } : {}), ...next }, { replace: true })
  const refresh = () => {
    for (const route of [getWeek, getMine]) void queryClient.invalidateQueries({ queryKey: [route.name] })
  }
  const copy = useCommand(copyLastWeek, ({ taken, left }) => {
    setTold([
      t('roster.copied', { n: taken }),
      ...left
        .filter(({ why }) => why !== 'taken')
        .map((one) => `${one.day} ${one.shift} ${one.person}：${t(`roster.left.${one.why}`)}`),
    ])
    refresh()
  })
  const load = useCommand(importRoster, ({ rows, taken, done, problems }) => {
    setTold(
      done
        ? [t('roster.imported', { n: taken })]
        : [
            t('roster.notImported', { n: rows }),
            ...problems.map(({ row, code, params: values }) =>
              t('roster.problem', { row, text: error(code, values as Record<string, string>) ?? code }),
            ),
          ],
    )
    refresh()
  })
  async function send(file: File | undefined) {
    if (!file) return
    const bytes = new Uint8Array(await file.arrayBuffer())
    let text = ''
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
    load.mutate({ fileName: file.name, content: btoa(text), dryRun: false })
  }
  if (week.error && !week.data) return <ErrorState page error={week.error} onRetry={() => void week.refetch()} />
  const mayPlan = desk?.can.plan ?? false
  const gaps = (week.data?.gaps ?? []).filter(({ deskId }) => deskId === desk?.id)
  const problem = copy.error ?? load.error
  return (
    <>
      <RosterHead
        tools={
          <span className="y-row y-noprint" style={{ gap: 4 }}>
            {mayPlan && (
              <>
                <button
                  type="button"
                  className="y-btn sm"
                  disabled={copy.isPending}
                  onClick={() => desk && copy.mutate({ monday, deskIds: [desk.id] })}
                >
                  {t('roster.copy')}
                </button>
                <button type="button" className="y-btn sm" onClick={() => picker.current?.click()}>
                  <Icon name="upload" size="s" />
                  {t('roster.import')}
                </button>
                <input
                  ref={picker}
                  type="file"
                  accept=".xlsx,.csv"
                  hidden
                  aria-label={t('roster.import')}
                  onChange={(event) => {
                    void send(event.target.files?.[0])
                    event.target.value = ''
                  }}
                />
              </>
            )}
            <a className="y-btn sm" href={apiUrl(`/roster/weeks/${monday}/export`)} download>
              <Icon name="download" size="s" />
              {t('roster.export')}
            </a>
            <button
              type="button"
              className="y-iconbtn sm"
              aria-label={t('roster.print')}
              onClick={() => window.print()}
            >
              <Icon name="print" />
            </button>
          </span>
        }
      />
      <div className="y-page" style={{ display: 'grid', gap: 16, alignContent: 'start' }}>
        <div className="y-row" style={{ gap: 8, flexWrap: 'wrap' }}>
          <select
            className="y-input"
            aria-label={t('roster.desk')}
            value={desk?.id ?? ''}
            onChange={(event) => go({ desk: event.target.value })}
          >
            {desks.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
          <button
            type="button"
            className="y-iconbtn sm"
            aria-label={t('roster.weekBefore')}
            onClick={() => go({ monday: addDays(monday, -7) })}
          >
            <Icon name="back" />
          </button>
          <b>{t('roster.week', { from: monday, to: addDays(monday, 6) })}</b>
          <button
            type="button"
            className="y-iconbtn sm"
            aria-label={t('roster.weekAfter')}
            onClick={() => go({ monday: addDays(monday, 7) })}
          >
            <Icon name="right" />
          </button>
          {desk?.phone && (
            <span className="y-sub">
              {t('roster.phone')} {desk.phone}
            </span>
          )}
        </div>
        {gaps.length > 0 && <p className="y-banner">{t('roster.gaps', { n: gaps.length })}</p>}
        {problem && <ErrorState error={problem} />}
        {told.length > 0 && (
          <ul className="y-banner" aria-live="polite">
            {told.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
        {week.data && desk ? (
          <div className="y-roster-grid">
            <table className="y-table">
              <thead>
                <tr>
                  <th scope="col">{t('roster.shift')}</th>
                  {week.data.days.map(({ day, name, workday }) => (
                    <th scope="col" key={day} className={workday ? '' : 'rest'}>
                      {monthDay(day)} {weekdayText(day, language)}
                      {name && <span className="n"> {name}</span>}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {week.data.shifts.map((shift) => (
                  <tr key={shift.code}>
                    <th scope="row">
                      {shift.name}
                      <br />
                      <small className="y-muted">
                        {shift.from}–{shift.to}
                      </small>
                    </th>
                    {week.data!.days.map(({ day, workday }) => (
                      <td key={day} className={workday ? '' : 'rest'}>
                        <Cell
                          week={week.data!}
                          slot={{ deskId: desk.id, day, shift: shift.code }}
                          onEdit={mayPlan ? setSlot : undefined}
                          label={`${day} ${shift.name}`}
                        />
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ) : (
          <TextSkeleton lines={8} />
        )}
      </div>
      {slot && week.data && (
        <SlotDrawer
          week={week.data}
          slot={slot}
          onClose={() => setSlot(null)}
          onDone={() => {
            setSlot(null)
            refresh()
          }}
        />
      )}
    </>
  )
}

function Cell({
  week,
  slot,
  label,
  onEdit,
}: {
  week: Week
  slot: Slot
  label: string
  onEdit: ((slot: Slot) => void) | undefined
}) {
  const { t } = useText()
  const same = (one: Slot) => one.deskId === slot.deskId && one.day === slot.day && one.shift === slot.shift
  const duties = week.duties.filter(same)
  const needed = week.slots.some(same)
  if (!needed && duties.length === 0) return <span className="y-muted">—</span>
  const twice = new Set(week.doubles.flatMap((one) => one.duties))
  return (
    <span className="y-roster-cell">
      {duties.map((duty) => (
        <span key={duty.id}>
          {duty.person.name}
          {duty.acting && <span className="y-tag"> {t('roster.acting')}</span>}
          {duty.absent && <span className="y-tag warm"> {t('roster.absent')}</span>}
          {twice.has(duty.id) && <span className="y-tag warm"> {t('roster.double')}</span>}
        </span>
      ))}
      {duties.length === 0 && <span className="gap">{t('roster.gap')}</span>}
      {onEdit && (
        <button
          type="button"
          className="y-btn text sm y-noprint"
          aria-label={t('roster.fillSlot', { slot: label })}
          onClick={() => onEdit(slot)}
        >
          {t('roster.fill')}
        </button>
      )}
    </span>
  )
}

/** One shift of one desk: who is there. */
function SlotDrawer({
  week,
  slot,
  onClose,
  onDone,
}: {
  week: Week
  slot: Slot
  onClose: () => void
  onDone: () => void
}) {
  const { t } = useText()
  const candidates = useApi(listCandidates, { deskId: slot.deskId })
  const shift = week.shifts.find(({ code }) => code === slot.shift)
  if (!candidates.data) return null
  const own = week.duties.filter(({ deskId }) => deskId === slot.deskId)
  const here = own.filter(({ day, shift: code }) => day === slot.day && code === slot.shift)
  const rest = own.filter((duty) => !here.includes(duty))
  return (
    <CommandDrawer
      route={saveWeek}
      title={t('roster.fillTitle', { day: slot.day, shift: shift?.name ?? slot.shift })}
      submitLabel={t('roster.save')}
      note={<p className="y-sm y-sub">{t('roster.fillNote')}</p>}
      schema={{
        type: 'object',
        properties: {
          people: {
            type: 'array',
            title: t('roster.people'),
            items: {
              type: 'integer',
              oneOf: candidates.data.items.map((one) => ({ const: one.id, title: `${one.name}（${one.post}）` })),
            },
          },
        },
      }}
      given={{ people: here.map(({ person }) => person.id) }}
      fixed={{ deskId: slot.deskId, monday: week.monday }}
      shape={({ people }) => ({
        duties: [
          ...rest.map(({ day, shift: code, person }) => ({ day, shift: code, accountId: person.id })),
          ...((people as number[] | undefined) ?? []).map((accountId) => ({
            day: slot.day,
            shift: slot.shift,
            accountId,
          })),
        ],
      })}
      onClose={onClose}
      onDone={onDone}
    />
  )
}
