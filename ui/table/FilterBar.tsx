import '#ui/table/FilterBar.css'
import { type KeyboardEvent, useRef, useState } from 'react'
import { DAY, dayOf } from '#ui/clock/county-time.ts'
import { serverNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { Menu } from '#ui/menu/Menu.tsx'
import { Popover } from '#ui/menu/Popover.tsx'
import { matching, spanWords } from '#ui/table/filter-words.ts'

interface Base {
  key: string
  title: string
  /** Behind “more” until it is used. */
  rare?: boolean
}

export interface Choice extends Base {
  options: { value: string; label: string }[]
}

/** A span of county days (`2026-09-30`), kept under two values; either may be blank. */
export interface Span extends Base {
  span: { from: string; to: string }
}

export type Filter = Choice | Span

type Values = Record<string, string>

/** So many choices are read at a glance; of more, one is found by typing. */
const GLANCE = 12

const keysOf = (filter: Filter): string[] => ('span' in filter ? [filter.span.from, filter.span.to] : [filter.key])

/** The conditions of a list, each a chip that says what it is set to. */
export function FilterBar({
  filters,
  values,
  onFilter,
}: {
  filters: readonly Filter[]
  values: Values
  onFilter: (values: Values) => void
}) {
  const { t } = useText()
  const [asked, setAsked] = useState<readonly string[]>([])
  const isUsed = (filter: Filter) => keysOf(filter).some((key) => values[key])
  const shown = filters.filter((f) => !f.rare || isUsed(f) || asked.includes(f.key))
  const hidden = filters.filter((f) => !shown.includes(f))
  // What is blank again when all is cleared goes back behind “more”.
  const set = (more: Values) => onFilter({ ...values, ...more })
  return (
    <>
      {shown.map((filter) => {
        const born = asked.at(-1) === filter.key && !isUsed(filter)
        return 'span' in filter ? (
          <SpanChip key={filter.key} filter={filter} values={values} born={born} onSet={set} />
        ) : (
          <ChoiceChip key={filter.key} filter={filter} value={values[filter.key] ?? ''} born={born} onSet={set} />
        )
      })}
      {hidden.length > 0 && (
        <Menu
          label={t('ui.table.more')}
          worded
          className="y-chip"
          button={
            <>
              <Icon name="plus" size="s" /> {t('ui.table.more')}
            </>
          }
          entries={hidden.map((f) => ({
            key: f.key,
            label: f.title,
            onPick: () => setAsked((before) => [...before.filter((key) => key !== f.key), f.key]),
          }))}
        />
      )}
    </>
  )
}

function ChoiceChip({
  filter,
  value,
  born,
  onSet,
}: {
  filter: Choice
  value: string
  born: boolean
  onSet: (values: Values) => void
}) {
  const { t } = useText()
  // A value that came with a link and is none of the choices is told as it is: a hidden condition would mislead.
  const chosen = value && (filter.options.find((o) => o.value === value)?.label ?? value)
  const button = (
    <>
      {filter.title} <b>{chosen || t('ui.table.all')}</b> <Icon name="down" size="s" />
    </>
  )
  const className = chosen ? 'y-chip on' : 'y-chip'
  const pick = (picked: string) => onSet({ [filter.key]: picked })
  if (filter.options.length > GLANCE)
    return (
      <Popover label={filter.title} worded className={className} button={button} born={born}>
        {(close) => (
          <Finder
            label={filter.title}
            options={filter.options}
            value={value}
            onPick={(picked) => {
              close()
              pick(picked)
            }}
          />
        )}
      </Popover>
    )
  return (
    <Menu
      label={filter.title}
      worded
      className={className}
      born={born}
      button={button}
      entries={[{ value: '', label: t('ui.table.all') }, ...filter.options].map((o) => ({
        key: o.value,
        label: o.label,
        checked: o.value === value,
        onPick: () => pick(o.value),
      }))}
    />
  )
}

/** Many choices: typing narrows them, Enter takes the first, the arrow keys go through them. */
function Finder({
  label,
  options,
  value,
  onPick,
}: {
  label: string
  options: Choice['options']
  value: string
  onPick: (value: string) => void
}) {
  const { t } = useText()
  const [words, setWords] = useState('')
  const root = useRef<HTMLDivElement>(null)
  const found = matching(options, words)
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const stops = [...(root.current?.querySelectorAll<HTMLElement>('input, button') ?? [])]
    const at = stops.indexOf(document.activeElement as HTMLElement)
    stops[(at + step + stops.length) % stops.length]?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the field and the choices inside
    <div className="y-finder" ref={root} onKeyDown={move}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (words.trim() && found[0]) onPick(found[0].value)
        }}
      >
        <input
          type="search"
          // biome-ignore lint/a11y/noAutofocus: it was opened to be typed into
          autoFocus
          value={words}
          placeholder={t('ui.table.narrow')}
          aria-label={t('ui.table.narrowIn', { what: label })}
          onChange={(event) => setWords(event.target.value)}
        />
      </form>
      <div className="y-menu">
        {!words.trim() && (
          <button type="button" aria-current={value === '' ? 'true' : undefined} onClick={() => onPick('')}>
            {t('ui.table.all')}
          </button>
        )}
        {found.map((o) => (
          <button
            key={o.value}
            type="button"
            aria-current={o.value === value ? 'true' : undefined}
            onClick={() => onPick(o.value)}
          >
            {o.label}
          </button>
        ))}
        {found.length === 0 && <p className="y-sm y-muted">{t('ui.table.noneFound')}</p>}
      </div>
    </div>
  )
}

function SpanChip({
  filter,
  values,
  born,
  onSet,
}: {
  filter: Span
  values: Values
  born: boolean
  onSet: (values: Values) => void
}) {
  const { t } = useText()
  const from = values[filter.span.from] ?? ''
  const to = values[filter.span.to] ?? ''
  const set = (a: string, b: string) => onSet({ [filter.span.from]: a, [filter.span.to]: b })
  const words = spanWords(from, to)
  const now = serverNow()
  const today = dayOf(now)
  const presets: [string, string, string][] = [
    ['today', today, today],
    ['week', dayOf(now - 6 * DAY), today],
    ['month', dayOf(now - 29 * DAY), today],
    ['year', `${today.slice(0, 4)}-01-01`, today],
  ]
  return (
    <Popover
      label={filter.title}
      worded
      className={words ? 'y-chip on' : 'y-chip'}
      born={born}
      button={
        <>
          {filter.title} <b className="y-num">{words || t('ui.table.all')}</b> <Icon name="down" size="s" />
        </>
      }
    >
      {(close) => (
        <div className="y-span">
          <div className="y-row">
            {presets.map(([key, a, b]) => (
              <button
                key={key}
                type="button"
                className={from === a && to === b ? 'y-chip on' : 'y-chip'}
                aria-pressed={from === a && to === b}
                onClick={() => {
                  close()
                  set(a, b)
                }}
              >
                {t(`ui.table.span.${key}`)}
              </button>
            ))}
          </div>
          <label>
            {t('ui.table.span.from')}
            <input type="date" value={from} max={to || undefined} onChange={(event) => set(event.target.value, to)} />
          </label>
          <label>
            {t('ui.table.span.to')}
            <input type="date" value={to} min={from || undefined} onChange={(event) => set(from, event.target.value)} />
          </label>
          {words && (
            <button
              type="button"
              className="y-btn text sm"
              onClick={() => {
                close()
                set('', '')
              }}
            >
              {t('ui.table.span.any')}
            </button>
          )}
        </div>
      )}
    </Popover>
  )
}
