import { useEffect, useState } from 'react'
import { Link, matchPath, NavLink, Outlet, useLocation, useNavigate, useNavigationType } from 'react-router'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { readDevice } from '#ui/mobile/device-store.ts'
import { useElder } from '#ui/mobile/elder.ts'
import { useOnline } from '#ui/mobile/use-online.ts'
import { FrameError } from './FrameError.tsx'
import { mobileRoutes } from './mobile-routes.ts'

/** What every page stands in: the way past the heading, the word about the network, the bar at the foot. */
export function MobileFrame() {
  const { t } = useText()
  const elder = useElder()
  const online = useOnline()
  const { pathname } = useLocation()
  const type = useNavigationType()
  // Back returns to where one was, which the browser does by itself; a new page begins at its top.
  useEffect(() => {
    if (type !== 'POP') scrollTo(0, 0)
  }, [pathname])
  const navigate = useNavigate()
  const [sent, setSent] = useState<string>()
  // What was finished without a network goes out with the first that is there, whichever page is open.
  useEffect(() => {
    if (!online) return
    let wanted = true
    let timer: ReturnType<typeof setTimeout>
    const send = async (wait: number) => {
      const { sendWaiting } = await import('#modules/services/loop/mobile/waiting-report.ts')
      const number = await sendWaiting()
      if (!wanted) return
      // A phone says that it is connected a moment before it is: soon again at first, then more and more seldom.
      if (!number) timer = setTimeout(() => tryFor(Math.min(wait * 2, 60_000)), wait)
      else if (location.pathname.endsWith('/report')) navigate(`/sent/${encodeURIComponent(number)}`, { replace: true })
      else setSent(number)
    }
    // A script that could not be loaded is tried with the next page or the next network.
    const tryFor = (wait: number) => {
      if (readDevice('waiting')) send(wait).catch(() => {})
    }
    tryFor(1000)
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [online, pathname, navigate])
  const bar = pathname === '/' ? !elder : mobileRoutes.some((route) => route.nav && matchPath(route.path, pathname))
  return (
    <div className="m-frame">
      <a className="m-skip" href="#main">
        {t('m.skip')}
      </a>
      <div role="status">
        {!online && (
          <p className="m-offline">
            <Icon name="offline" />
            <span>{t('m.offline')}</span>
          </p>
        )}
      </div>
      {sent && (
        <p className="m-offline" role="status">
          <Icon name="check" />
          <span className="y-grow">{t('m.sentLater')}</span>
          <Link to={`/sent/${encodeURIComponent(sent)}`} onClick={() => setSent(undefined)}>
            {t('m.sentLater.see')}
          </Link>
        </p>
      )}
      <FrameError key={pathname}>
        <Outlet />
      </FrameError>
      {bar && (
        <nav className="m-nav" aria-label={t('m.nav')}>
          <NavLink to="/" end>
            <Icon name="home" size="l" />
            {t('m.nav.home')}
          </NavLink>
          <NavLink to="/follow">
            <Icon name="clock" size="l" />
            {t('m.nav.follow')}
          </NavLink>
          <NavLink to="/about">
            <Icon name="user" size="l" />
            {t('m.nav.about')}
          </NavLink>
        </nav>
      )}
    </div>
  )
}
