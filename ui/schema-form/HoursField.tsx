import { Input } from 'antd'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'

export interface HoursRow {
  from: string
  to: string
}

/** `9`, `930`, `9:30`, `9：30` as one writes them: 09:00, 09:30. Anything else stays as it is, for the check to name. */
export function timeOfDay(text: string): string {
  const match = /^(\d{1,2})(?:[:：.]?(\d{2}))?$/.exec(text.trim())
  if (!match) return text.trim()
  const time = `${match[1]!.padStart(2, '0')}:${match[2] ?? '00'}`
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(time) ? time : text.trim()
}

/** Stretches of a day, one a line. */
export function HoursField({
  id,
  value,
  max,
  describedBy,
  invalid,
  onChange,
}: {
  id: string
  value: readonly HoursRow[]
  max: number
  describedBy: string | undefined
  invalid: boolean
  onChange: (rows: HoursRow[]) => void
}) {
  const { t } = useText()
  const rows = value.length > 0 ? value : [{ from: '', to: '' }]
  const change = (i: number, part: Partial<HoursRow>) =>
    onChange(rows.map((row, n) => (n === i ? { ...row, ...part } : row)))
  const box = (i: number, end: 'from' | 'to') => (
    <Input
      {...(i === 0 && end === 'from' ? { id } : {})}
      {...(invalid ? { status: 'error' } : {})}
      aria-label={t(`ui.form.hours.${end}`, { n: i + 1 })}
      aria-describedby={describedBy}
      value={rows[i]![end]}
      placeholder={end === 'from' ? '09:00' : '12:00'}
      inputMode="numeric"
      maxLength={5}
      style={{ width: 88 }}
      onChange={(event) => change(i, { [end]: event.target.value })}
      onBlur={(event) => change(i, { [end]: timeOfDay(event.target.value) })}
    />
  )
  return (
    <div className="y-hours">
      {rows.map((_, i) => (
        <div className="y-row" key={i}>
          {box(i, 'from')}
          <span aria-hidden="true">—</span>
          {box(i, 'to')}
          {rows.length > 1 && (
            <button
              type="button"
              className="y-iconbtn sm"
              aria-label={t('ui.form.hours.remove', { n: i + 1 })}
              title={t('ui.form.hours.remove', { n: i + 1 })}
              onClick={() => onChange(rows.filter((_row, n) => n !== i))}
            >
              <Icon name="trash" size="s" />
            </button>
          )}
        </div>
      ))}
      {rows.length < max && (
        <button type="button" className="y-btn sm text" onClick={() => onChange([...rows, { from: '', to: '' }])}>
          <Icon name="plus" size="s" />
          {t('ui.form.hours.add')}
        </button>
      )}
    </div>
  )
}
