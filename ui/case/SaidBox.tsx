import '#ui/case/CasePage.css'
import { Fragment, type ReactNode } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'

export interface Request {
  no: number
  /** Where in the text it is said; marks must not overlap. */
  from?: number
  to?: number
  title: string
  answer: ReactNode
}

const circled = '①②③④⑤⑥⑦⑧⑨'

/** What was reported, in the reporter's own words, cut into numbered requests where somebody has done so. */
export function SaidBox({
  title,
  who,
  text,
  requests = [],
}: {
  title?: string
  who?: string
  text: string
  requests?: readonly Request[]
}) {
  const { t } = useText()
  const marks = requests
    .filter((r) => r.from !== undefined && r.to !== undefined && r.to > r.from)
    .sort((a, b) => a.from! - b.from!)
  const parts: ReactNode[] = []
  let at = 0
  for (const mark of marks) {
    if (mark.from! < at) continue
    parts.push(
      <Fragment key={mark.no}>
        {text.slice(at, mark.from)}
        <mark>{text.slice(mark.from, mark.to)}</mark>
        <sup>{circled[mark.no - 1] ?? mark.no}</sup>
      </Fragment>,
    )
    at = mark.to!
  }
  return (
    <>
      <section>
        <h2 className="y-sec">
          {title ?? t('ui.case.said')} {who && <small>{who}</small>}
        </h2>
        <p className="y-said">
          “{parts}
          {text.slice(at)}”
        </p>
      </section>
      {requests.length > 0 && (
        <section className="y-asks" aria-label={t('ui.case.requests')}>
          {requests.map((r) => (
            <div className="y-ask" key={r.no}>
              <span className="y-no">{r.no}</span>
              <span>
                <b className="y-b">{r.title}</b> {r.answer}
              </span>
            </div>
          ))}
        </section>
      )}
    </>
  )
}
