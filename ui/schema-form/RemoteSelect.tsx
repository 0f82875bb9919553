import { Select } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import type { Option } from '#ui/schema-form/form-schema.ts'

/** A choice among very many: one types, the server finds. */
export function RemoteSelect({
  id,
  value,
  many,
  find,
  onChange,
  describedBy,
  placeholder,
}: {
  id: string
  value: unknown
  many?: boolean
  find: (text: string) => Promise<Option[]>
  onChange: (value: unknown) => void
  describedBy?: string | undefined
  placeholder?: string
}) {
  const { t } = useText()
  const [options, setOptions] = useState<Option[]>([])
  const [loading, setLoading] = useState(false)
  const turn = useRef(0)
  const finder = useRef(find)
  finder.current = find

  function search(text: string) {
    const mine = ++turn.current
    setLoading(true)
    finder.current(text).then(
      (found) => {
        if (mine !== turn.current) return
        setOptions((old) => {
          const chosen = old.filter((o) => (Array.isArray(value) ? value.includes(o.value) : o.value === value))
          return [...chosen.filter((c) => !found.some((f) => f.value === c.value)), ...found]
        })
        setLoading(false)
      },
      () => mine === turn.current && setLoading(false),
    )
  }
  useEffect(() => search(''), [])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  return (
    <Select
      id={id}
      value={value as never}
      {...(many ? { mode: 'multiple' as const } : {})}
      options={options}
      loading={loading}
      showSearch={{
        filterOption: false,
        onSearch: (text) => {
          clearTimeout(timer.current)
          timer.current = setTimeout(() => search(text), 250)
        },
      }}
      allowClear
      placeholder={placeholder ?? t('ui.form.typeToFind')}
      notFoundContent={loading ? t('ui.loading') : t('ui.form.notFound')}
      aria-describedby={describedBy}
      onChange={onChange}
      style={{ width: '100%' }}
    />
  )
}
