import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { getEntry, logIn } from '#platform/auth/contract.ts'

import { ApiError } from '#ui/api/api-error.ts'
import { base } from '#ui/api/base.ts'
import { call } from '#ui/api/client.ts'
import { useApi } from '#ui/api/use-api.ts'
import { Login } from '#ui/shell/Login.tsx'
import { useErrorWords } from '#ui/state/ErrorState.tsx'

/** Only addresses inside the console may be gone on to, never another site. */
function safeNext(next: string | null): string {
  return next && /^\/(?!\/)/.test(next) ? next : '/'
}

export function LoginScreen() {
  const [params] = useSearchParams()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const door = useApi(getEntry, {}, { every: 5_000 })
  const words = useErrorWords()
  const [step, setStep] = useState<'password' | 'code'>('password')
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)

  async function enter(login: string, password: string, code?: string) {
    setBusy(true)
    setProblem(undefined)
    try {
      const answer = await call(logIn, { login, password, ...(code ? { code } : {}) })
      queryClient.clear()
      navigate(answer.mustChangePassword ? '/account' : safeNext(params.get('next')), { replace: true })
    } catch (error) {
      if (error instanceof ApiError && error.code === 'auth.code_needed') setStep('code')
      else setProblem(words(error).message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Login
      county={base().slug}
      counties={door.data?.counties ?? []}
      demo={door.data?.demo ?? undefined}
      loading={door.data?.loading ?? []}
      step={step}
      problem={problem}
      busy={busy}
      onCounty={(slug) => window.location.assign(`/${slug}/console/login`)}
      onLogin={(login, password, code) => void enter(login, password, code)}
      onBack={() => {
        setStep('password')
        setProblem(undefined)
      }}
    />
  )
}
