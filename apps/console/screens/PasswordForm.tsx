import { type FormEvent, useState } from 'react'
import '#ui/schema-form/SchemaForm.css'
import type { FieldError } from '#ui/api/api-error.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'

/** Old password, new password, once more; said wrong before it is sent where that can be known. */
export default function PasswordForm({
  busy,
  problems,
  onSubmit,
}: {
  busy: boolean
  problems: readonly FieldError[]
  onSubmit: (old: string, fresh: string) => void
}) {
  const { t } = useText()
  const [values, setValues] = useState({ old: '', fresh: '', again: '' })
  const [mismatch, setMismatch] = useState<string>()
  function submit(event: FormEvent) {
    event.preventDefault()
    if (values.fresh.length < 10) return setMismatch(t('ui.form.minLength', { limit: 10 }))
    if (values.fresh !== values.again) return setMismatch(t('console.account.notSame'))
    setMismatch(undefined)
    onSubmit(values.old, values.fresh)
  }
  const fields = [
    ['old', 'current-password'],
    ['fresh', 'new-password'],
    ['again', 'new-password'],
  ] as const
  const problem = mismatch ?? problems[0]?.message
  return (
    <form className="y-form" onSubmit={submit} style={{ marginTop: 8, gap: 10 }}>
      {fields.map(([key, autoComplete]) => (
        <div className="y-field" key={key}>
          <label htmlFor={`password-${key}`}>{t(`console.account.${key}`)}</label>
          <input
            id={`password-${key}`}
            type="password"
            required
            autoComplete={autoComplete}
            className="y-chip"
            style={{ height: 36, border: 0 }}
            value={values[key]}
            onChange={(event) => setValues((v) => ({ ...v, [key]: event.target.value }))}
          />
        </div>
      ))}
      {problem && (
        <span className="y-field">
          <span className="err" role="alert">
            <Icon name="warn" size="s" />
            {problem}
          </span>
        </span>
      )}
      <button type="submit" className="y-btn pri" disabled={busy} style={{ justifySelf: 'start' }}>
        {t('console.account.change')}
      </button>
    </form>
  )
}
