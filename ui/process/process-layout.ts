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
  /** Leads to an earlier or the same column: drawn apart from the way on. */
  back: boolean
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

/**
 * Columns follow the phases, left to right; inside a phase states stand under one another in the order in which they are
 * first reached. Official phases are what people know a flow by, so they carry the drawing rather than graph depth.
 */
export function layOutProcess(definition: DrawnDefinition): ProcessLayout {
  const phaseOrder = new Map(definition.phases.map((p, i) => [p.key, i]))
  const used = [...new Set(Object.values(definition.states).map((s) => s.phase))].sort(
    (a, b) => (phaseOrder.get(a) ?? 99) - (phaseOrder.get(b) ?? 99),
  )
  const columnOf = new Map(used.map((phase, i) => [phase, i]))
  const steps = stepsOf(definition)
  const reached: string[] = []
  const queue = [definition.initial]
  while (queue.length > 0) {
    const state = queue.shift()!
    if (reached.includes(state) || !definition.states[state]) continue
    reached.push(state)
    for (const step of steps) if (step.from === state) queue.push(step.to)
  }
  for (const state of Object.keys(definition.states)) if (!reached.includes(state)) reached.push(state)

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
  for (const step of steps) {
    const key = `${step.from}>${step.to}`
    const edge = edges.get(key)
    if (edge) {
      if (!edge.actions.includes(step.action)) edge.actions.push(step.action)
      continue
    }
    const a = at.get(step.from)!
    const b = at.get(step.to)!
    edges.set(key, {
      from: step.from,
      to: step.to,
      actions: [step.action],
      back: b.column < a.column || (b.column === a.column && b.row < a.row),
    })
  }
  return { nodes, edges: [...edges.values()], columns: used.length, rows: Math.max(1, ...rowsIn.values()) }
}
