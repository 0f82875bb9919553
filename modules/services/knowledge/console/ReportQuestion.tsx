import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { countConsultations, listConsultations } from '#modules/services/knowledge/contract.ts'
import { reportConsultation } from '#modules/services/loop/contract.ts'
import { useCommand } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { useErrorWords } from '#ui/state/ErrorState.tsx'

/** A question that nobody could answer: one press makes a report of it, with all that was said. */
export function ReportQuestion({ id }: { id: number }) {
  const { t } = useText()
  const navigate = useNavigate()
  const words = useErrorWords()
  const queryClient = useQueryClient()
  const send = useCommand(reportConsultation, (made) => {
    for (const route of [listConsultations, countConsultations])
      void queryClient.invalidateQueries({ queryKey: [route.name] })
    navigate(`/cases/${made.id}`)
  })
  return (
    <>
      <button type="button" className="y-btn sm" disabled={send.isPending} onClick={() => send.mutate({ id })}>
        {t('knowledge.makeReport')}
      </button>
      {send.error && (
        <span className="n" role="alert">
          {words(send.error).message}
        </span>
      )}
    </>
  )
}
