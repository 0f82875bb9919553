import { lazy, type ReactNode, Suspense } from 'react'
import type { Route, RouteInput, RouteOutput } from '#platform/contract/route.ts'
import { ApiError } from '#ui/api/api-error.ts'
import { useCommand } from '#ui/api/use-api.ts'
import { dropDraft } from '#ui/schema-form/drafts.ts'
import type { FormSchema } from '#ui/schema-form/form-schema.ts'

const FormDrawer = lazy(() => import('#ui/schema-form/FormDrawer.tsx'))

/** A command with its form in a drawer: what is filled in and what is fixed go to the route together. */
export function CommandDrawer<R extends Route>({
  route,
  title,
  note,
  schema,
  fixed,
  given,
  shape,
  draftKey,
  submitLabel = title,
  extra,
  onChange,
  onDone,
  onClose,
}: {
  route: R
  title: string
  note?: ReactNode
  schema: FormSchema
  /** Part of the input that nobody fills in: ids, versions. */
  fixed: Record<string, unknown>
  given?: Record<string, unknown>
  /** Turns what was filled in into what the route wants, where the two differ. */
  shape?: (form: Record<string, unknown>) => Record<string, unknown>
  draftKey?: string
  /** The title if the button says the same. */
  submitLabel?: string
  /** Below the fields, e.g. what would follow from what is filled in so far. */
  extra?: ReactNode
  onChange?: (form: Record<string, unknown>) => void
  onDone: (output: RouteOutput<R>) => void
  onClose: () => void
}) {
  const command = useCommand(route, (output) => {
    if (draftKey) dropDraft(draftKey)
    onDone(output)
  })
  const problem = command.error instanceof ApiError ? command.error : undefined
  return (
    <Suspense fallback={null}>
      <FormDrawer
        open
        title={title}
        note={note}
        error={command.error && (!problem || problem.fields.length === 0) ? command.error : undefined}
        schema={schema}
        {...(given ? { given } : {})}
        draftKey={draftKey}
        extra={extra}
        {...(onChange ? { onChange } : {})}
        problems={problem?.fields ?? []}
        busy={command.isPending}
        submitLabel={submitLabel}
        onClose={onClose}
        onSubmit={(form) => command.mutate({ ...fixed, ...(shape ? shape(form) : form) } as RouteInput<R>)}
      />
    </Suspense>
  )
}
