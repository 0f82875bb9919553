import '#ui/table/DataTable.css'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { Menu } from '#ui/menu/Menu.tsx'
import { Popover } from '#ui/menu/Popover.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { RowSkeletons } from '#ui/state/Skeletons.tsx'
import { type Filter, FilterBar } from '#ui/table/FilterBar.tsx'
import { recall, remember, sameFilter, type TableMemory, withFilter, withoutFilter } from '#ui/table/table-memory.ts'

export interface Column<T> {
  key: string
  title: string
  cell: (row: T) => ReactNode
  width?: number | string
  number?: boolean
  /** Cannot be hidden. */
  fixed?: boolean
  /** Hidden until somebody asks for it. */
  optional?: boolean
}

export interface DataTableProps<T> {
  /** Under which name columns and filters are remembered. */
  name: string
  columns: Column<T>[]
  rows: readonly T[] | undefined
  rowKey: (row: T) => string | number
  current?: string | number
  filters?: Filter[]
  values?: Record<string, string>
  onFilter?: (values: Record<string, string>) => void
  /** Hint of the search box; without it there is none. */
  findHint?: string
  /** Number of rows altogether, with a plus sign where counting stopped at a cap. */
  count?: number | undefined
  capped?: boolean | undefined
  loading?: boolean
  error?: unknown
  onRetry?: () => void
  /** More rows can be fetched. */
  more?: boolean
  loadingMore?: boolean
  onMore?: () => void
  exports?: { label: string; href: string }[]
  tools?: ReactNode
  empty?: ReactNode
  /** Rows that need no detail lines. */
  tight?: boolean
  foot?: ReactNode
}

/** A list with filters, chosen columns, export and paging by cursor; the same in every domain. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { columns, rows, filters = [], values = {}, onFilter } = props
  const { t } = useText()
  const [memory, setMemory] = useState<TableMemory>(() => recall(props.name))
  const keep = (next: TableMemory) => {
    setMemory(next)
    remember(props.name, next)
  }
  const hidden = new Set(memory.hidden ?? columns.filter((c) => c.optional).map((c) => c.key))
  const shown = columns.filter((c) => c.fixed || !hidden.has(c.key))
  const active = Object.values(values).some(Boolean)
  const set = (key: string, value: string) => onFilter?.({ ...values, [key]: value })
  const saved = memory.filters ?? []
  const matching = saved.find((f) => sameFilter(f.values, values))

  const end = useRef<HTMLDivElement>(null)
  const onMore = useRef(props.onMore)
  onMore.current = props.onMore
  const wantsMore = Boolean(props.more) && !props.loadingMore && !props.error
  useEffect(() => {
    if (!wantsMore || !end.current) return
    const observer = new IntersectionObserver(
      (entries) => entries.some((e) => e.isIntersecting) && onMore.current?.(),
      {
        rootMargin: '300px',
      },
    )
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [wantsMore])

  return (
    <div className="y-data">
      {(filters.length > 0 || props.findHint || props.exports || props.tools) && (
        <div className="y-data-bar y-noprint">
          {onFilter && (
            <SavedFilters
              saved={saved}
              current={matching?.name}
              active={active}
              onPick={(v) => onFilter(v)}
              onSave={(name) => keep(withFilter(memory, { name, values }))}
              onDrop={(name) => keep(withoutFilter(memory, name))}
            />
          )}
          {props.findHint && <Find hint={props.findHint} value={values.q ?? ''} onFind={(q) => set('q', q)} />}
          {onFilter && filters.length > 0 && <FilterBar filters={filters} values={values} onFilter={onFilter} />}
          {active && onFilter && (
            <button type="button" className="y-btn text sm" onClick={() => onFilter({})}>
              {t('ui.table.clear')}
            </button>
          )}
          <span className="y-grow" />
          {props.tools}
          {columns.some((c) => !c.fixed) && (
            <Popover
              label={t('ui.table.columns')}
              title={t('ui.table.columns')}
              className="y-iconbtn sm"
              align="end"
              button={<Icon name="columns" />}
            >
              {() => (
                <div className="y-cols">
                  {columns
                    .filter((c) => !c.fixed)
                    .map((c) => (
                      <label key={c.key}>
                        <input
                          type="checkbox"
                          className="y-cbx"
                          checked={!hidden.has(c.key)}
                          onChange={() => {
                            const next = new Set(hidden)
                            if (!next.delete(c.key)) next.add(c.key)
                            keep({ ...memory, hidden: [...next] })
                          }}
                        />
                        {c.title}
                      </label>
                    ))}
                </div>
              )}
            </Popover>
          )}
          {props.exports && (
            <Menu
              label={t('ui.table.export')}
              title={t('ui.table.export')}
              className="y-iconbtn sm"
              align="end"
              button={<Icon name="download" />}
              entries={props.exports.map((e) => ({
                key: e.href,
                label: e.label,
                onPick: () => window.location.assign(e.href),
              }))}
            />
          )}
        </div>
      )}
      <div className="y-data-scroll">
        {props.error && !rows ? (
          <ErrorState error={props.error} {...(props.onRetry ? { onRetry: props.onRetry } : {})} />
        ) : !rows || (props.loading && rows.length === 0) ? (
          <RowSkeletons rows={10} />
        ) : rows.length === 0 ? (
          (props.empty ?? (
            <EmptyState
              title={t(active ? 'ui.table.noneFound' : 'ui.table.none')}
              actions={
                active &&
                onFilter && (
                  <button type="button" className="y-btn" onClick={() => onFilter({})}>
                    {t('ui.table.clear')}
                  </button>
                )
              }
            >
              {active ? t('ui.table.noneFoundHint') : undefined}
            </EmptyState>
          ))
        ) : (
          <>
            <table className={props.tight ? 'y-table tight' : 'y-table'}>
              <thead>
                <tr>
                  {shown.map((c) => (
                    <th key={c.key} scope="col" className={c.number ? 'num' : undefined} style={{ width: c.width }}>
                      {c.title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => {
                  const key = props.rowKey(row)
                  return (
                    <tr key={key} className={key === props.current ? 'on' : undefined}>
                      {shown.map((c) => (
                        <td key={c.key} className={c.number ? 'num' : undefined}>
                          {c.cell(row)}
                        </td>
                      ))}
                    </tr>
                  )
                })}
              </tbody>
            </table>
            {props.loadingMore && <RowSkeletons rows={3} />}
            {props.error !== undefined && props.error !== null && (
              <ErrorState tight error={props.error} {...(props.onMore ? { onRetry: props.onMore } : {})} />
            )}
            <div ref={end} />
          </>
        )}
      </div>
      {rows && rows.length > 0 && (
        <div className="y-data-foot y-noprint">
          {props.count !== undefined
            ? t('ui.table.shownOf', { shown: rows.length, n: `${props.count}${props.capped ? '+' : ''}` })
            : t(props.more ? 'ui.table.shownMore' : 'ui.table.shown', { shown: rows.length })}
          <span className="y-grow" />
          {props.foot}
        </div>
      )}
    </div>
  )
}

function Find({ hint, value, onFind }: { hint: string; value: string; onFind: (text: string) => void }) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  return (
    <form
      className="y-data-find"
      onSubmit={(event) => {
        event.preventDefault()
        onFind(text.trim())
      }}
    >
      <Icon name="search" size="s" />
      <input
        type="search"
        value={text}
        placeholder={hint}
        aria-label={hint}
        onChange={(event) => {
          setText(event.target.value)
          if (event.target.value === '') onFind('')
        }}
        onBlur={() => text.trim() !== value && onFind(text.trim())}
      />
    </form>
  )
}

function SavedFilters({
  saved,
  current,
  active,
  onPick,
  onSave,
  onDrop,
}: {
  saved: NonNullable<TableMemory['filters']>
  current: string | undefined
  active: boolean
  onPick: (values: Record<string, string>) => void
  onSave: (name: string) => void
  onDrop: (name: string) => void
}) {
  const { t } = useText()
  const [name, setName] = useState('')
  if (saved.length === 0 && !active) return null
  return (
    <Popover
      label={t('ui.table.saved')}
      worded
      className={current ? 'y-chip on' : 'y-chip'}
      button={
        <>
          <Icon name="bookmark" size="s" />
          {current ? <b>{current}</b> : null} {t('ui.table.saved')} <Icon name="down" size="s" />
        </>
      }
    >
      {(close) => (
        <div className="y-menu">
          {saved.map((f) => (
            <div key={f.name} className="y-row" style={{ gap: 0 }}>
              <button
                type="button"
                aria-current={f.name === current ? 'true' : undefined}
                onClick={() => {
                  onPick(f.values)
                  close()
                }}
              >
                {f.name}
              </button>
              <button
                type="button"
                style={{ width: 'auto' }}
                aria-label={t('ui.table.dropFilter', { name: f.name })}
                onClick={() => onDrop(f.name)}
              >
                <Icon name="close" size="s" />
              </button>
            </div>
          ))}
          {active && !current && (
            <form
              className="y-save"
              onSubmit={(event) => {
                event.preventDefault()
                if (!name.trim()) return
                onSave(name.trim())
                setName('')
                close()
              }}
            >
              <input
                value={name}
                maxLength={20}
                placeholder={t('ui.table.filterName')}
                aria-label={t('ui.table.filterName')}
                onChange={(event) => setName(event.target.value)}
              />
              <button type="submit" className="y-btn pri sm" style={{ width: 'auto', minHeight: 32 }}>
                {t('ui.table.saveFilter')}
              </button>
            </form>
          )}
        </div>
      )}
    </Popover>
  )
}
