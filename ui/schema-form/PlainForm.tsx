import { SchemaForm, type SchemaFormProps } from '#ui/schema-form/SchemaForm.tsx'
import { AntdTheme } from '#ui/theme/AntdTheme.tsx'

/** A form that stands on the page itself. */
export default function PlainForm(props: SchemaFormProps) {
  return (
    <AntdTheme>
      <SchemaForm {...props} />
    </AntdTheme>
  )
}
