import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { changePassword, getMe } from '#platform/auth/contract.ts'
import { ApiError } from '#ui/api/api-error.ts'
import { useCommand } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

const PasswordForm = lazy(() => import('./PasswordForm.tsx'))

/** One's own password: the form, what is wrong with it, and that it is done. */
export function ChangePassword() {
  const { t } = useText()
  const queryClient = useQueryClient()
  const [done, setDone] = useState(0)
  const change = useCommand(changePassword, () => {
    setDone((n) => n + 1)
    void queryClient.invalidateQueries({ queryKey: [getMe.name] })
  })
  const problem = change.error instanceof ApiError ? change.error : undefined
  return (
    <>
      {problem && problem.fields.length === 0 && <ErrorState tight error={problem} />}
      {done > 0 && !change.isPending && !problem && (
        <p className="y-tag pri" role="status">
          {t('console.account.changed')}
        </p>
      )}
      <Suspense fallback={<TextSkeleton lines={3} />}>
        <PasswordForm
          key={done}
          busy={change.isPending}
          problems={problem?.fields ?? []}
          onSubmit={(old, fresh) => change.mutate({ old, fresh })}
        />
      </Suspense>
    </>
  )
}
