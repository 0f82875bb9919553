import './DefinitionEditor.css'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import type { RouteOutput } from '#platform/contract/route.ts'
import {
  checkDefinition,
  getDefinition,
  listDefinitions,
  publishDefinition,
  saveDefinition,
} from '#platform/process/contract.ts'
import { useCommand } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'

type Finding = RouteOutput<typeof checkDefinition>['findings'][number]

/** The definition as data: read by all, changed by those who manage flows. A change is a draft until it passes every check. */
export default function DefinitionEditor({ row }: { row: RouteOutput<typeof getDefinition> }) {
  const { t, has } = useText()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const [source, setSource] = useState(() => JSON.stringify(row.body, null, 2))
  const [note, setNote] = useState('')
  const [broken, setBroken] = useState<string>()
  const [findings, setFindings] = useState<Finding[]>()
  const refresh = () => {
    void queryClient.invalidateQueries({ queryKey: [listDefinitions.name] })
    void queryClient.invalidateQueries({ queryKey: [getDefinition.name] })
  }
  const check = useCommand(checkDefinition, (output) => setFindings(output.findings))
  const save = useCommand(saveDefinition, (output) => {
    setFindings(output.findings)
    refresh()
    navigate(`/processes/${output.id}`)
  })
  const publish = useCommand(publishDefinition, refresh)
  const problem = check.error ?? save.error ?? publish.error

  function parsed(): Record<string, unknown> | undefined {
    try {
      const value = JSON.parse(source) as Record<string, unknown>
      setBroken(undefined)
      return value
    } catch (error) {
      setBroken(error instanceof Error ? error.message : String(error))
      return undefined
    }
  }
  if (!row.can.manage)
    return (
      <textarea
        className="y-code"
        readOnly
        value={source}
        aria-label={t('console.process.view.source')}
        spellCheck={false}
      />
    )
  return (
    <>
      <div className="y-row" style={{ paddingBottom: 8, flexWrap: 'wrap' }}>
        <button
          type="button"
          className="y-btn sm"
          disabled={check.isPending}
          onClick={() => {
            const body = parsed()
            if (body) check.mutate({ body })
          }}
        >
          <Icon name="check" size="s" />
          {t('console.process.check')}
        </button>
        <input
          className="y-chip"
          style={{ width: 280, border: 0 }}
          value={note}
          maxLength={500}
          placeholder={t('console.process.changeHint')}
          aria-label={t('console.process.change')}
          onChange={(event) => setNote(event.target.value)}
        />
        <button
          type="button"
          className="y-btn sm soft"
          disabled={save.isPending || note.trim() === ''}
          onClick={() => {
            const body = parsed()
            if (body) save.mutate({ body, note: note.trim() })
          }}
        >
          {t('console.process.saveDraft')}
        </button>
        {row.status === 'draft' && (
          <button
            type="button"
            className="y-btn sm pri"
            disabled={publish.isPending}
            onClick={() => publish.mutate({ definitionId: row.id })}
          >
            {t('console.process.publish')}
          </button>
        )}
        <span className="y-xs y-muted">{t('console.process.publishNote')}</span>
      </div>
      {broken && (
        <p className="y-sm" style={{ color: 'var(--y-sev-red)' }} role="alert">
          {t('console.process.notJson')} <code lang="en">{broken}</code>
        </p>
      )}
      {problem ? <ErrorState tight error={problem} /> : null}
      {findings && (
        <ul className="y-findings" aria-label={t('console.process.findings')}>
          {findings.length === 0 && (
            <li>
              <Icon name="check" size="s" />
              {t('console.process.allGood')}
            </li>
          )}
          {findings.map((f) => (
            <li key={`${f.path}-${f.code}`} className={f.level}>
              <Icon name="warn" size="s" />
              <code>{f.path}</code>
              <span>{has(f.code) ? t(f.code, f.params) : `${f.code} ${Object.values(f.params).join(' ')}`}</span>
            </li>
          ))}
        </ul>
      )}
      <textarea
        className="y-code"
        value={source}
        spellCheck={false}
        aria-label={t('console.process.view.source')}
        onChange={(event) => setSource(event.target.value)}
      />
    </>
  )
}
