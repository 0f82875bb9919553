import { useEffect, useState } from 'react'
import { previewChange, putLocalDay, removeLocalDay, setOfficeHours, undoChange } from '#platform/calendar/contract.ts'
import type { RouteInput } from '#platform/contract/route.ts'
import { useApi } from '#ui/api/use-api.ts'
import { dayOf, exactTime, nextDay } from '#ui/clock/county-time.ts'
import { serverNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { areStretches, type FieldSchema } from '#ui/schema-form/form-schema.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'
import { type Adjusting, changeText, hoursText, type YearPage } from './calendar-view.ts'

/** The forms of the calendar; each shows what it would do to running deadlines before anything is written. */
export default function CalendarDrawer({
  adjusting,
  page,
  onClose,
}: {
  adjusting: Adjusting
  page: YearPage
  onClose: (done: boolean) => void
}) {
  const { t } = useText()
  const [form, setForm] = useState<Record<string, unknown>>({})
  const basis: FieldSchema = {
    type: 'string',
    format: 'line',
    title: t('console.calendar.basis'),
    description: t('console.calendar.basisHelp'),
    maxLength: 200,
    'x-order': 9,
  }
  const shared = {
    submitLabel: t('console.calendar.saveAndCount'),
    onClose: () => onClose(false),
    onDone: () => onClose(true),
    onChange: setForm,
  }
  if ('day' in adjusting) {
    const { day } = adjusting
    const entered = page.entered.find((d) => d.date === day && d.source === 'local')
    const info = page.dates.find((d) => d.date === day)
    const date = form.date as string | undefined
    const kind = form.kind as 'holiday' | 'workday' | undefined
    return (
      <CommandDrawer
        route={putLocalDay}
        title={t('console.calendar.addDay')}
        draftKey={`calendar.day.${day}`}
        given={{
          ...(day ? { date: day, kind: entered?.kind ?? (info?.workday ? 'holiday' : 'workday') } : {}),
          ...(entered ? { name: entered.name, basis: entered.basis ?? '' } : {}),
        }}
        schema={{
          type: 'object',
          required: ['date', 'kind', 'name'],
          properties: {
            date: { type: 'string', format: 'date', title: t('console.calendar.date'), 'x-order': 1 },
            kind: {
              type: 'string',
              title: t('console.calendar.kind'),
              enum: ['holiday', 'workday'],
              'x-names': [t('console.calendar.holiday'), t('console.calendar.localWork')],
              'x-order': 2,
            },
            name: {
              type: 'string',
              format: 'line',
              title: t('console.calendar.reason'),
              description: t('console.calendar.reasonHelp'),
              maxLength: 60,
              'x-order': 3,
            },
            basis,
          },
        }}
        fixed={{}}
        extra={<Effect input={date && kind ? { day: { date, kind } } : undefined} />}
        {...shared}
      />
    )
  }
  if ('remove' in adjusting) {
    const date = adjusting.remove
    return (
      <CommandDrawer
        route={removeLocalDay}
        title={t('console.calendar.removeDay')}
        note={<p className="y-sm y-sub">{t('console.calendar.removeNote', { date })}</p>}
        schema={{ type: 'object', properties: { basis } }}
        fixed={{ date }}
        extra={<Effect input={{ day: { date, kind: 'none' } }} />}
        {...shared}
      />
    )
  }
  if ('undo' in adjusting) {
    const { undo } = adjusting
    return (
      <CommandDrawer
        route={undoChange}
        title={t('console.calendar.undoTitle')}
        note={<p className="y-sm y-sub">{changeText(undo, t)}</p>}
        schema={{ type: 'object', properties: { basis } }}
        fixed={{ id: undo.id }}
        extra={undo.subjectKind === 'year' ? null : <Effect input={{ undo: undo.id }} />}
        {...shared}
      />
    )
  }
  const from = form.from as string | undefined
  const hours = form.hours as { from: string; to: string }[] | undefined
  return (
    <CommandDrawer
      route={setOfficeHours}
      title={t('console.calendar.setHours')}
      draftKey="calendar.hours"
      note={
        <p className="y-sm y-sub" style={{ marginBottom: 16 }}>
          {t('console.calendar.hoursNote', { hours: hoursText(page.officeHours) })}
        </p>
      }
      given={{ from: nextDay(dayOf(serverNow())), hours: page.officeHours }}
      schema={{
        type: 'object',
        required: ['from', 'hours'],
        properties: {
          from: {
            type: 'string',
            format: 'date',
            title: t('console.calendar.effective'),
            description: t('console.calendar.effectiveHelp'),
            'x-order': 1,
          },
          hours: {
            type: 'array',
            format: 'hours',
            title: t('console.calendar.officeHours'),
            maxItems: 6,
            'x-order': 2,
          },
          basis,
        },
      }}
      fixed={{}}
      extra={<Effect input={from && hours && areStretches(hours) ? { hours: { from, hours } } : undefined} />}
      {...shared}
    />
  )
}

/** How many running deadlines would move, and how: counted by the server as the change itself would count them. */
function Effect({ input }: { input: RouteInput<typeof previewChange> | undefined }) {
  const { t, error: say } = useText()
  const wanted = JSON.stringify(input ?? null)
  const [asked, setAsked] = useState(wanted)
  // Not at every key: the server counts all deadlines.
  useEffect(() => {
    const timer = setTimeout(() => setAsked(wanted), 300)
    return () => clearTimeout(timer)
  }, [wanted])
  const value = (JSON.parse(asked) as RouteInput<typeof previewChange> | null) ?? {}
  const answer = useApi(previewChange, value, { enabled: asked !== 'null', staleTime: 0 })
  const data = asked === wanted ? answer.data : undefined
  const bad = Boolean(data?.problem)
  return (
    <section className={bad ? 'y-effect bad' : 'y-effect'} aria-live="polite" aria-label={t('console.calendar.effect')}>
      <h3>{t('console.calendar.effect')}</h3>
      {wanted === 'null' ? (
        <p className="y-muted">{t('console.calendar.effectFirst')}</p>
      ) : answer.error && asked === wanted ? (
        <ErrorState tight error={answer.error} onRetry={() => void answer.refetch()} />
      ) : !data ? (
        <TextSkeleton lines={2} />
      ) : data.problem ? (
        <p>{say(data.problem.code, data.problem.params) ?? data.problem.code}</p>
      ) : data.later + data.earlier === 0 ? (
        <p>{t('console.calendar.effectNone', { n: data.clocks })}</p>
      ) : (
        <>
          <p>
            {t(`console.calendar.effect${data.earlier === 0 ? 'Later' : data.later === 0 ? 'Earlier' : 'Both'}`, {
              n: data.clocks,
              later: data.later,
              earlier: data.earlier,
            })}
          </p>
          {data.overdue > 0 && <p className="y-b">{t('console.calendar.effectOverdue', { n: data.overdue })}</p>}
          {data.freed > 0 && <p>{t('console.calendar.effectFreed', { n: data.freed })}</p>}
          <table>
            <tbody>
              {data.moves.map((move) => (
                <tr key={move.from + move.to}>
                  <td>
                    {minute(move.from)} → {minute(move.to)}
                  </td>
                  <td className="num">{t('console.calendar.effectCount', { n: move.clocks })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      {data && !data.complete && <p className="y-xs y-muted">{t('console.calendar.effectPart', { n: data.clocks })}</p>}
    </section>
  )
}

const minute = (at: string): string => exactTime(at).slice(0, 16)
