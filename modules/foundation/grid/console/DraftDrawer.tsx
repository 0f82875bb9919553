import type { ReactNode } from 'react'
import { useNavigate } from 'react-router'
import { draftChange } from '#modules/foundation/grid/contract.ts'
import type { RouteInput } from '#platform/contract/route.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'

/** Asks for title and basis of a plan, keeps it as a draft and opens it. */
export function DraftDrawer({
  heading,
  note,
  title,
  change,
  onClose,
}: {
  heading: string
  note?: ReactNode
  /** Proposed title of the draft. */
  title: string
  change: Omit<RouteInput<typeof draftChange>, 'title' | 'reason'>
  onClose: () => void
}) {
  const { t } = useText()
  const navigate = useNavigate()
  return (
    <CommandDrawer
      route={draftChange}
      title={heading}
      note={note}
      schema={{
        type: 'object',
        required: ['title', 'reason'],
        properties: {
          title: { type: 'string', title: t('grid.field.title'), minLength: 2, maxLength: 100 },
          reason: { type: 'string', format: 'multiline', title: t('grid.field.basis'), minLength: 2, maxLength: 500 },
        },
      }}
      given={{ title }}
      fixed={change}
      onClose={onClose}
      onDone={({ id }) => navigate(`/grids/changes/${id}`)}
    />
  )
}
