import '#ui/menu/Popover.css'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'

/** A button that opens a small panel. Escape and a click elsewhere close it, and focus goes back to the button. */
export function Popover({
  label,
  worded,
  button,
  className,
  align = 'start',
  children,
  role = 'dialog',
  title,
  born = false,
}: {
  /** Name of the panel, and of the button where it shows only an icon. */
  label: string
  /** The button says what it is by its own words. */
  worded?: boolean | undefined
  button: ReactNode
  className?: string | undefined
  align?: 'start' | 'end'
  role?: 'dialog' | 'menu'
  title?: string | undefined
  /** Open from the beginning, for what was just asked for. */
  born?: boolean | undefined
  children: (close: () => void) => ReactNode
}) {
  const [open, setOpen] = useState(born)
  const root = useRef<HTMLDivElement>(null)
  const trigger = useRef<HTMLButtonElement>(null)
  const id = useId()

  const close = () => {
    setOpen(false)
    trigger.current?.focus()
  }
  useEffect(() => {
    if (!open) return
    const outside = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false)
    }
    const key = (event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        event.preventDefault()
        setOpen(false)
        trigger.current?.focus()
      }
    }
    document.addEventListener('pointerdown', outside)
    document.addEventListener('keydown', key, true)
    return () => {
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('keydown', key, true)
    }
  }, [open])

  return (
    <div className="y-pop" ref={root}>
      <button
        type="button"
        ref={trigger}
        className={className}
        aria-haspopup={role}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={worded ? undefined : label}
        title={title}
        onClick={() => setOpen((o) => !o)}
      >
        {button}
      </button>
      {open && (
        <div
          className={`y-pop-panel ${align}`}
          id={id}
          {...(role === 'dialog' ? { role: 'dialog', 'aria-label': label } : {})}
        >
          {children(close)}
        </div>
      )}
    </div>
  )
}
