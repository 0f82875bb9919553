import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { OnceShown } from '#modules/foundation/org/console/OnceShown.tsx'
import { OrgHead } from '#modules/foundation/org/console/OrgHead.tsx'
import { choiceField, reasonField, roles } from '#modules/foundation/org/console/org-forms.ts'
import { createAccount, getUnit, listAccounts, listDivisions } from '#modules/foundation/org/contract.ts'
import { useApi, useApiPages } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { useSession } from '#ui/shell/session.ts'
import { DataTable } from '#ui/table/DataTable.tsx'
import { pageProps } from '#ui/table/page-props.ts'

const states = ['active', 'disabled', 'locked', 'withoutPost'] as const

/** Accounts inside of what one manages. */
export default function AccountsScreen() {
  const { t } = useText()
  const { me } = useSession()
  const queryClient = useQueryClient()
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(params)
  const [creating, setCreating] = useState(false)
  const [made, setMade] = useState<{ login: string; secret: string }>()
  const towns = useApi(listDivisions, { depth: 9 }, { staleTime: 300_000 })
  const own = useApi(getUnit, { id: me.posts[0]?.unitId ?? 0 }, { enabled: creating && me.posts.length > 0 })
  const answer = useApiPages(listAccounts, {
    q: values.q || undefined,
    under: values.under || undefined,
    role: values.role || undefined,
    state: states.find((s) => s === values.state),
    limit: 100,
  })
  const rows = useMemo(() => answer.data?.pages.flatMap((page) => page.items), [answer.data])
  const first = answer.data?.pages[0]
  return (
    <>
      <OrgHead
        tools={
          <button type="button" className="y-btn sm" onClick={() => setCreating(true)}>
            <Icon name="plus" size="s" />
            {t('org.account.create')}
          </button>
        }
      />
      {made && (
        <OnceShown
          title={t('org.account.initial', { login: made.login })}
          secret={made.secret}
          onClose={() => setMade(undefined)}
        />
      )}
      <DataTable
        name="org.accounts"
        columns={[
          {
            key: 'name',
            title: t('org.field.person'),
            fixed: true,
            width: 180,
            cell: (a) => (
              <>
                <Link className="t" to={`/org/accounts/${a.id}`}>
                  {a.name}
                </Link>
                <span className="n">{a.login}</span>
              </>
            ),
          },
          {
            key: 'posts',
            title: t('org.post'),
            fixed: true,
            cell: (a) =>
              a.posts.length > 0 ? (
                a.posts
                  .map((p) => `${p.unit.shortName} ${p.name}${p.acting ? `（${t('org.acting')}）` : ''}`)
                  .join('；')
              ) : (
                <span className="y-muted">{t('org.account.noPost')}</span>
              ),
          },
          {
            key: 'state',
            title: t('org.field.state'),
            width: 130,
            cell: (a) =>
              a.disabledAt ? (
                <span className="y-tag">{t('org.account.disabled')}</span>
              ) : a.lockedUntil ? (
                <span className="y-tag warm">{t('org.account.locked')}</span>
              ) : a.mustChangePassword ? (
                <span className="y-tag">{t('org.account.fresh')}</span>
              ) : (
                ''
              ),
          },
          {
            key: 'second',
            title: t('org.account.second'),
            width: 110,
            cell: (a) => (a.secondFactor ? t('ui.yes') : ''),
          },
          {
            key: 'demo',
            title: t('ui.shell.demo'),
            width: 80,
            optional: true,
            cell: (a) => (a.demo ? t('ui.yes') : ''),
          },
          {
            key: 'created',
            title: t('org.account.created'),
            width: 120,
            cell: (a) => exactTime(a.createdAt).slice(0, 10),
          },
        ]}
        rows={rows}
        rowKey={(a) => a.id}
        filters={[
          {
            key: 'state',
            title: t('org.field.state'),
            options: states.map((s) => ({ value: s, label: t(`org.account.state.${s}`) })),
          },
          { key: 'role', title: t('org.field.role'), options: roles.map((r) => ({ value: r, label: t(`role.${r}`) })) },
          {
            key: 'under',
            title: t('org.field.town'),
            options: (towns.data?.items ?? [])
              .filter((d) => d.code.length === 9)
              .map((d) => ({ value: d.code, label: d.name })),
          },
        ]}
        values={values}
        onFilter={(next) => setParams(Object.fromEntries(Object.entries(next).filter(([, v]) => v)), { replace: true })}
        findHint={t('org.account.find')}
        count={first?.total}
        {...pageProps(answer)}
      />
      {creating && (
        <CommandDrawer
          route={createAccount}
          title={t('org.account.create')}
          schema={{
            type: 'object',
            required: first?.can.createWithoutPost
              ? ['login', 'name', 'reason']
              : ['login', 'name', 'postId', 'reason'],
            properties: {
              login: {
                type: 'string',
                title: t('ui.login.account'),
                description: t('org.account.loginHelp'),
                pattern: '^[a-z0-9][a-z0-9._-]{2,63}$',
              },
              name: { type: 'string', title: t('org.field.personName'), maxLength: 40 },
              ...((own.data?.posts.length ?? 0) > 0
                ? {
                    postId: choiceField(
                      t('org.account.firstPost'),
                      (own.data?.posts ?? []).map((p) => ({
                        value: p.id,
                        label: `${own.data!.unit.shortName} ${p.name}`,
                      })),
                    ),
                  }
                : {}),
              reason: reasonField(t),
            },
          }}
          fixed={{}}
          onClose={() => setCreating(false)}
          onDone={(account) => {
            setCreating(false)
            if (account.initialPassword) setMade({ login: account.login, secret: account.initialPassword })
            void queryClient.invalidateQueries({ queryKey: [listAccounts.name] })
          }}
        />
      )}
    </>
  )
}
