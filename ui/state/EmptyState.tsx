import '#ui/state/State.css'
import type { ReactNode } from 'react'
import { Icon } from '#ui/icon/Icon.tsx'
import type { IconName } from '#ui/icon/icon-paths.ts'

/** Nothing here, and what can be done about it. */
export function EmptyState({
  icon = 'inbox',
  title,
  children,
  actions,
  tight,
  page,
}: {
  icon?: IconName
  title: string
  children?: ReactNode
  actions?: ReactNode
  tight?: boolean
  /** It stands for the whole page, so its title is the page's heading. */
  page?: boolean
}) {
  return (
    <div className={tight ? 'y-state tight' : 'y-state'}>
      <Icon name={icon} />
      {page ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children && <p>{children}</p>}
      {actions && <div className="acts">{actions}</div>}
    </div>
  )
}
