import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import type { RouteOutput } from '#platform/contract/route.ts'
import { ApiError } from '#ui/api/api-error.ts'
import { call, newKey } from '#ui/api/client.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { Bones } from '#ui/mobile/Bones.tsx'
import { Failure } from '#ui/mobile/Failure.tsx'
import { Screen } from '#ui/mobile/Screen.tsx'
import { useLoad } from '#ui/mobile/use-load.ts'
import { judgePublicly, listPublicAnswers } from '../public-routes.ts'

type Answer = RouteOutput<typeof listPublicAnswers>['items'][number]

const SETTLE_MS = 400

/** Answers to what is asked again and again: searched in one's own words, or looked through by topic. */
export default function AnswersScreen() {
  const { t } = useText()
  const [params, setParams] = useSearchParams()
  const line = params.get('line') ?? ''
  const [typed, setTyped] = useState(params.get('q') ?? '')
  const [q, setQ] = useState(typed)
  useEffect(() => {
    const timer = setTimeout(() => setQ(typed.trim().slice(0, 100)), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [typed])
  const [load, again] = useLoad(`${q} ${line}`, (signal) =>
    call(listPublicAnswers, { ...(q ? { q } : {}), ...(line ? { line } : {}) }, { signal }),
  )
  const topics = load.value?.topics ?? []
  return (
    <Screen title={t('knowledge.m.title')} back="/">
      <section className="m-card">
        <label className="m-label" htmlFor="answers-q">
          {t('knowledge.m.ask')}
        </label>
        <input
          id="answers-q"
          className="m-input"
          type="search"
          maxLength={100}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <p className="m-small" style={{ marginTop: 6 }}>
          {t('knowledge.m.hint')}
        </p>
        {topics.length > 0 && (
          <div className="m-btns" style={{ flexWrap: 'wrap', marginTop: 10 }}>
            <button
              type="button"
              className={line ? 'm-btn' : 'm-btn pri'}
              aria-pressed={!line}
              onClick={() => setParams({}, { replace: true })}
            >
              {t('knowledge.m.all')}
            </button>
            {topics.map((topic) => (
              <button
                key={topic.code}
                type="button"
                className={line === topic.code ? 'm-btn pri' : 'm-btn'}
                aria-pressed={line === topic.code}
                onClick={() => setParams({ line: topic.code }, { replace: true })}
              >
                {topic.name}
              </button>
            ))}
          </div>
        )}
      </section>
      {load.error && !load.value && <Failure error={load.error} onAgain={again} />}
      {!load.value && load.loading && <Bones heights={[64, 64, 64]} slow={load.slow} />}
      {load.value && load.value.items.length === 0 && (
        <section className="m-card" role="status">
          <h2>{t('knowledge.m.none')}</h2>
          <p className="m-note">{t('knowledge.m.none.do')}</p>
          <Link className="m-btn pri wide" style={{ marginTop: 12 }} to="/report">
            {t('knowledge.m.report')}
          </Link>
        </section>
      )}
      {load.value && load.value.items.length > 0 && (
        <section className="m-card m-rows" aria-label={t('knowledge.m.title')}>
          {load.value.items.map((answer, i) => (
            <AnswerRow key={answer.id} answer={answer} open={i === 0 && q !== ''} />
          ))}
        </section>
      )}
    </Screen>
  )
}

function AnswerRow({ answer, open }: { answer: Answer; open: boolean }) {
  const { t } = useText()
  return (
    <details open={open || undefined}>
      <summary className="m-row">
        <span className="y-grow">
          <b>{answer.question}</b>
          <small>
            {[answer.lineName, answer.illustrative ? t('knowledge.m.demo') : null].filter(Boolean).join(' · ')}
          </small>
        </span>
        <span className="turn" aria-hidden="true">
          <Icon name="right" size="s" />
        </span>
      </summary>
      <div style={{ paddingBottom: 14 }}>
        <p style={{ whiteSpace: 'pre-line', lineHeight: 1.7 }}>{answer.answer}</p>
        <p className="m-small" style={{ marginTop: 8 }}>
          {t('knowledge.m.by', { unit: answer.ownerUnit, basis: answer.basis })}
          {answer.basisRead || answer.basis.includes('待核实') ? '' : t('knowledge.m.unchecked')}
        </p>
        <Judge id={answer.id} />
      </div>
    </details>
  )
}

/** It helped, or it is wrong: what is wrong goes to who keeps the answer. */
function Judge({ id }: { id: number }) {
  const { t } = useText()
  const [state, setState] = useState<'open' | 'wrong' | 'busy' | 'done'>('open')
  const [words, setWords] = useState('')
  const [failed, setFailed] = useState<ApiError>()
  const key = useRef(newKey())
  async function send(verdict: 'helpful' | 'wrong') {
    setState('busy')
    setFailed(undefined)
    try {
      await call(
        judgePublicly,
        { articleId: id, verdict, ...(verdict === 'wrong' ? { words: words.trim() } : {}) },
        { idempotencyKey: key.current },
      )
      setState('done')
    } catch (error) {
      key.current = newKey()
      setFailed(error instanceof ApiError ? error : new ApiError('screen.timeout', 0))
      setState(verdict === 'wrong' ? 'wrong' : 'open')
    }
  }
  if (state === 'done')
    return (
      <p className="m-small" role="status" style={{ marginTop: 8 }}>
        {t('knowledge.m.thanks')}
      </p>
    )
  return (
    <>
      {failed && <Failure error={failed} />}
      {state === 'wrong' ? (
        <form
          style={{ marginTop: 8 }}
          onSubmit={(event: FormEvent) => {
            event.preventDefault()
            if (words.trim().length >= 2) void send('wrong')
          }}
        >
          <label className="m-label" htmlFor={`wrong-${id}`}>
            {t('knowledge.m.wrongWords')}
          </label>
          <textarea
            id={`wrong-${id}`}
            className="m-input"
            rows={2}
            maxLength={500}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
          <button type="submit" className="m-btn pri" style={{ marginTop: 8 }} aria-disabled={words.trim().length < 2}>
            {t('knowledge.m.send')}
          </button>
        </form>
      ) : (
        <div className="m-btns" style={{ marginTop: 8 }}>
          <button type="button" className="m-btn" aria-disabled={state === 'busy'} onClick={() => void send('helpful')}>
            {t('knowledge.m.helpful')}
          </button>
          <button type="button" className="m-btn" onClick={() => setState('wrong')}>
            {t('knowledge.m.wrong')}
          </button>
        </div>
      )}
    </>
  )
}
