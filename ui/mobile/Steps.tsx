export interface Step {
  key: string
  name: string
  note?: string | null | undefined
  time: string
  /** Machine-readable time. */
  at: string
  now: boolean
}

/** What was done, one under the other; the step that is on now is marked by the warm accent and by the word. */
export function Steps({ steps, nowLabel }: { steps: readonly Step[]; nowLabel: string }) {
  return (
    <ol className="m-steps">
      {steps.map((step) => (
        <li key={step.key} className={step.now ? 'now' : undefined} aria-current={step.now ? 'step' : undefined}>
          <span>
            {step.now ? <b>{step.name}</b> : step.name}
            {step.now && <span className="y-vh">（{nowLabel}）</span>}
            {step.note && <small>{step.note}</small>}
          </span>
          <time dateTime={step.at}>{step.time}</time>
        </li>
      ))}
    </ol>
  )
}
