import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useSearchParams } from 'react-router'
import { OrgHead } from '#modules/foundation/org/console/OrgHead.tsx'
import { choiceField, reasonField, reasonForm, roles } from '#modules/foundation/org/console/org-forms.ts'
import { giveGrant, listDivisions, listGrants, listLines, withdrawGrant } from '#modules/foundation/org/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApi, useApiPages } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'
import { pageProps } from '#ui/table/page-props.ts'

type Grant = RouteOutput<typeof listGrants>['items'][number]

/** Who may do what, where, in which line. One gives only what one holds. */
export default function GrantsScreen() {
  const { t, has, language } = useText()
  const queryClient = useQueryClient()
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(params)
  const [giving, setGiving] = useState(false)
  const [withdrawing, setWithdrawing] = useState<Grant>()
  const divisions = useApi(listDivisions, { depth: 9 }, { staleTime: 300_000 })
  const lines = useApi(listLines, {}, { staleTime: 300_000 })
  const answer = useApiPages(listGrants, {
    subject: (['role', 'post', 'account'] as const).find((s) => s === values.subject),
    role: values.role || undefined,
    permission: values.permission || undefined,
    past: values.past === 'yes' ? true : undefined,
    limit: 100,
  })
  const rows = useMemo(() => answer.data?.pages.flatMap((page) => page.items), [answer.data])
  const first = answer.data?.pages[0]
  const name = (permission: string) => (has(`permission.${permission}`) ? t(`permission.${permission}`) : permission)
  const kindName = (kind: string) => (has(`org.kind.${kind}`) ? t(`org.kind.${kind}`) : kind)
  const lineName = new Map((lines.data?.items ?? []).map((l) => [l.code, l.name[language]]))
  const refresh = () => void queryClient.invalidateQueries({ queryKey: [listGrants.name] })
  const permissions = [...new Set((first?.grantable ?? []).map((g) => g.permission))]
  const subject = (g: Grant) =>
    g.account
      ? `${g.account.name} ${g.account.login}`
      : g.post
        ? `${g.post.unitName} ${g.post.name}`
        : [
            g.role ? t(`role.${g.role}`) : '',
            g.unitKind && g.unitKind !== '*' ? kindName(g.unitKind) : '',
            g.unitLevel ? t(`org.level.${g.unitLevel}`) : '',
          ]
            .filter(Boolean)
            .join(' · ')
  return (
    <>
      <OrgHead
        tools={
          <button
            type="button"
            className="y-btn sm"
            onClick={() => setGiving(true)}
            disabled={permissions.length === 0}
          >
            <Icon name="plus" size="s" />
            {t('org.grant.give')}
          </button>
        }
      />
      <DataTable
        name="org.grants"
        columns={[
          {
            key: 'subject',
            title: t('org.grant.subject'),
            fixed: true,
            cell: (g) => <span className="t">{subject(g)}</span>,
          },
          {
            key: 'permission',
            title: t('org.field.permission'),
            fixed: true,
            cell: (g) => <span title={g.permission}>{name(g.permission)}</span>,
          },
          {
            key: 'where',
            title: t('org.field.division'),
            width: 150,
            cell: (g) =>
              g.divisionCode === 'post'
                ? t('org.grant.postDivision')
                : (g.divisionName ?? g.divisionCode ?? t('org.grant.unitDivision')),
          },
          {
            key: 'line',
            title: t('org.field.lines'),
            width: 130,
            cell: (g) =>
              g.lineCode === 'unit'
                ? t('org.grant.unitLines')
                : g.lineCode
                  ? (lineName.get(g.lineCode) ?? g.lineCode)
                  : t('org.allLines'),
          },
          {
            key: 'valid',
            title: t('org.grant.valid'),
            width: 190,
            cell: (g) =>
              `${exactTime(g.validFrom).slice(0, 10)} — ${g.validTo ? exactTime(g.validTo).slice(0, 10) : t('org.grant.open')}`,
          },
          { key: 'by', title: t('org.grant.by'), width: 110, optional: true, cell: (g) => g.grantedByName ?? '' },
          { key: 'reason', title: t('org.field.reason'), width: 180, optional: true, cell: (g) => g.reason },
          {
            key: 'act',
            title: t('ui.inbox.column.action'),
            width: 90,
            fixed: true,
            cell: (g) =>
              g.can.withdraw && (
                <button type="button" className="y-btn sm" onClick={() => setWithdrawing(g)}>
                  {t('org.grant.withdraw')}
                </button>
              ),
          },
        ]}
        rows={rows}
        rowKey={(g) => g.id}
        filters={[
          {
            key: 'subject',
            title: t('org.grant.subject'),
            options: ['role', 'post', 'account'].map((s) => ({ value: s, label: t(`org.grant.subject.${s}`) })),
          },
          { key: 'role', title: t('org.field.role'), options: roles.map((r) => ({ value: r, label: t(`role.${r}`) })) },
          {
            key: 'permission',
            title: t('org.field.permission'),
            options: permissions.map((p) => ({ value: p, label: name(p) })),
          },
          { key: 'past', title: t('org.grant.past'), options: [{ value: 'yes', label: t('ui.yes') }] },
        ]}
        values={values}
        onFilter={(next) => setParams(Object.fromEntries(Object.entries(next).filter(([, v]) => v)), { replace: true })}
        count={first?.total}
        {...pageProps(answer)}
      />
      {giving && (
        <CommandDrawer
          route={giveGrant}
          title={t('org.grant.give')}
          note={<p className="y-sm y-sub">{t('org.grant.note')}</p>}
          schema={{
            type: 'object',
            required: ['permission', 'reason'],
            properties: {
              accountId: {
                type: 'integer',
                format: 'account',
                title: t('org.grant.account'),
                description: t('org.grant.oneSubject'),
              },
              role: {
                type: 'string',
                title: t('org.grant.role'),
                enum: roles,
                'x-names': roles.map((r) => t(`role.${r}`)),
              },
              permission: choiceField(
                t('org.field.permission'),
                permissions.map((p) => ({ value: p, label: name(p) })),
              ),
              divisionCode: choiceField(
                t('org.field.division'),
                (divisions.data?.items ?? []).map((d) => ({ value: d.code, label: d.name })),
              ),
              lineCode: choiceField(
                t('org.field.lines'),
                [...lineName].map(([value, label]) => ({ value, label })),
              ),
              validTo: { type: 'string', format: 'date-time', title: t('org.grant.validTo') },
              reason: reasonField(t),
            },
          }}
          fixed={{}}
          onClose={() => setGiving(false)}
          onDone={() => {
            setGiving(false)
            refresh()
          }}
        />
      )}
      {withdrawing && (
        <CommandDrawer
          route={withdrawGrant}
          title={t('org.grant.withdraw')}
          note={<p className="y-sm y-sub">{`${subject(withdrawing)} · ${name(withdrawing.permission)}`}</p>}
          schema={reasonForm(t)}
          fixed={{ grantId: withdrawing.id }}
          onClose={() => setWithdrawing(undefined)}
          onDone={() => {
            setWithdrawing(undefined)
            refresh()
          }}
        />
      )}
    </>
  )
}
