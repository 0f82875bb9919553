import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { unitField } from '#modules/management/duties/console/duty-forms.ts'
import { changeClass, getClass, getOptions, listClasses } from '#modules/management/duties/contract.ts'
import { formatLimit } from '#platform/calendar/format-deadline.ts'
import type { Limit } from '#platform/calendar/work-calendar.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import type { FieldSchema } from '#ui/schema-form/form-schema.ts'
import { Severity } from '#ui/severity/Severity.tsx'
import { severities } from '#ui/severity/severity.ts'
import { useSession } from '#ui/shell/session.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

const limits = ['verify', 'sign', 'handle', 'inspect', 'reply'] as const
const units = ['workHour', 'urgentHour', 'workday', 'day']
const secrecies = ['public', 'internal', 'secret']

/** One class: its limits, when it is filed and closed, and whose job it is where. */
export default function ClassScreen() {
  const { t, language } = useText()
  const { me } = useSession()
  const code = useParams().code ?? ''
  const queryClient = useQueryClient()
  const answer = useApi(getClass, { code })
  const options = useApi(getOptions, {}, { staleTime: 300_000 })
  const [changing, setChanging] = useState(false)
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data)
    return (
      <div className="y-page">
        <TextSkeleton lines={8} />
      </div>
    )
  const c = answer.data
  const lines = (text: unknown) =>
    String(text ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  const limitFields: Record<string, FieldSchema> = Object.fromEntries(
    limits.flatMap((key, i) => [
      [
        `${key}Value`,
        {
          type: 'number',
          title: `${t(`duties.limit.${key}`)} · ${t('duties.limit.value')}`,
          exclusiveMinimum: 0,
          'x-order': 10 + i,
        } as FieldSchema,
      ],
      [
        `${key}Unit`,
        {
          type: 'string',
          title: `${t(`duties.limit.${key}`)} · ${t('duties.limit.unit')}`,
          enum: units,
          'x-names': units.map((u) => t(`ui.unit.${u}`)),
          'x-order': 10.5 + i,
        } as FieldSchema,
      ],
    ]),
  )
  return (
    <>
      <div className="y-pagehead">
        <Link className="y-iconbtn sm" to="/duties/classes" aria-label={t('duties.tab.classes')}>
          <Icon name="back" />
        </Link>
        <h1>{c.fullName}</h1>
        <Severity level={severities[c.severity - 1] ?? null} />
        <span className="y-muted">{c.code}</span>
        <span className="y-grow" />
        {me.permissions.includes('duties.list.manage') && (
          <button type="button" className="y-btn sm" onClick={() => setChanging(true)}>
            <Icon name="edit" size="s" />
            {t('duties.class.change')}
          </button>
        )}
      </div>
      <div className="y-page" style={{ display: 'grid', gap: 20, alignContent: 'start' }}>
        <dl className="y-facts">
          {limits.map((key) => (
            <div key={key} style={{ display: 'contents' }}>
              <dt>{t(`duties.limit.${key}`)}</dt>
              <dd>{formatLimit(c.limits[key] as Limit, language)}</dd>
            </div>
          ))}
          {c.conditionalLimits.map((l) => (
            <div key={l.condition} style={{ display: 'contents' }}>
              <dt>{l.condition}</dt>
              <dd>{formatLimit(l.limit as Limit, language)}</dd>
            </div>
          ))}
          <dt>{t('duties.class.filing')}</dt>
          <dd>{c.filingConditions.join('；')}</dd>
          <dt>{t('duties.class.closing')}</dt>
          <dd>{c.closingCriteria.join('；')}</dd>
          <dt>{t('duties.class.keywords')}</dt>
          <dd>{c.keywords.join('、')}</dd>
          {(c.selfHandle || c.mediation || c.taskKind) && (
            <>
              <dt>{t('duties.class.ways')}</dt>
              <dd>
                {[
                  c.selfHandle && t('duties.class.selfHandle'),
                  c.mediation && t('duties.class.mediation'),
                  c.taskKind && `${t('duties.class.taskKind')}：${c.taskKind}`,
                ]
                  .filter(Boolean)
                  .join('，')}
              </dd>
            </>
          )}
          {(['caretaker', 'fallback'] as const).map(
            (key) =>
              c[key] && (
                <div key={key} style={{ display: 'contents' }}>
                  <dt>{t(`duties.class.${key}`)}</dt>
                  <dd>{c[key]?.name}</dd>
                </div>
              ),
          )}
          {c.dangerWords.length > 0 && (
            <>
              <dt>{t('duties.class.danger')}</dt>
              <dd>
                {c.dangerWords.join('、')} → {c.dangerCalls.join('、')}
              </dd>
            </>
          )}
        </dl>
        <section>
          <h2 className="y-sec">{t('duties.tab.items')}</h2>
          <table className="y-table tight">
            <thead>
              <tr>
                <th scope="col">{t('duties.field.place')}</th>
                <th scope="col">{t('duties.field.list')}</th>
                <th scope="col">{t('duties.field.lead')}</th>
                <th scope="col">{t('duties.field.clause')}</th>
              </tr>
            </thead>
            <tbody>
              {c.items.map((i) => (
                <tr key={i.id}>
                  <td style={{ width: 150 }}>{i.placeKindName}</td>
                  <td style={{ width: 110 }}>
                    <span className="y-tag">{t(`duties.list.${i.list}`)}</span>
                  </td>
                  <td className="y-b" style={{ width: 180 }}>
                    {i.lead.name}
                  </td>
                  <td>
                    {i.clause} <span className="y-muted y-xs">{i.clauseNumber}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        {c.rulings.length > 0 && (
          <section>
            <h2 className="y-sec">{t('duties.tab.rulings')}</h2>
            <table className="y-table tight">
              <tbody>
                {c.rulings.map((r) => (
                  <tr key={r.id}>
                    <td style={{ width: 150 }}>{r.number}</td>
                    <td>{r.decision}</td>
                    <td className="y-b" style={{ width: 180 }}>
                      {r.lead.name}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
      </div>
      {changing && (
        <CommandDrawer
          route={changeClass}
          title={t('duties.class.change')}
          note={<p className="y-sm y-sub">{t('duties.class.note')}</p>}
          schema={{
            type: 'object',
            required: [...Object.keys(limitFields), 'severity', 'secrecy', 'filing', 'closing', 'reason'],
            properties: {
              severity: {
                type: 'integer',
                title: t('ui.inbox.column.severity'),
                enum: [1, 2, 3, 4],
                'x-names': severities.map((s) => t(`ui.severity.${s}`)),
                'x-order': 1,
              },
              secrecy: {
                type: 'string',
                title: t('duties.class.secrecy'),
                enum: secrecies,
                'x-names': secrecies.map((s) => t(`duties.secrecy.${s}`)),
                'x-order': 2,
              },
              ...limitFields,
              filing: { type: 'string', format: 'multiline', title: t('duties.class.filingLines'), 'x-order': 30 },
              closing: { type: 'string', format: 'multiline', title: t('duties.class.closingLines'), 'x-order': 31 },
              keywords: { type: 'string', format: 'multiline', title: t('duties.class.keywordLines'), 'x-order': 32 },
              selfHandle: { type: 'boolean', title: t('duties.class.selfHandle'), 'x-order': 20 },
              mediation: { type: 'boolean', title: t('duties.class.mediation'), 'x-order': 21 },
              taskKind: { type: 'string', title: t('duties.class.taskKind'), maxLength: 40, 'x-order': 22 },
              caretaker: {
                ...unitField(t('duties.class.caretaker'), options.data),
                'x-order': 23,
              },
              fallback: {
                ...unitField(t('duties.class.fallback'), options.data),
                'x-order': 24,
              },
              reason: {
                type: 'string',
                format: 'multiline',
                title: t('duties.class.reason'),
                maxLength: 500,
                'x-order': 33,
              },
            },
          }}
          given={{
            severity: c.severity,
            secrecy: c.secrecy,
            filing: c.filingConditions.join('\n'),
            closing: c.closingCriteria.join('\n'),
            keywords: c.keywords.join('\n'),
            selfHandle: c.selfHandle,
            mediation: c.mediation,
            ...(c.taskKind ? { taskKind: c.taskKind } : {}),
            ...(c.caretaker ? { caretaker: c.caretaker.code } : {}),
            ...(c.fallback ? { fallback: c.fallback.code } : {}),
            ...Object.fromEntries(
              limits.flatMap((key) => [
                [`${key}Value`, c.limits[key].value],
                [`${key}Unit`, c.limits[key].unit],
              ]),
            ),
          }}
          fixed={{ code }}
          shape={(form) => ({
            severity: form.severity,
            secrecy: form.secrecy,
            reason: form.reason,
            selfHandle: form.selfHandle === true,
            mediation: form.mediation === true,
            taskKind: form.taskKind || null,
            caretaker: form.caretaker || null,
            fallback: form.fallback || null,
            filingConditions: lines(form.filing),
            closingCriteria: lines(form.closing),
            keywords: lines(form.keywords),
            limits: Object.fromEntries(
              limits.map((key) => [key, { value: form[`${key}Value`], unit: form[`${key}Unit`] }]),
            ),
          })}
          onClose={() => setChanging(false)}
          onDone={() => {
            setChanging(false)
            for (const route of [getClass, listClasses]) void queryClient.invalidateQueries({ queryKey: [route.name] })
          }}
        />
      )}
    </>
  )
}
