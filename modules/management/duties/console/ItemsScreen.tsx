import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { DutiesHead } from '#modules/management/duties/console/DutiesHead.tsx'
import { coField, leadField, placeField } from '#modules/management/duties/console/duty-forms.ts'
import { endItem, getOptions, listItems, putItem } from '#modules/management/duties/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'

type Item = RouteOutput<typeof listItems>['items'][number]
const lists = ['basic', 'assist', 'recovered'] as const

/** Who leads what, clause by clause. Changed only with a document number of the 编办. */
export default function ItemsScreen() {
  const { t } = useText()
  const queryClient = useQueryClient()
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(params)
  const [editing, setEditing] = useState<Item | 'new' | null>(null)
  const [ending, setEnding] = useState<Item>()
  const list = lists.find((l) => l === values.list)
  const answer = useApi(listItems, {
    q: values.q || undefined,
    list,
    classCode: values.classCode || undefined,
    history: values.history === 'yes' ? true : undefined,
  })
  const options = useApi(getOptions, {}, { staleTime: 300_000 })
  const refresh = () => {
    setEditing(null)
    setEnding(undefined)
    void queryClient.invalidateQueries({ queryKey: [listItems.name] })
  }
  const revised = editing !== 'new' ? editing : null
  return (
    <>
      <DutiesHead
        tools={
          answer.data?.can.manage && (
            <button type="button" className="y-btn sm" onClick={() => setEditing('new')}>
              <Icon name="plus" size="s" />
              {t('duties.item.add')}
            </button>
          )
        }
      />
      <DataTable
        name="duties.items"
        columns={[
          {
            key: 'class',
            title: t('duties.field.class'),
            fixed: true,
            width: 190,
            cell: (i) => (
              <>
                <Link className="t" to={`/duties/classes/${i.classCode}`}>
                  {i.className}
                </Link>
                <span className="n">{i.placeKindName}</span>
              </>
            ),
          },
          {
            key: 'list',
            title: t('duties.field.list'),
            width: 100,
            cell: (i) => <span className="y-tag">{t(`duties.list.${i.list}`)}</span>,
          },
          {
            key: 'clause',
            title: t('duties.field.clause'),
            fixed: true,
            cell: (i) => (
              <>
                {i.clause}
                <span className="n">
                  {i.clauseNumber} · {i.documentNumber}
                </span>
              </>
            ),
          },
          { key: 'lead', title: t('duties.field.lead'), width: 150, fixed: true, cell: (i) => i.lead.name },
          { key: 'co', title: t('duties.field.co'), width: 170, cell: (i) => i.co.map((u) => u.name).join('、') },
          {
            key: 'valid',
            title: t('duties.field.valid'),
            width: 110,
            cell: (i) => (
              <>
                {i.validFrom}
                <span className="n">{i.validTo ?? t('duties.open')}</span>
              </>
            ),
          },
          {
            key: 'act',
            title: t('ui.inbox.column.action'),
            width: 120,
            fixed: true,
            cell: (i) =>
              answer.data?.can.manage &&
              i.current && (
                <span className="y-row" style={{ gap: 4 }}>
                  <button type="button" className="y-btn sm" onClick={() => setEditing(i)}>
                    {t('duties.item.revise')}
                  </button>
                  <button type="button" className="y-btn text sm" onClick={() => setEnding(i)}>
                    {t('duties.item.end')}
                  </button>
                </span>
              ),
          },
        ]}
        rows={answer.data?.items}
        rowKey={(i) => i.id}
        filters={[
          {
            key: 'list',
            title: t('duties.field.list'),
            options: lists.map((l) => ({
              value: l,
              label: `${t(`duties.list.${l}`)} ${answer.data?.counts[l] ?? ''}`,
            })),
          },
          { key: 'history', title: t('duties.history'), options: [{ value: 'yes', label: t('ui.yes') }] },
        ]}
        values={values}
        onFilter={(next) => setParams(Object.fromEntries(Object.entries(next).filter(([, v]) => v)), { replace: true })}
        findHint={t('duties.find')}
        loading={answer.isLoading}
        error={answer.error ?? undefined}
        onRetry={() => void answer.refetch()}
      />
      {editing && (
        <CommandDrawer
          route={putItem}
          title={t(revised ? 'duties.item.revise' : 'duties.item.add')}
          note={<p className="y-sm y-sub">{t('duties.item.note')}</p>}
          schema={{
            type: 'object',
            required: [
              'classCode',
              'placeKind',
              'list',
              'clauseNumber',
              'clause',
              'lead',
              'validFrom',
              'documentNumber',
            ],
            properties: {
              documentNumber: { type: 'string', title: t('duties.field.document'), maxLength: 120 },
              classCode: { type: 'string', format: 'class', title: t('duties.field.class') },
              placeKind: placeField(t('duties.field.place'), options.data),
              list: {
                type: 'string',
                title: t('duties.field.list'),
                enum: [...lists],
                'x-names': lists.map((l) => t(`duties.list.${l}`)),
              },
              clauseNumber: { type: 'string', title: t('duties.field.clauseNumber'), maxLength: 60 },
              lead: leadField(t('duties.field.lead'), options.data),
              co: coField(t('duties.field.co'), options.data),
              validFrom: { type: 'string', format: 'date', title: t('duties.field.validFrom') },
              clause: { type: 'string', format: 'multiline', title: t('duties.field.clause'), maxLength: 2000 },
            },
          }}
          given={
            revised
              ? {
                  classCode: revised.classCode,
                  placeKind: revised.placeKind,
                  list: revised.list,
                  clauseNumber: revised.clauseNumber,
                  clause: revised.clause,
                  lead: revised.lead.code,
                  co: revised.co.map((u) => u.code),
                }
              : {}
          }
          fixed={revised ? { replaces: revised.id, code: revised.code } : {}}
          shape={(form) => ({ ...form, co: form.co ?? [] })}
          onClose={() => setEditing(null)}
          onDone={refresh}
        />
      )}
      {ending && (
        <CommandDrawer
          route={endItem}
          title={t('duties.item.end')}
          note={<p className="y-sm y-sub">{ending.clause}</p>}
          schema={{
            type: 'object',
            required: ['validTo', 'documentNumber'],
            properties: {
              documentNumber: { type: 'string', title: t('duties.field.document'), maxLength: 120 },
              validTo: { type: 'string', format: 'date', title: t('duties.field.validTo') },
            },
          }}
          fixed={{ itemId: ending.id }}
          onClose={() => setEnding(undefined)}
          onDone={refresh}
        />
      )}
    </>
  )
}
