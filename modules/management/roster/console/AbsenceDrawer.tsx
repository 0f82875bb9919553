import { useState } from 'react'
import { enterAbsence, previewAbsence } from '#modules/management/roster/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'

const kinds = ['leave', 'trip', 'training', 'other'] as const

/** An absence with what follows from it: who stands in, which shifts and what work it touches. */
export function AbsenceDrawer({
  keeper,
  onClose,
  onDone,
}: {
  /** For somebody of a unit whose roster one keeps. */
  keeper: boolean
  onClose: () => void
  onDone: () => void
}) {
  const { t } = useText()
  const [form, setForm] = useState<Record<string, unknown>>({})
  const { since, until, accountId } = form as { since?: string; until?: string; accountId?: number }
  const ready = Boolean(since && until && since < until && (!keeper || accountId))
  const preview = useApi(
    previewAbsence,
    { since: since ?? '', until: until ?? '', ...(keeper && accountId ? { accountId } : {}) },
    { enabled: ready },
  )
  const found = ready ? preview.data : undefined
  return (
    <CommandDrawer
      route={enterAbsence}
      title={t('roster.absence.enter')}
      schema={{
        type: 'object',
        required: ['kind', 'since', 'until', ...(keeper ? ['accountId'] : [])],
        properties: {
          ...(keeper
            ? { accountId: { type: 'integer', format: 'account', title: t('roster.absence.who'), 'x-order': 0 } }
            : {}),
          kind: {
            type: 'string',
            title: t('roster.absence.kind'),
            enum: [...kinds],
            'x-names': kinds.map((kind) => t(`roster.kind.${kind}`)),
            'x-order': 1,
          },
          since: { type: 'string', format: 'date-time', title: t('roster.absence.since'), 'x-order': 2 },
          until: { type: 'string', format: 'date-time', title: t('roster.absence.until'), 'x-order': 3 },
          ...(keeper
            ? {
                withoutCover: {
                  type: 'boolean',
                  title: t('roster.absence.withoutCover'),
                  description: t('roster.absence.withoutCoverNote'),
                  'x-order': 4,
                },
              }
            : {}),
        },
      }}
      extra={
        found && (
          <div aria-live="polite" className="y-sm">
            {found.posts.map((post) => (
              <p key={post.postId}>
                {post.unit}
                {post.post}：
                {post.backup ? t('roster.absence.by', { name: post.backup.name }) : t('roster.absence.nobody')}
                {post.problem === 'absent' && <span className="y-tag warm">{t('roster.absence.absentToo')}</span>}
              </p>
            ))}
            {found.standsInFor.length > 0 && (
              <p>{t('roster.absence.standsIn', { posts: found.standsInFor.join('、') })}</p>
            )}
            {found.shifts.length > 0 && (
              <p>
                {t('roster.absence.shifts', {
                  shifts: found.shifts.map(({ day, shift }) => `${day} ${shift}`).join('、'),
                })}
              </p>
            )}
            <p>{t('roster.absence.work', { n: found.ownWork })}</p>
          </div>
        )
      }
      fixed={{}}
      onChange={setForm}
      onClose={onClose}
      onDone={onDone}
    />
  )
}
