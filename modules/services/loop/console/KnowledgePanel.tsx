import { searchArticles } from '#modules/services/knowledge/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'

/** Answers to read out while the caller is on the line; the one that was used is chosen. */
export function KnowledgePanel({
  text,
  chosen,
  onChoose,
}: {
  text: string
  chosen: number | undefined
  onChoose: (id: number | undefined) => void
}) {
  const { t } = useText()
  const enough = [...text].length >= 2
  const hits = useApi(searchArticles, { text: enough ? text : '—', limit: 4 }, { enabled: enough, staleTime: 60_000 })
  const items = enough ? (hits.data?.items ?? []) : []
  return (
    <section className="box" aria-label={t('loop.desk.knowledge')} aria-live="polite">
      <h2 className="y-sec">
        {t('loop.desk.knowledge')} {items.length > 0 && <small>{t('loop.desk.knowledgeHelp')}</small>}
      </h2>
      {hits.error && !hits.data ? <ErrorState tight error={hits.error} /> : null}
      {items.length === 0 && !hits.isLoading && <p className="y-xs y-muted">{t('loop.desk.knowledge.none')}</p>}
      {items.map((hit, place) => {
        const open = chosen === hit.id || (chosen === undefined && place === 0)
        return (
          <button
            key={hit.id}
            type="button"
            className="hit"
            aria-pressed={chosen === hit.id}
            onClick={() => onChoose(chosen === hit.id ? undefined : hit.id)}
          >
            <b className="y-b">{hit.question}</b>
            {open && <span className="answer">{hit.answer}</span>}
            <span className="y-xs y-muted">
              {[
                hit.lineName,
                hit.basis,
                hit.basisRead || hit.basis.includes('待核实') ? null : t('loop.desk.unchecked'),
                hit.illustrative ? t('loop.desk.demo') : null,
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </button>
        )
      })}
    </section>
  )
}
