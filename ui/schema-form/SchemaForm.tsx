import '#ui/schema-form/SchemaForm.css'
import { Checkbox, DatePicker, Input, InputNumber, Radio, Select } from 'antd'
import dayjs from 'dayjs'
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import type { FieldError } from '#ui/api/api-error.ts'
import { hourMinute, monthDay } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { dropDraft, loadDraft, saveDraft } from '#ui/schema-form/drafts.ts'
import { FileField } from '#ui/schema-form/FileField.tsx'
import {
  checkForm,
  cleanForm,
  type FieldProblem,
  type FieldSchema,
  type FormSchema,
  fieldHelp,
  fieldKind,
  fieldTitle,
  fitsInView,
  optionsOf,
  orderedFields,
  startValues,
} from '#ui/schema-form/form-schema.ts'
import { type UploadedFile, useFormServices } from '#ui/schema-form/form-services.ts'
import { HoursField, type HoursRow } from '#ui/schema-form/HoursField.tsx'
import { RemoteSelect } from '#ui/schema-form/RemoteSelect.tsx'

export interface SchemaFormProps {
  schema: FormSchema
  given?: Record<string, unknown>
  /** Under which name unfinished work is kept on this device; none for matters that must not be kept. */
  draftKey?: string | undefined
  /** Problems the server found, by JSON pointer. */
  problems?: readonly FieldError[]
  busy?: boolean
  submitLabel: string
  danger?: boolean
  onSubmit: (values: Record<string, unknown>) => void
  onCancel?: () => void
  /** What is filled in so far, for a page that answers while one writes. */
  onChange?: (values: Record<string, unknown>) => void
  extra?: ReactNode
  /** Short fields side by side, for a form on a page. */
  wide?: boolean
}

type Files = Record<string, UploadedFile[]>

/** A form made from a JSON Schema: each field with its words, its help and, beside it, what is wrong with it. */
export function SchemaForm(props: SchemaFormProps) {
  const { schema, draftKey } = props
  const { t, language } = useText()
  const form = useId()
  const [draft, setDraft] = useState(() => (draftKey ? loadDraft(draftKey) : undefined))
  const [values, setValues] = useState<Record<string, unknown>>(() => ({
    ...startValues(schema, props.given),
    ...(draft?.values.values as Record<string, unknown> | undefined),
  }))
  const [files, setFiles] = useState<Files>(() => (draft?.values.files as Files | undefined) ?? {})
  const [problems, setProblems] = useState<Record<string, FieldProblem>>({})
  const touched = useRef(false)
  const root = useRef<HTMLFormElement>(null)

  const onChange = useRef(props.onChange)
  onChange.current = props.onChange
  useEffect(() => onChange.current?.(values), [values])

  useEffect(() => {
    if (!draftKey || !touched.current) return
    const timer = setTimeout(() => saveDraft(draftKey, { values, files }), 400)
    return () => clearTimeout(timer)
  }, [draftKey, values, files])

  function set(key: string, value: unknown) {
    touched.current = true
    setValues((old) => ({ ...old, [key]: value }))
    setProblems(({ [key]: _, ...rest }) => rest)
  }
  function setFile(key: string, list: UploadedFile[], many: boolean) {
    setFiles((old) => ({ ...old, [key]: list }))
    set(key, many ? list.map((f) => f.id) : list[0]?.id)
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    const found = checkForm(schema, values)
    setProblems(found)
    const first = Object.keys(found)[0]
    if (first) {
      root.current?.querySelector<HTMLElement>(`[data-field="${first}"] :is(input, textarea, button)`)?.focus()
      return
    }
    props.onSubmit(cleanForm(schema, values))
  }
  const problemOf = (key: string): string | undefined => {
    const own = problems[key]
    if (own) return t(`ui.${own.code}`, own.params)
    const server = props.problems?.find((p) => p.path === `/${key}` || p.path === `/form/${key}`)
    return server ? server.message || t(`ui.${server.code}`) : undefined
  }

  return (
    <form className={props.wide ? 'y-form wide' : 'y-form'} ref={root} onSubmit={submit} noValidate>
      {draft && (
        <div className="y-form-draft">
          <Icon name="edit" size="s" />
          {t('ui.form.draft', { at: `${monthDay(draft.at)} ${hourMinute(draft.at)}` })}
          <button
            type="button"
            onClick={() => {
              if (draftKey) dropDraft(draftKey)
              setDraft(undefined)
              setValues(startValues(schema, props.given))
              setFiles({})
            }}
          >
            {t('ui.form.dropDraft')}
          </button>
        </div>
      )}
      {orderedFields(schema).map(([key, field]) => (
        <Field
          key={key}
          name={key}
          id={`${form}-${key}`}
          schema={field}
          required={schema.required?.includes(key) ?? false}
          problem={problemOf(key)}
          title={fieldTitle(field, key, language)}
          help={fieldHelp(field, language)}
          value={values[key]}
          files={files[key] ?? []}
          onChange={(value) => set(key, value)}
          onFiles={(list, many) => setFile(key, list, many)}
        />
      ))}
      {props.extra}
      <div className="y-form-foot">
        {props.onCancel && (
          <button type="button" className="y-btn" onClick={props.onCancel}>
            {t('ui.form.cancel')}
          </button>
        )}
        <button type="submit" className="y-btn pri" disabled={props.busy}>
          {props.busy ? t('ui.form.sending') : props.submitLabel}
        </button>
      </div>
    </form>
  )
}

interface FieldProps {
  name: string
  id: string
  schema: FieldSchema
  required: boolean
  problem: string | undefined
  title: string
  help: string | undefined
  value: unknown
  files: UploadedFile[]
  onChange: (value: unknown) => void
  onFiles: (files: UploadedFile[], many: boolean) => void
}

function Field(props: FieldProps) {
  const { id, schema, title, help, problem, required } = props
  const { t, language } = useText()
  const kind = fieldKind(schema)
  const options = kind === 'choice' || kind === 'choices' ? optionsOf(schema, language) : []
  const grouped =
    kind === 'yesno' ||
    kind === 'hours' ||
    (kind === 'choice' && fitsInView(options)) ||
    (kind === 'choices' && options.length <= 8)
  const full = kind === 'textarea' || kind === 'file' || kind === 'files'
  const describedBy = [help ? `${id}-help` : '', problem ? `${id}-err` : ''].filter(Boolean).join(' ') || undefined
  const label = (
    <>
      {title}
      {required && (
        <span className="req" title={t('ui.form.mustFill')}>
          *<span className="y-vh">{t('ui.form.mustFill')}</span>
        </span>
      )}
    </>
  )
  const most = kind === 'textarea' ? schema.maxLength : undefined
  const notes = (
    <>
      {(help || most) && (
        <span className="under">
          {help && (
            <span className="help" id={`${id}-help`}>
              {help}
            </span>
          )}
          {most && (
            <span className="count" aria-hidden="true">
              {[...((props.value as string | undefined) ?? '')].length} / {most}
            </span>
          )}
        </span>
      )}
      {problem && (
        <span className="err" id={`${id}-err`} role="alert">
          <Icon name="warn" size="s" />
          {problem}
        </span>
      )}
    </>
  )
  const control = <Control {...props} kind={kind} options={options} describedBy={describedBy} />
  return grouped ? (
    <fieldset className={full ? 'y-field full' : 'y-field'} data-field={props.name} aria-describedby={describedBy}>
      <legend>{label}</legend>
      {control}
      {notes}
    </fieldset>
  ) : (
    <div className={full ? 'y-field full' : 'y-field'} data-field={props.name}>
      <label htmlFor={id}>{label}</label>
      {control}
      {notes}
    </div>
  )
}

function Control({
  id,
  schema,
  kind,
  options,
  problem,
  value,
  files,
  onChange,
  onFiles,
  describedBy,
}: FieldProps & {
  kind: ReturnType<typeof fieldKind>
  options: ReturnType<typeof optionsOf>
  describedBy: string | undefined
}) {
  const { t } = useText()
  const status = problem ? ({ status: 'error' } as const) : {}
  const about = { id, 'aria-describedby': describedBy, 'aria-invalid': problem ? (true as const) : undefined }
  switch (kind) {
    case 'textarea':
      return (
        <Input.TextArea
          {...about}
          {...status}
          value={(value as string) ?? ''}
          autoSize={{ minRows: schema['x-rows'] ?? 3, maxRows: 12 }}
          {...(schema.maxLength ? { maxLength: schema.maxLength } : {})}
          onChange={(event) => onChange(event.target.value)}
        />
      )
    case 'number':
      return (
        <InputNumber
          {...about}
          {...status}
          value={(value as number | undefined) ?? null}
          {...(schema.type === 'integer' ? { precision: 0 } : {})}
          style={{ width: 200 }}
          onChange={(v) => onChange(v ?? undefined)}
        />
      )
    case 'choice':
      return fitsInView(options) ? (
        <Radio.Group
          options={options}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          style={{ minHeight: 28, alignItems: 'center' }}
        />
      ) : (
        <Select
          {...about}
          {...status}
          value={(value as string | undefined) ?? null}
          options={options}
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('ui.form.choose')}
          onChange={(v) => onChange(v ?? undefined)}
        />
      )
    case 'choices':
      return options.length <= 8 ? (
        <Checkbox.Group options={options} value={(value as string[]) ?? []} onChange={onChange} />
      ) : (
        <Select
          {...about}
          {...status}
          mode="multiple"
          value={(value as string[]) ?? []}
          options={options}
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('ui.form.choose')}
          onChange={onChange}
        />
      )
    case 'lines':
      return <LinesField about={{ ...about, ...status }} value={(value as string[]) ?? []} onChange={onChange} />
    case 'words':
      return (
        <Select
          {...about}
          {...status}
          mode="tags"
          open={false}
          suffixIcon={null}
          value={(value as string[]) ?? []}
          tokenSeparators={['，', '、', ',', ';', '；']}
          placeholder={t('ui.form.words')}
          onChange={onChange}
        />
      )
    case 'yesno':
      return (
        <Radio.Group
          options={[
            { value: true, label: t('ui.yes') },
            { value: false, label: t('ui.no') },
          ]}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          style={{ minHeight: 28, alignItems: 'center' }}
        />
      )
    case 'date':
      return (
        <DatePicker
          {...about}
          {...status}
          value={value ? dayjs(value as string) : null}
          format="YYYY-MM-DD"
          onChange={(v) => onChange(v ? v.format('YYYY-MM-DD') : undefined)}
          style={{ width: 200 }}
        />
      )
    case 'datetime':
      return (
        <DatePicker
          {...about}
          {...status}
          showTime={{ format: 'HH:mm' }}
          value={value ? dayjs(value as string) : null}
          format="YYYY-MM-DD HH:mm"
          onChange={(v) => onChange(v ? v.toDate().toISOString() : undefined)}
          style={{ width: 220 }}
        />
      )
    case 'hours':
      return (
        <HoursField
          id={id}
          value={(value as HoursRow[] | undefined) ?? []}
          max={schema.maxItems ?? 6}
          describedBy={describedBy}
          invalid={Boolean(problem)}
          onChange={onChange}
        />
      )
    case 'file':
    case 'files':
      return (
        <FileField
          id={id}
          value={files}
          many={kind === 'files'}
          accept={schema['x-accept'] ?? schema.items?.['x-accept']}
          max={schema.maxItems}
          describedBy={describedBy}
          onChange={(list) => onFiles(list, kind === 'files')}
        />
      )
    case 'unit':
    case 'units':
    case 'account':
    case 'accounts':
    case 'class':
    case 'case':
      return (
        <Remote
          id={id}
          kind={kind}
          role={schema['x-role']}
          value={value}
          onChange={onChange}
          describedBy={describedBy}
        />
      )
    default:
      return (
        <Input
          {...about}
          {...status}
          value={(value as string) ?? ''}
          {...(schema.maxLength ? { maxLength: schema.maxLength } : {})}
          onChange={(event) => onChange(event.target.value)}
        />
      )
  }
}

/** Several sentences, one to a line; an empty line is none. */
function LinesField({
  about,
  value,
  onChange,
}: {
  about: Record<string, unknown>
  value: string[]
  onChange: (value: unknown) => void
}) {
  const { t } = useText()
  const [typed, setTyped] = useState(value.join('\n'))
  const linesOf = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  const given = value.join('\n')
  // What comes from outside (a draft) shows; what is being typed stays as it is.
  useEffect(() => {
    setTyped((text) => (linesOf(text).join('\n') === given ? text : given))
  }, [given])
  return (
    <Input.TextArea
      {...about}
      autoSize={{ minRows: 3, maxRows: 10 }}
      placeholder={t('ui.form.lines')}
      value={typed}
      onChange={(event) => {
        setTyped(event.target.value)
        onChange(linesOf(event.target.value))
      }}
    />
  )
}

function Remote({
  id,
  kind,
  role,
  value,
  onChange,
  describedBy,
}: {
  id: string
  kind: 'unit' | 'units' | 'account' | 'accounts' | 'class' | 'case'
  role: string | undefined
  value: unknown
  onChange: (value: unknown) => void
  describedBy: string | undefined
}) {
  const services = useFormServices()
  return (
    <RemoteSelect
      id={id}
      value={value}
      many={kind === 'units' || kind === 'accounts'}
      find={
        kind === 'class'
          ? services.findClasses
          : kind === 'case'
            ? services.findCases
            : kind === 'unit' || kind === 'units'
              ? services.findUnits
              : (text) => services.findAccounts(text, role)
      }
      onChange={onChange}
      describedBy={describedBy}
    />
  )
}
