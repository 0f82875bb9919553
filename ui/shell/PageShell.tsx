import '#ui/shell/PageShell.css'
import { type ComponentType, type ReactNode, useRef, useState } from 'react'
import { exactTime } from '#ui/clock/county-time.ts'
import { agoText } from '#ui/clock/durations.ts'
import { serverNow } from '#ui/clock/server-clock.ts'
import type { Language } from '#ui/i18n/catalogue.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Brand } from '#ui/icon/Brand.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import type { IconName } from '#ui/icon/icon-paths.ts'
import { useKeys } from '#ui/keys/use-keys.ts'
import { Menu, type MenuEntry } from '#ui/menu/Menu.tsx'
import { Popover } from '#ui/menu/Popover.tsx'
import type { Look } from '#ui/theme/antd-theme.ts'

/** The three layers of the house, in the order in which the navigation shows them. */
export const layers = ['services', 'management', 'foundation'] as const
export type Layer = (typeof layers)[number]

export interface NavEntry {
  path: string
  label: string
  icon: IconName
  /** Things of one's own stand above the layers. */
  layer: Layer | 'own'
  count?: number | undefined
}

export interface NewsEntry {
  id: string | number
  text: string
  /** Instant (ISO). */
  at: string
  href?: string
  unread: boolean
}

export interface ShellLinkProps {
  to: string
  className?: string
  title?: string
  'aria-label'?: string
  'aria-current'?: 'page' | undefined
  children: ReactNode
}

export interface PageShellProps {
  county: { slug: string; name: string; parentName: string; demo: boolean }
  counties: { slug: string; name: string; parentName: string; demo: boolean }[]
  who: { post: string; name: string; unit: string; note?: string }
  /** Other posts the same person may act in. */
  posts?: { key: string; label: string; current: boolean }[]
  nav: NavEntry[]
  /** Path of the entry that is open. */
  current?: string | undefined
  /** The narrow navigation of pages that need the width. */
  rail?: boolean
  unread: number
  news?: NewsEntry[]
  version: string
  look: Look
  search?: string
  link: ComponentType<ShellLinkProps>
  onCounty: (slug: string) => void
  onPost?: (key: string) => void
  onSearch: (text: string) => void
  onNewsOpen?: () => void
  onLook: (look: Look) => void
  onAccount?: () => void
  onLogout: () => void
  children: ReactNode
}

/** The frame of every page on a desk: who and where above, the three layers at the left, one white sheet. */
export function PageShell(props: PageShellProps) {
  const { county, counties, who, nav, rail, link: Link } = props
  const { t, language, setLanguage } = useText()
  const search = useRef<HTMLInputElement>(null)
  const [query, setQuery] = useState(props.search ?? '')
  useKeys({
    '/': (event) => {
      event.preventDefault()
      search.current?.focus()
      search.current?.select()
    },
  })

  const where = [county.parentName, county.demo ? t('ui.shell.demo') : ''].filter(Boolean).join(' · ')
  const account: MenuEntry[] = [
    ...(props.posts ?? []).map((post) => ({
      key: `post-${post.key}`,
      label: post.label,
      checked: post.current,
      onPick: () => props.onPost?.(post.key),
    })),
    ...(props.onAccount
      ? [
          {
            key: 'account',
            label: t('ui.shell.account'),
            icon: 'user' as const,
            divided: (props.posts?.length ?? 0) > 0,
            onPick: props.onAccount,
          },
        ]
      : []),
    {
      key: 'look',
      label: t(props.look === 'dark' ? 'ui.shell.light' : 'ui.shell.dark'),
      icon: props.look === 'dark' ? ('sun' as const) : ('moon' as const),
      onPick: () => props.onLook(props.look === 'dark' ? 'light' : 'dark'),
    },
    {
      key: 'language',
      label: language === 'en' ? '中文' : 'English',
      icon: 'globe' as const,
      onPick: () => setLanguage((language === 'en' ? 'zh-CN' : 'en') satisfies Language),
    },
    { key: 'logout', label: t('ui.shell.logout'), icon: 'logout' as const, divided: true, onPick: props.onLogout },
  ]

  const entry = (item: NavEntry) => {
    const on = item.path === props.current
    const name = item.count === undefined ? item.label : t('ui.shell.navCount', { label: item.label, n: item.count })
    return (
      <Link
        key={item.path}
        to={item.path}
        {...(rail ? { title: name, 'aria-label': name } : {})}
        aria-current={on ? 'page' : undefined}
      >
        <Icon name={item.icon} />
        {!rail && <span className="w">{item.label}</span>}
        {!rail && item.count !== undefined && item.count > 0 && (
          <span className="n">{item.count.toLocaleString('en-US')}</span>
        )}
      </Link>
    )
  }
  const own = nav.filter((item) => item.layer === 'own')
  const shown = layers
    .map((layer) => ({ layer, items: nav.filter((item) => item.layer === layer) }))
    .filter((g) => g.items.length)

  return (
    <div className={rail ? 'y-shell rail' : 'y-shell'}>
      <a className="y-skip" href="#sheet">
        {t('ui.shell.skip')}
      </a>
      <header className="y-top">
        <Link to="/" className="y-brand" title={t('ui.shell.home')}>
          <Brand />
          <span>
            {t('ui.shell.brand')} <small>{t('ui.shell.tagline')}</small>
          </span>
        </Link>
        {counties.length > 1 ? (
          <Menu
            label={t('ui.shell.county', { name: county.name })}
            worded
            className="y-switch"
            button={
              <>
                <Icon name="pin" />
                {county.name}
                <small>{where}</small>
                <Icon name="down" size="s" />
              </>
            }
            entries={counties.map((c) => ({
              key: c.slug,
              label: c.name,
              note: [c.parentName, c.demo ? t('ui.shell.demo') : ''].filter(Boolean).join(' · '),
              checked: c.slug === county.slug,
              onPick: () => props.onCounty(c.slug),
            }))}
          />
        ) : (
          <span className="y-switch">
            <Icon name="pin" />
            {county.name}
            <small>{where}</small>
          </span>
        )}
        {/* biome-ignore lint/a11y/useSemanticElements: a search form is the established landmark here */}
        <form
          className="y-search"
          role="search"
          onSubmit={(event) => {
            event.preventDefault()
            if (!query.trim()) return
            // The keys of the page that opens are wanted next, not more typing.
            search.current?.blur()
            props.onSearch(query.trim())
          }}
        >
          <Icon name="search" />
          <input
            ref={search}
            type="search"
            value={query}
            placeholder={t('ui.shell.searchHint')}
            aria-label={t('ui.shell.search')}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
          />
          <span className="y-kbd" aria-hidden="true">
            /
          </span>
        </form>
        <span className="y-grow" />
        <Popover
          label={t('ui.shell.news', { n: props.unread > 99 ? '99+' : props.unread })}
          className="y-iconbtn"
          align="end"
          button={
            <>
              <Icon name="bell" />
              {props.unread > 0 && <em aria-hidden="true">{props.unread > 99 ? '99+' : props.unread}</em>}
            </>
          }
        >
          {() => <News news={props.news} onOpen={props.onNewsOpen} link={Link} />}
        </Popover>
        <Menu
          label={t('ui.shell.who', { post: who.post, name: who.name, unit: who.unit })}
          worded
          className="y-who"
          align="end"
          button={
            <>
              <span className="y-ava" aria-hidden="true">
                {who.name.slice(0, 1)}
              </span>
              <span className="y-who-text">
                <b className="y-b">{who.post}</b> {who.name}
                <span className="y-xs y-muted y-who-unit">{[who.unit, who.note].filter(Boolean).join(' · ')}</span>
              </span>
              <Icon name="down" size="s" />
            </>
          }
          entries={account}
        />
      </header>
      <nav className="y-nav" aria-label={t('ui.shell.nav')}>
        {own.map(entry)}
        {shown.map(({ layer, items }) => (
          <div key={layer} style={{ display: 'contents' }}>
            {rail ? <hr /> : <h2 className={layer}>{t(`ui.layer.${layer}`)}</h2>}
            {items.map(entry)}
          </div>
        ))}
        {!rail && (
          <footer>
            {t('ui.shell.navNote')}
            <br />
            {[county.demo ? t('ui.shell.demoData') : '', t('ui.shell.version', { version: props.version })]
              .filter(Boolean)
              .join(' · ')}
          </footer>
        )}
      </nav>
      <main className="y-sheet" id="sheet" tabIndex={-1}>
        {props.children}
      </main>
    </div>
  )
}

/** A case number is read as one word: it is not broken at its hyphens. */
function unbroken(text: string): ReactNode[] {
  return text.split(/([A-Z]{2}-[A-Z]{1,4}-\d{8}-\d{4,}(?:-\d+)?)/).map((part, i) =>
    i % 2 ? (
      <span className="y-nowrap" key={part}>
        {part}
      </span>
    ) : (
      part
    ),
  )
}

function NewsTime({ at }: { at: string }) {
  const { language } = useText()
  return <small title={exactTime(at)}>{agoText(serverNow() - Date.parse(at), language) ?? exactTime(at)}</small>
}

function News({
  news,
  onOpen,
  link: Link,
}: {
  news: NewsEntry[] | undefined
  onOpen: (() => void) | undefined
  link: PageShellProps['link']
}) {
  const { t } = useText()
  const opened = useRef(false)
  if (!opened.current) {
    opened.current = true
    if (onOpen) queueMicrotask(onOpen)
  }
  return (
    <div className="y-news">
      <h2>{t('ui.shell.newsTitle')}</h2>
      <ul>
        {(news ?? []).map((entry) => (
          <li key={entry.id}>
            {entry.href ? (
              <Link to={entry.href} className={entry.unread ? 'new' : ''}>
                {unbroken(entry.text)}
                <NewsTime at={entry.at} />
              </Link>
            ) : (
              <p>
                {unbroken(entry.text)}
                <NewsTime at={entry.at} />
              </p>
            )}
          </li>
        ))}
        {news && news.length === 0 && (
          <li>
            <p className="y-muted">{t('ui.shell.newsNone')}</p>
          </li>
        )}
      </ul>
    </div>
  )
}
