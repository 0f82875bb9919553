import { Drawer } from 'antd'
import type { ReactNode } from 'react'
import { SchemaForm, type SchemaFormProps } from '#ui/schema-form/SchemaForm.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { AntdTheme } from '#ui/theme/AntdTheme.tsx'

/** A form beside the page it belongs to, so that what is being decided stays in view. */
export default function FormDrawer({
  open,
  title,
  note,
  error,
  onClose,
  ...form
}: {
  open: boolean
  title: string
  note?: ReactNode
  /** An error that belongs to no field. */
  error?: unknown
  onClose: () => void
} & SchemaFormProps) {
  return (
    <AntdTheme>
      <Drawer open={open} title={title} size={520} onClose={onClose} destroyOnHidden>
        {note}
        {error ? <ErrorState tight error={error} /> : null}
        <SchemaForm {...form} onCancel={onClose} />
      </Drawer>
    </AntdTheme>
  )
}
