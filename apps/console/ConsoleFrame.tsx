import { useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Link, Navigate, Outlet, useLocation, useMatches, useNavigate } from 'react-router'
import { ModeBanner } from '#modules/management/roster/console/ModeBanner.tsx'
import { getEntry, getMe, logOut } from '#platform/auth/contract.ts'

import { getCalendar } from '#platform/calendar/contract.ts'
import { WorkCalendar } from '#platform/calendar/work-calendar.ts'
import { listDefinitions, listInbox } from '#platform/process/contract.ts'
import { ApiError } from '#ui/api/api-error.ts'
import { call } from '#ui/api/client.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { dropAllDrafts } from '#ui/schema-form/drafts.ts'
import { FormServicesContext } from '#ui/schema-form/form-services.ts'
import type { ConsoleRoute } from '#ui/shell/console-route.ts'
import { type NavEntry, PageShell, type ShellLinkProps } from '#ui/shell/PageShell.tsx'
import { type Me, type Session, SessionContext } from '#ui/shell/session.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { consoleRoutes } from './console-routes.ts'
import { useFormServicesOfConsole } from './form-services.ts'
import { useLiveChanges } from './live-changes.ts'
import { useNews } from './news.ts'
import { keepLook, readLook } from './preferences.ts'
import { wordOf } from './screens/case-view.ts'
import { FirstPasswordScreen } from './screens/FirstPasswordScreen.tsx'

const version = '0.1.0'

function ShellLink({ to, children, ...rest }: ShellLinkProps) {
  return (
    <Link to={to} {...rest}>
      {children}
    </Link>
  )
}

function mayOpen(route: ConsoleRoute, me: Me): boolean {
  if (route.nav?.unless && me.permissions.includes(route.nav.unless)) return false
  const needed = route.nav?.permission
  if (!needed) return true
  return (Array.isArray(needed) ? needed : [needed]).some((permission) => me.permissions.includes(permission))
}

/** Everything behind the door: who is here, the county's calendar, the frame around the page. */
export function ConsoleFrame() {
  const me = useApi(getMe, {}, { staleTime: 60_000 })
  const location = useLocation()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  function leave() {
    void call(logOut, {}).finally(() => {
      dropAllDrafts()
      queryClient.clear()
      navigate('/login')
    })
  }
  if (me.error instanceof ApiError && me.error.status === 401) {
    const next = location.pathname === '/' ? '' : `?next=${encodeURIComponent(location.pathname + location.search)}`
    return <Navigate to={`/login${next}`} replace />
  }
  if (me.error && !me.data) return <ErrorState page error={me.error} onRetry={() => void me.refetch()} />
  if (!me.data) return null
  if (me.data.mustChangePassword) return <FirstPasswordScreen name={me.data.name} onLogout={leave} />
  return <Frame me={me.data} onLogout={leave} />
}

function Frame({ me, onLogout }: { me: Me; onLogout: () => void }) {
  const text = useText()
  const { t } = text
  const navigate = useNavigate()
  const location = useLocation()
  const matches = useMatches()
  const calendarAnswer = useApi(getCalendar, {}, { staleTime: 600_000 })
  const counties = useApi(getEntry, {}, { staleTime: 600_000 })
  const inbox = useApi(listInbox, { limit: 1 }, { every: 60_000 })
  const definitions = useApi(listDefinitions, {}, { staleTime: 300_000 })
  const news = useNews()
  useLiveChanges()
  const services = useFormServicesOfConsole()
  const calendar = useMemo(
    () => (calendarAnswer.data ? new WorkCalendar(calendarAnswer.data) : undefined),
    [calendarAnswer.data],
  )
  const session = useMemo<Session | null>(() => (calendar ? { me, calendar } : null), [me, calendar])

  const route = matches.map((m) => m.handle as ConsoleRoute | undefined).findLast((handle) => handle?.path)
  const nav: NavEntry[] = consoleRoutes
    .filter((r) => r.nav && mayOpen(r, me))
    .sort((a, b) => a.nav!.order - b.nav!.order)
    .map((r) => ({
      path: r.path,
      label: t(r.nav!.label),
      icon: r.nav!.icon,
      layer: r.nav!.layer,
      count: r.path === '/' ? inbox.data?.total : undefined,
    }))
  // Flows that are only data stand beside the pages that modules bring.
  for (const { key, start } of definitions.data?.items ?? [])
    if (start) nav.push({ path: `/start/${key}`, label: start[text.language], icon: 'edit', layer: 'services' })
  const current = nav
    .filter((n) => (n.path === '/' ? location.pathname === '/' : location.pathname.startsWith(n.path)))
    .sort((a, b) => b.path.length - a.path.length)[0]?.path
  const post = me.posts[0]

  return (
    <PageShell
      county={me.county}
      counties={counties.data?.counties ?? [me.county]}
      who={{
        post: post ? wordOf(text, 'role', post.role) : t('console.noPost'),
        name: me.name,
        unit: post?.unitName ?? '',
        ...(post?.acting ? { note: t('console.case.acting') } : {}),
      }}
      nav={nav}
      current={current ?? (location.pathname.startsWith('/cases') ? '/' : undefined)}
      rail={route?.rail ?? false}
      unread={news.unread}
      news={news.entries}
      version={version}
      look={readLook()}
      link={ShellLink}
      onCounty={(slug) => window.location.assign(`/${slug}/console/`)}
      onSearch={(q) => navigate(`/cases?q=${encodeURIComponent(q)}`)}
      onNewsOpen={news.onOpen}
      onLook={(look) => {
        keepLook(look)
        window.location.reload()
      }}
      onAccount={() => navigate('/account')}
      onLogout={onLogout}
    >
      {session ? (
        <SessionContext value={session}>
          <FormServicesContext value={services}>
            <ModeBanner />
            <Outlet />
          </FormServicesContext>
        </SessionContext>
      ) : (
        calendarAnswer.error && (
          <ErrorState error={calendarAnswer.error} onRetry={() => void calendarAnswer.refetch()} />
        )
      )}
    </PageShell>
  )
}
