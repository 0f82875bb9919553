import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { DutiesHead } from '#modules/management/duties/console/DutiesHead.tsx'
import { coField, leadField, placesField } from '#modules/management/duties/console/duty-forms.ts'
import { addRuling, endRuling, getOptions, listRulings } from '#modules/management/duties/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApi } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'

type Ruling = RouteOutput<typeof listRulings>['items'][number]

/** Precedents: how disputes about whose job it is were decided. Routing quotes them. */
export default function RulingsScreen() {
  const { t } = useText()
  const queryClient = useQueryClient()
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(params)
  const [adding, setAdding] = useState(false)
  const [ending, setEnding] = useState<Ruling>()
  const answer = useApi(listRulings, {
    q: values.q || undefined,
    open: values.all === 'yes' ? undefined : true,
  })
  const options = useApi(getOptions, {}, { staleTime: 300_000 })
  const refresh = () => {
    setAdding(false)
    setEnding(undefined)
    void queryClient.invalidateQueries({ queryKey: [listRulings.name] })
  }
  return (
    <>
      <DutiesHead
        tools={
          answer.data?.can.rule && (
            <button type="button" className="y-btn sm" onClick={() => setAdding(true)}>
              <Icon name="plus" size="s" />
              {t('duties.ruling.add')}
            </button>
          )
        }
      />
      <DataTable
        name="duties.rulings"
        columns={[
          {
            key: 'number',
            title: t('duties.ruling.number'),
            width: 140,
            fixed: true,
            cell: (r) => (
              <>
                <span className="t">{r.number}</span>
                <span className="n">{exactTime(r.decidedAt).slice(0, 10)}</span>
              </>
            ),
          },
          {
            key: 'class',
            title: t('duties.field.class'),
            width: 190,
            fixed: true,
            cell: (r) => (
              <>
                {r.className}
                <span className="n">{r.placeKinds.map((p) => p.name).join('、')}</span>
              </>
            ),
          },
          {
            key: 'decision',
            title: t('duties.ruling.decision'),
            fixed: true,
            cell: (r) => (
              <>
                {r.decision}
                <span className="n">{r.question}</span>
              </>
            ),
          },
          { key: 'lead', title: t('duties.field.lead'), width: 160, cell: (r) => r.lead.name },
          { key: 'reason', title: t('duties.ruling.reason'), width: 260, optional: true, cell: (r) => r.reason },
          { key: 'by', title: t('duties.ruling.by'), width: 140, cell: (r) => r.decidedBy },
          {
            key: 'act',
            title: t('ui.inbox.column.action'),
            width: 90,
            fixed: true,
            cell: (r) =>
              r.endedAt ? (
                <span className="y-tag">{t('duties.ruling.ended')}</span>
              ) : (
                answer.data?.can.rule && (
                  <button type="button" className="y-btn sm" onClick={() => setEnding(r)}>
                    {t('duties.ruling.end')}
                  </button>
                )
              ),
          },
        ]}
        rows={answer.data?.items}
        rowKey={(r) => r.id}
        filters={[{ key: 'all', title: t('duties.ruling.withEnded'), options: [{ value: 'yes', label: t('ui.yes') }] }]}
        values={values}
        onFilter={(next) => setParams(Object.fromEntries(Object.entries(next).filter(([, v]) => v)), { replace: true })}
        findHint={t('duties.find')}
        loading={answer.isLoading}
        error={answer.error ?? undefined}
        onRetry={() => void answer.refetch()}
      />
      {adding && (
        <CommandDrawer
          route={addRuling}
          title={t('duties.ruling.add')}
          note={<p className="y-sm y-sub">{t('duties.ruling.note')}</p>}
          schema={{
            type: 'object',
            required: ['classCode', 'placeKinds', 'question', 'facts', 'decision', 'lead', 'reason'],
            properties: {
              classCode: { type: 'string', format: 'class', title: t('duties.field.class') },
              placeKinds: placesField(t('duties.field.place'), options.data),
              lead: leadField(t('duties.field.lead'), options.data),
              co: coField(t('duties.field.co'), options.data),
              citedClause: { type: 'string', title: t('duties.ruling.cited'), maxLength: 60 },
              caseNumber: { type: 'string', title: t('duties.ruling.case'), maxLength: 60 },
              question: { type: 'string', format: 'multiline', title: t('duties.ruling.question'), maxLength: 1000 },
              facts: { type: 'string', format: 'multiline', title: t('duties.ruling.facts'), maxLength: 4000 },
              decision: { type: 'string', format: 'multiline', title: t('duties.ruling.decision'), maxLength: 1000 },
              reason: { type: 'string', format: 'multiline', title: t('duties.ruling.reason'), maxLength: 2000 },
            },
          }}
          fixed={{}}
          shape={(form) => ({ ...form, co: form.co ?? [] })}
          draftKey="duties.ruling"
          onClose={() => setAdding(false)}
          onDone={refresh}
        />
      )}
      {ending && (
        <CommandDrawer
          route={endRuling}
          title={t('duties.ruling.end')}
          note={<p className="y-sm y-sub">{`${ending.number} ${ending.decision}`}</p>}
          schema={{
            type: 'object',
            required: ['reason'],
            properties: {
              reason: { type: 'string', format: 'multiline', title: t('duties.ruling.endReason'), maxLength: 1000 },
            },
          }}
          fixed={{ rulingId: ending.id }}
          onClose={() => setEnding(undefined)}
          onDone={refresh}
        />
      )}
    </>
  )
}
