import '#ui/inbox/InboxTable.css'
import { memo, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { WorkCalendar } from '#platform/calendar/work-calendar.ts'
import { Countdown, DueNote } from '#ui/clock/Countdown.tsx'
import { clockText, dayOf, exactTime, hourMinute, monthDay, weekdayText } from '#ui/clock/county-time.ts'
import { serverNow, useNowEvery } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { type DueGroup, foldedAtFirst, type GroupKey, groupByDue, planDays, restDays } from '#ui/inbox/due-groups.ts'
import type { InboxItem } from '#ui/inbox/inbox-item.ts'
import { rowOffsets, windowRows } from '#ui/inbox/window-rows.ts'
import { useKeys } from '#ui/keys/use-keys.ts'
import { Severity } from '#ui/severity/Severity.tsx'
import { useMedia } from '#ui/theme/use-media.ts'

const ROW = 48
/** On narrow windows a row is a small card of a fixed height, as the style sheet says. */
const CARD = 132
const HEAD = 28
const COLUMNS = 8

export interface InboxTableProps {
  items: readonly InboxItem[]
  calendar: WorkCalendar
  /** How many each group has on the server, where not all are loaded yet. */
  totals?: Partial<Record<GroupKey, number>>
  onOpen: (item: InboxItem) => void
  onAct: (item: InboxItem) => void
  /** Link of a case, so that it can be opened in a new tab and shared. */
  hrefOf: (item: InboxItem) => string
  /** The server holds more than what is loaded; what is loaded is the earliest. */
  more?: boolean
  /** Called when the end of what is loaded comes into view. */
  onMore?: () => void
  selected: ReadonlySet<string>
  onSelect: (selected: ReadonlySet<string>) => void
  /** What can be done with the selection; drawn in the bulk bar. */
  bulk?: (items: InboxItem[]) => ReactNode
  empty?: ReactNode
  /** A day picked in the deadline band: the list shows its group. */
  jumpTo?: { day: string; at: number } | undefined
}

type Row = { kind: 'head'; group: DueGroup<InboxItem> } | { kind: 'item'; item: InboxItem; index: number }

/** 待办: everything one has to do, grouped by when it is due. Draws only the rows in view, so 10,000 stay light. */
export function InboxTable(props: InboxTableProps) {
  const { items, calendar, selected, onSelect, onOpen, onAct, onMore } = props
  const { t, language } = useText()
  const minute = useNowEvery(60_000)
  const groups = useMemo(() => groupByDue(items, minute, calendar), [items, minute, calendar])
  const plan = useMemo(() => planDays(minute, calendar), [minute, calendar])
  const [folded, setFolded] = useState<ReadonlySet<GroupKey> | null>(null)
  const atFirst = useMemo(() => foldedAtFirst(groups), [groups])
  const closed = folded ?? atFirst
  const [current, setCurrent] = useState<string | null>(null)
  const scroll = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 900 })

  const { rows, flat } = useMemo(() => {
    const rows: Row[] = []
    const flat: { item: InboxItem; row: number }[] = []
    for (const group of groups) {
      rows.push({ kind: 'head', group })
      if (closed.has(group.key)) continue
      for (const item of group.items) {
        flat.push({ item, row: rows.length })
        rows.push({ kind: 'item', item, index: flat.length - 1 })
      }
    }
    return { rows, flat }
  }, [groups, closed])
  const rowHeight = useMedia('(max-width: 760px)') ? CARD : ROW
  const offsets = useMemo(
    () => rowOffsets(rows.map((row) => (row.kind === 'head' ? HEAD : rowHeight))),
    [rows, rowHeight],
  )
  const shown = windowRows(offsets, Math.max(0, view.top - HEAD), view.height)

  useEffect(() => {
    const element = scroll.current
    if (!element) return
    const read = () => setView({ top: element.scrollTop, height: element.clientHeight })
    read()
    const observer = new ResizeObserver(read)
    observer.observe(element)
    element.addEventListener('scroll', read, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', read)
    }
  }, [])

  // What is loaded next comes last: while its group is folded nobody asks for it, and loading would never come to an end.
  const lastRow = rows.at(-1)
  const wanted = lastRow?.kind === 'item' && shown.end >= rows.length - 4
  useEffect(() => {
    if (onMore && wanted) onMore()
  }, [onMore, wanted])

  const jumpTo = props.jumpTo
  useEffect(() => {
    if (!jumpTo) return
    const { day } = jumpTo
    const key: GroupKey = day === plan.today ? 'today' : day < plan.next ? 'rest' : day === plan.next ? 'next' : 'later'
    setFolded((f) => {
      const open = new Set(f ?? closed)
      open.delete(key)
      return open
    })
    let row = rows.findIndex((r) => r.kind === 'head' && r.group.key === key)
    if (key === 'later') {
      const hit = rows.findIndex(
        (r) => r.kind === 'item' && r.item.due && !r.item.due.overdue && dayOf(r.item.due.at) >= day,
      )
      if (hit >= 0) row = hit
    }
    if (row >= 0) scroll.current?.scrollTo({ top: offsets[row]!, behavior: 'smooth' })
  }, [jumpTo])

  const at = current === null ? -1 : flat.findIndex((f) => f.item.id === current)
  function move(by: number) {
    if (flat.length === 0) return
    const next = at < 0 ? (by > 0 ? 0 : flat.length - 1) : Math.min(flat.length - 1, Math.max(0, at + by))
    const target = flat[next]!
    setCurrent(target.item.id)
    const element = scroll.current
    if (!element) return
    const y = offsets[target.row]!
    if (y < element.scrollTop + HEAD) element.scrollTop = Math.max(0, y - HEAD)
    else if (y + rowHeight + HEAD + 88 > element.scrollTop + element.clientHeight)
      element.scrollTop = y + rowHeight + HEAD + 88 - element.clientHeight
  }
  // Rows are memoised, so what they call must always see the selection of now.
  const latest = useRef({ selected, onSelect, onAct, onOpen })
  latest.current = { selected, onSelect, onAct, onOpen }
  const toggle = useCallback((id: string) => {
    const next = new Set(latest.current.selected)
    if (!next.delete(id)) next.add(id)
    latest.current.onSelect(next)
  }, [])
  const act = useCallback((item: InboxItem) => latest.current.onAct(item), [])
  const open = useCallback((item: InboxItem) => latest.current.onOpen(item), [])
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: (event) => {
      if (at >= 0 && !(event.target instanceof HTMLElement && event.target.closest('a,button,input')))
        onOpen(flat[at]!.item)
    },
    x: () => at >= 0 && toggle(flat[at]!.item.id),
    Escape: () => selected.size > 0 && onSelect(new Set()),
  })

  function heading(group: DueGroup<InboxItem>): [string, string] {
    const total = props.totals?.[group.key] ?? group.items.length
    const count =
      props.more && !props.totals && group === groups.at(-1)
        ? t('ui.inbox.countMore', { n: group.items.length })
        : total > group.items.length
          ? t('ui.inbox.countShown', { n: total, shown: group.items.length })
          : t('ui.inbox.count', { n: total })
    const date = group.day ? `${monthDay(group.day)} ${weekdayText(group.day, language)}` : ''
    if (group.key === 'next') {
      const rest = restDays(plan)
      const key = rest >= 3 && plan.holiday ? 'afterHoliday' : rest === 0 ? 'tomorrow' : 'nextWorkDay'
      return [t(`ui.inbox.group.${key}`, { date }), count]
    }
    if (group.key === 'today')
      return [
        t(plan.close !== undefined && plan.close > minute ? 'ui.inbox.group.today' : 'ui.inbox.group.todayClosed'),
        count,
      ]
    if (group.key === 'later') return [t('ui.inbox.group.later', { date: monthDay(group.day!) }), count]
    return [t(`ui.inbox.group.${group.key}`, { date }), count]
  }

  const chosen = useMemo(() => items.filter((item) => selected.has(item.id)), [items, selected])
  const all = flat.length > 0 && flat.every((f) => selected.has(f.item.id))

  return (
    <div className="y-inbox">
      <section
        className={`y-inbox-scroll${chosen.length ? ' bulked' : ''}`}
        ref={scroll}
        aria-label={t('ui.inbox.title')}
      >
        <table className="y-list" aria-rowcount={rows.length + 1}>
          <colgroup>
            <col style={{ width: 36 }} />
            <col style={{ width: language === 'en' ? 96 : 72 }} />
            <col />
            <col style={{ width: language === 'en' ? 136 : 104 }} />
            <col className="src" style={{ width: 88 }} />
            <col className="hold" style={{ width: 176 }} />
            <col style={{ width: language === 'en' ? 240 : 192 }} />
            <col style={{ width: 92 }} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">
                <input
                  type="checkbox"
                  className="y-cbx"
                  aria-label={t('ui.inbox.selectAll')}
                  checked={all}
                  ref={(element) => {
                    if (element) element.indeterminate = !all && chosen.length > 0
                  }}
                  onChange={() => onSelect(all ? new Set() : new Set(flat.map((f) => f.item.id)))}
                />
              </th>
              <th scope="col">{t('ui.inbox.column.severity')}</th>
              <th scope="col">{t('ui.inbox.column.matter')}</th>
              <th scope="col">{t('ui.inbox.column.task')}</th>
              <th scope="col" className="src">
                {t('ui.inbox.column.source')}
              </th>
              <th scope="col" className="hold">
                {t('ui.inbox.column.holder')}
              </th>
              <th scope="col">{t('ui.inbox.column.left')}</th>
              <th scope="col">
                <span className="y-vh">{t('ui.inbox.column.action')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.above > 0 && (
              <tr>
                <td className="pad" colSpan={COLUMNS} style={{ height: shown.above }} />
              </tr>
            )}
            {rows.slice(shown.first, shown.end).map((row) => {
              if (row.kind === 'head') {
                const [name, count] = heading(row.group)
                const open = !closed.has(row.group.key)
                return (
                  <tr className="grp" key={`g-${row.group.key}`}>
                    <th colSpan={COLUMNS} scope="rowgroup">
                      <button
                        type="button"
                        aria-expanded={open}
                        onClick={() => {
                          const next = new Set(closed)
                          if (!next.delete(row.group.key)) next.add(row.group.key)
                          setFolded(next)
                        }}
                      >
                        <b>{name}</b>
                        {open ? count : t('ui.inbox.folded', { count })}
                      </button>
                    </th>
                  </tr>
                )
              }
              return (
                <ItemRow
                  key={row.item.id}
                  item={row.item}
                  calendar={calendar}
                  href={props.hrefOf(row.item)}
                  selected={selected.has(row.item.id)}
                  current={row.item.id === current}
                  today={plan.today}
                  onToggle={toggle}
                  onAct={act}
                  onOpen={open}
                />
              )
            })}
            {shown.below > 0 && (
              <tr>
                <td className="pad" colSpan={COLUMNS} style={{ height: shown.below }} />
              </tr>
            )}
          </tbody>
        </table>
        {rows.length === 0 && props.empty}
      </section>
      {chosen.length > 0 && (
        <div className="y-bulk" role="toolbar" aria-label={t('ui.inbox.bulk')}>
          <b className="y-b y-nowrap">{t('ui.inbox.chosen', { n: chosen.length })}</b>
          {props.bulk?.(chosen)}
          <button
            type="button"
            className="y-btn sm"
            aria-label={t('ui.inbox.unselect')}
            onClick={() => onSelect(new Set())}
          >
            <Icon name="close" size="s" />
          </button>
        </div>
      )}
    </div>
  )
}

interface ItemRowProps {
  item: InboxItem
  calendar: WorkCalendar
  href: string
  selected: boolean
  current: boolean
  today: string
  onToggle: (id: string) => void
  onAct: (item: InboxItem) => void
  onOpen: (item: InboxItem) => void
}

const ItemRow = memo(
  function ItemRow({ item, calendar, href, selected, current, today, onToggle, onAct, onOpen }: ItemRowProps) {
    const { t } = useText()
    const day = dayOf(item.since)
    const since =
      day === today
        ? clockText(item.since)
        : day === dayOf(serverNow() - 86_400_000)
          ? `${t('ui.day.yesterday')} ${hourMinute(item.since)}`
          : day.slice(0, 4) === today.slice(0, 4)
            ? `${monthDay(item.since)} ${hourMinute(item.since)}`
            : day
    return (
      <tr
        className={`item${selected ? ' sel' : ''}${current ? ' cur' : ''}`}
        aria-selected={selected}
        data-id={item.id}
      >
        <td>
          <input
            type="checkbox"
            className="y-cbx"
            checked={selected}
            onChange={() => onToggle(item.id)}
            aria-label={t('ui.inbox.select', { title: item.title })}
          />
        </td>
        <td>
          <Severity level={item.severity} />
        </td>
        <td>
          <a
            className="t y-clip"
            href={href}
            title={item.title}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return
              event.preventDefault()
              onOpen(item)
            }}
          >
            {item.title}
          </a>
          <span className="n y-clip">{item.note}</span>
        </td>
        <td>
          <span className="y-sm y-b y-clip" style={{ display: 'block' }} title={item.task}>
            {item.task}
          </span>
          <span className="n" title={exactTime(item.since)}>
            {t('ui.inbox.since', { at: since })}
          </span>
        </td>
        <td className="y-sm src">
          <span className="y-clip" style={{ display: 'block' }}>
            {item.source}
          </span>
        </td>
        <td className="y-sm hold">
          <span className="y-clip" style={{ display: 'block' }} title={item.holder}>
            {item.holder}
          </span>
        </td>
        <td>
          {item.due ? (
            <>
              <Countdown due={item.due} calendar={calendar} severity={item.severity} />
              <span className="n y-clip">
                <DueNote due={item.due} limit={item.limit} />
              </span>
            </>
          ) : (
            <span className="y-muted y-xs">{t('ui.due.none')}</span>
          )}
        </td>
        <td style={{ textAlign: 'right' }}>
          {item.action && (
            <button
              type="button"
              className={`y-btn sm${item.due?.overdue ? '' : ' soft'}`}
              onClick={() => onAct(item)}
              title={item.action.label}
              aria-label={t('ui.inbox.actOn', {
                action: item.action.label.length > 5 ? t('ui.inbox.act') : item.action.label,
                title: item.title,
              })}
            >
              {item.action.label.length > 5 ? t('ui.inbox.act') : item.action.label}
            </button>
          )}
        </td>
      </tr>
    )
  },
  (a, b) =>
    a.item === b.item &&
    a.calendar === b.calendar &&
    a.selected === b.selected &&
    a.current === b.current &&
    a.today === b.today &&
    a.href === b.href,
)
