import { useEffect } from 'react'
import { matchPath, NavLink, Outlet, useLocation, useNavigationType } from 'react-router'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
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
