/** One hop of a case: what was done, by whom, and how long the case had waited for it. */
export interface TraceHop {
  id: string | number
  at: string
  what: string
  who: string
  note?: string | null
  /** key: decides something; back: sent back or failed; plain otherwise. */
  mark: 'plain' | 'key' | 'back'
  phase: string
  /** Why it went where it went, in words; the first sentence names the outcome. */
  why?: { title: string; text: string } | null
  /** What was filled in, as label and value. */
  details?: { label: string; value: string }[]
  /** When the phone took it down, if it reached the server later. */
  deviceAt?: string | null
}

export interface TimedHop extends TraceHop {
  /** Since the hop before; undefined for the first. */
  waitedMs: number | undefined
}

export interface TracePhase {
  /** Unique in the trace: a phase can come back after rework. */
  id: string
  names: string[]
  hops: TimedHop[]
  /** From the end of the phase before to the last hop of this one. */
  ms: number
  day: string
}

/** Adds to every hop how long the case had waited for it. Hops come in the order in which they happened. */
export function timeHops(hops: readonly TraceHop[]): TimedHop[] {
  return hops.map((hop, i) => ({
    ...hop,
    waitedMs: i === 0 ? undefined : Math.max(0, Date.parse(hop.at) - Date.parse(hops[i - 1]!.at)),
  }))
}

/** Neighbouring hops of one phase belong together; very short phases join the one before, so that headings stay few. */
export function groupHops(
  hops: readonly TraceHop[],
  nameOf: (phase: string) => string,
  dayOf: (at: string) => string,
): TracePhase[] {
  const phases: TracePhase[] = []
  let last: string | undefined
  for (const hop of timeHops(hops)) {
    const open = phases.at(-1)
    if (open && last === hop.phase) {
      open.hops.push(hop)
      open.ms += hop.waitedMs ?? 0
    } else if (open && open.hops.length < 3) {
      open.names.push(nameOf(hop.phase))
      open.hops.push(hop)
      open.ms += hop.waitedMs ?? 0
    } else {
      phases.push({
        id: String(hop.id),
        names: [nameOf(hop.phase)],
        hops: [hop],
        ms: hop.waitedMs ?? 0,
        day: dayOf(hop.at),
      })
    }
    last = hop.phase
  }
  for (const phase of phases) phase.names = [...new Set(phase.names)].filter(Boolean)
  return phases
}

/**
 * Which phases begin folded: when the trace is long, all but the last that together show about a dozen hops. The phase that
 * says why the case went where it went stays open.
 */
export function foldedAtFirst(phases: readonly TracePhase[], room = 14): Set<string> {
  const folded = new Set<string>()
  let shown = 0
  const explained = phases.findLast((phase) => phase.hops.some((hop) => hop.why))
  for (const phase of [...phases].reverse()) {
    if (shown > 0 && shown + phase.hops.length > room && phase !== explained) folded.add(phase.id)
    shown += phase.hops.length
  }
  return folded
}
