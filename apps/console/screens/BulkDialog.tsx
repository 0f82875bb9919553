import './BulkDialog.css'
import { useEffect, useRef, useState } from 'react'
import { actOnCaseRoute } from '#platform/process/contract.ts'
import { call, newKey } from '#ui/api/client.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { Severity } from '#ui/severity/Severity.tsx'
import { useErrorWords } from '#ui/state/ErrorState.tsx'
import { severityOf } from '../case-words.ts'
import type { ServerInboxItem } from './case-view.ts'

type State = 'waiting' | 'running' | 'done' | { problem: string }

/** One look at everything that is about to be done together; then one after the other, each with its own answer. */
export default function BulkDialog({ items, onClose }: { items: ServerInboxItem[]; onClose: (done: boolean) => void }) {
  const { t, language } = useText()
  const words = useErrorWords()
  const dialog = useRef<HTMLDialogElement>(null)
  const [states, setStates] = useState<Record<number, State>>({})
  const [running, setRunning] = useState(false)
  const stop = useRef(false)
  const keys = useRef(new Map<number, string>())
  useEffect(() => dialog.current?.showModal(), [])
  const action = items[0]?.actionName?.[language] ?? ''
  const finished = items.filter((i) => states[i.id] === 'done').length
  const open = items.filter((i) => states[i.id] !== 'done')

  async function run() {
    setRunning(true)
    stop.current = false
    for (const item of open) {
      if (stop.current) break
      setStates((s) => ({ ...s, [item.id]: 'running' }))
      const key = keys.current.get(item.id) ?? newKey()
      keys.current.set(item.id, key)
      try {
        await call(
          actOnCaseRoute,
          { id: item.caseId, action: item.action!, version: item.version },
          { idempotencyKey: key },
        )
        setStates((s) => ({ ...s, [item.id]: 'done' }))
      } catch (error) {
        setStates((s) => ({ ...s, [item.id]: { problem: words(error).message } }))
      }
    }
    setRunning(false)
  }
  return (
    <dialog
      className="y-dialog"
      ref={dialog}
      aria-label={t('console.bulk.preview', { action, n: items.length })}
      onClose={() => onClose(finished > 0)}
    >
      <header>
        <h2>{t('console.bulk.title', { action, n: items.length })}</h2>
        <p>
          {finished > 0 || running
            ? t('console.bulk.progress', { done: finished, n: items.length })
            : t('console.bulk.note')}
        </p>
      </header>
      <div className="body">
        <ul className="y-bulklist">
          {items.map((item) => {
            const state = states[item.id]
            return (
              <li key={item.id}>
                <Severity level={severityOf(item.severity)} />
                <span>
                  {item.title}
                  <small>{item.number}</small>
                </span>
                {state === 'done' ? (
                  <span className="y-tag pri">
                    <Icon name="check" size="s" />
                    {t('console.bulk.done')}
                  </span>
                ) : state === 'running' ? (
                  <span className="y-tag">{t('console.bulk.running')}</span>
                ) : typeof state === 'object' ? (
                  <span className="bad">{state.problem}</span>
                ) : null}
              </li>
            )
          })}
        </ul>
      </div>
      <footer>
        {running ? (
          <button
            type="button"
            className="y-btn"
            onClick={() => {
              stop.current = true
            }}
          >
            {t('console.bulk.stop')}
          </button>
        ) : (
          <button type="button" className="y-btn" onClick={() => dialog.current?.close()}>
            {t(finished > 0 ? 'ui.close' : 'ui.form.cancel')}
          </button>
        )}
        {open.length > 0 && (
          <button type="button" className="y-btn pri" disabled={running} onClick={() => void run()}>
            {finished > 0
              ? t('console.bulk.again', { n: open.length })
              : t('console.bulk.go', { action, n: items.length })}
          </button>
        )}
      </footer>
    </dialog>
  )
}
