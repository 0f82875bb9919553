/** The part of a process definition that a drawing needs. */
export interface DrawnDefinition {
  initial: string
  phases: { key: string; name: Words }[]
  states: Record<string, { name: Words; phase: string; final?: boolean; parallel?: unknown; clock?: string }>
  actions: Record<
    string,
    {
      name: Words
      from: string[]
      to: string | { when?: string; to: string }[]
      kind: string
      who?: { system?: boolean }
    }
  >
}

export interface Words {
  'zh-CN': string
  en: string
}

export interface DrawnEdge {
  from: string
  to: string
  /** Keys of the actions that lead this way. */
  actions: string[]
  /** on: to a later column; down: to the state below; skip: past states below; up: inside a column; back: to an earlier column. */
  way: 'on' | 'down' | 'skip' | 'up' | 'back'
  /** Order among the edges that arrive at the same state this way, for keeping their words apart. */
  turn: number
}

export interface ProcessLayout {
  nodes: { state: string; column: number; row: number; phase: string }[]
  edges: DrawnEdge[]
  columns: number
  rows: number
}

/** All single steps of a definition; actions that stay where they are draw nothing. */
export function stepsOf(definition: DrawnDefinition): { action: string; from: string; to: string }[] {
  return Object.entries(definition.actions).flatMap(([action, def]) => {
    const targets = typeof def.to === 'string' ? [def.to] : def.to.map((t) => t.to)
    return def.from.flatMap((from) =>
      targets.filter((to) => to !== 'stay' && to !== from && definition.states[to]).map((to) => ({ action, from, to })),
    )
  })
}

/** States in the order of the main way first, then whatever else can be reached, then the rest. */
function orderStates(definition: DrawnDefinition): string[] {
  const steps = stepsOf(definition)
  const main = steps.filter((s) => definition.actions[s.action]!.kind === 'main')
  const order: string[] = []
  for (const ways of [main, steps]) {
    const queue = order.length > 0 ? [...order] : [definition.initial]
    const seen = new Set<string>()
    while (queue.length > 0) {
      const state = queue.shift()!
      if (seen.has(state) || !definition.states[state]) continue
      seen.add(state)
      if (!order.includes(state)) order.push(state)
      for (const step of ways) if (step.from === state) queue.push(step.to)
    }
  }
  return [...order, ...Object.keys(definition.states).filter((state) => !order.includes(state))]
}

/**
 * Columns follow the phases, left to right; inside a phase states stand under one another in the order in which they are
 * reached, the main way first. Official phases are what people know a flow by, so they carry the drawing rather than graph depth.
 */
export function layOutProcess(definition: DrawnDefinition, exits = true): ProcessLayout {
  const phaseOrder = new Map(definition.phases.map((p, i) => [p.key, i]))
  const steps = stepsOf(definition).filter((s) => exits || definition.actions[s.action]!.kind !== 'danger')
  const reached = orderStates(definition).filter(
    (state) => exits || state === definition.initial || steps.some((s) => s.from === state || s.to === state),
  )
  const used = [...new Set(reached.map((state) => definition.states[state]!.phase))].sort(
    (a, b) => (phaseOrder.get(a) ?? 99) - (phaseOrder.get(b) ?? 99),
  )
  const columnOf = new Map(used.map((phase, i) => [phase, i]))
  const rowsIn = new Map<number, number>()
  const nodes = reached.map((state) => {
    const phase = definition.states[state]!.phase
    const column = columnOf.get(phase) ?? 0
    const row = rowsIn.get(column) ?? 0
    rowsIn.set(column, row + 1)
    return { state, column, row, phase }
  })
  const at = new Map(nodes.map((n) => [n.state, n]))
  const edges = new Map<string, DrawnEdge>()
  const arrivals = new Map<string, number>()
  for (const step of steps) {
    const key = `${step.from}>${step.to}`
    const edge = edges.get(key)
    if (edge) {
      if (!edge.actions.includes(step.action)) edge.actions.push(step.action)
      continue
    }
    const a = at.get(step.from)
    const b = at.get(step.to)
    if (!a || !b) continue
    const way =
      b.column > a.column
        ? 'on'
        : b.column < a.column
          ? 'back'
          : b.row === a.row + 1
            ? 'down'
            : b.row > a.row
              ? 'skip'
              : 'up'
    const arrival = `${step.to}/${way}`
    const turn = arrivals.get(arrival) ?? 0
    arrivals.set(arrival, turn + 1)
    edges.set(key, { from: step.from, to: step.to, actions: [step.action], way, turn })
  }
  return { nodes, edges: [...edges.values()], columns: used.length, rows: Math.max(1, ...rowsIn.values()) }
}
