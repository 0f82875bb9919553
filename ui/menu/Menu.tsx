import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { Icon } from '#ui/icon/Icon.tsx'
import type { IconName } from '#ui/icon/icon-paths.ts'
import { Popover } from '#ui/menu/Popover.tsx'

export interface MenuEntry {
  key: string
  label: ReactNode
  note?: ReactNode
  icon?: IconName
  /** For choices: whether this is the chosen one. */
  checked?: boolean
  danger?: boolean
  /** A line above it. */
  divided?: boolean
  onPick: () => void
}

/** A button with a menu of commands or choices; arrow keys, Home and End move, Enter picks. */
export function Menu({
  label,
  worded,
  button,
  className,
  align = 'start',
  entries,
  title,
  born,
}: {
  label: string
  worded?: boolean
  button: ReactNode
  className?: string
  align?: 'start' | 'end'
  entries: MenuEntry[]
  title?: string
  born?: boolean
}) {
  return (
    <Popover
      label={label}
      worded={worded}
      button={button}
      className={className}
      align={align}
      role="menu"
      title={title}
      born={born}
    >
      {(close) => <MenuList label={label} entries={entries} close={close} />}
    </Popover>
  )
}

function MenuList({ label, entries, close }: { label: string; entries: MenuEntry[]; close: () => void }) {
  const list = useRef<HTMLDivElement>(null)
  const items = () => [...(list.current?.querySelectorAll<HTMLButtonElement>('button') ?? [])]
  useEffect(() => {
    const all = items()
    ;(all.find((b) => b.getAttribute('aria-checked') === 'true') ?? all[0])?.focus()
  }, [])
  function onKeyDown(event: KeyboardEvent) {
    const all = items()
    const at = all.indexOf(document.activeElement as HTMLButtonElement)
    const to =
      event.key === 'ArrowDown'
        ? (at + 1) % all.length
        : event.key === 'ArrowUp'
          ? (at - 1 + all.length) % all.length
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? all.length - 1
              : -1
    if (event.key === 'Tab') close()
    if (to < 0) return
    event.preventDefault()
    all[to]?.focus()
  }
  return (
    <div className="y-menu" role="menu" aria-label={label} tabIndex={-1} ref={list} onKeyDown={onKeyDown}>
      {entries.map((entry) => (
        <div key={entry.key} role="none">
          {entry.divided && <hr />}
          <button
            type="button"
            {...(entry.checked === undefined
              ? { role: 'menuitem' }
              : { role: 'menuitemradio', 'aria-checked': entry.checked })}
            className={entry.danger ? 'danger' : undefined}
            tabIndex={-1}
            onClick={() => {
              close()
              entry.onPick()
            }}
          >
            {entry.icon && <Icon name={entry.icon} />}
            {entry.label}
            {entry.checked && !entry.note ? (
              <small>
                <Icon name="check" size="s" />
              </small>
            ) : (
              entry.note && <small>{entry.note}</small>
            )}
          </button>
        </div>
      ))}
    </div>
  )
}
