import '@xyflow/react/dist/base.css'
import '#ui/process/ProcessDrawing.css'
import {
  BaseEdge,
  Controls,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  getSmoothStepPath,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react'
import { useMemo, useState } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { type DrawnDefinition, type DrawnEdge, layOutProcess } from '#ui/process/process-layout.ts'

const COLUMN = 208
const WIDEST_COLUMN = 320
const ROW = 104
/** Half the width of a state. */
const HALF = 61

interface StateData extends Record<string, unknown> {
  name: string
  note: string
  look: string
}

const sides = { l: Position.Left, r: Position.Right, t: Position.Top, b: Position.Bottom } as const

function StateNode({ data }: NodeProps<Node<StateData>>) {
  return (
    <div className={`y-state-node ${data.look}`}>
      {(Object.keys(sides) as (keyof typeof sides)[]).map((side) => (
        <Handle key={`in-${side}`} type="target" position={sides[side]} id={`in-${side}`} isConnectable={false} />
      ))}
      {data.name}
      {data.note && <small>{data.note}</small>}
      {(Object.keys(sides) as (keyof typeof sides)[]).map((side) => (
        <Handle key={`out-${side}`} type="source" position={sides[side]} id={`out-${side}`} isConnectable={false} />
      ))}
    </div>
  )
}

function PhaseNode({ data }: NodeProps<Node<{ name: string }>>) {
  return <div className="y-phase-node">{data.name}</div>
}

interface StepData extends Record<string, unknown> {
  label: string
  way: DrawnEdge['way']
  turn: number
  taken: boolean
  /** Height at which a way back runs. */
  lane: number
  /** Room between two columns. */
  gap: number
}

/** About how wide a label is, in pixels at 12 px: a Chinese sign takes twice a letter. */
function widthOf(label: string): number {
  return [...label].reduce((sum, sign) => sum + (/[\u2e80-\uffff]/.test(sign) ? 12 : 6.6), 0)
}

/** A line through points with rounded corners. */
function rounded(points: [number, number][], radius = 8): string {
  let d = `M${points[0]![0]} ${points[0]![1]}`
  for (let i = 1; i < points.length - 1; i++) {
    const [x, y] = points[i]!
    const toward = ([px, py]: [number, number]): [number, number] => {
      const length = Math.hypot(px - x, py - y) || 1
      const r = Math.min(radius, length / 2)
      return [x + ((px - x) / length) * r, y + ((py - y) / length) * r]
    }
    const [ax, ay] = toward(points[i - 1]!)
    const [bx, by] = toward(points[i + 1]!)
    d += `L${ax} ${ay}Q${x} ${y} ${bx} ${by}`
  }
  const [ex, ey] = points.at(-1)!
  return `${d}L${ex} ${ey}`
}

/** Words stand where the line arrives, so that lines that leave together are told apart. Ways back run below all states. */
function StepEdge(props: EdgeProps<Edge<StepData>>) {
  const { sourceX, sourceY, targetX, targetY } = props
  const { way, turn, taken, label, lane } = props.data!
  let path: string
  let x: number
  let y: number
  if (way === 'back') {
    const side = sourceX - HALF - 16
    const under = targetX + HALF + 16
    path = rounded([
      [sourceX, sourceY],
      [sourceX, sourceY + 12],
      [side, sourceY + 12],
      [side, lane],
      [under, lane],
      [under, targetY + 12],
      [targetX, targetY + 12],
      [targetX, targetY],
    ])
    x = (side + under) / 2
    y = lane
  } else {
    const spread = turn * 9
    const beside = Math.max(sourceX, targetX) + 18 + spread
    ;[path] = getSmoothStepPath({
      ...props,
      borderRadius: 8,
      ...(way === 'on' ? { centerX: targetX - props.data!.gap / 2 - spread } : {}),
      ...(way === 'skip' ? { centerX: beside } : {}),
      ...(way === 'up' ? { centerX: Math.min(sourceX, targetX) - 18 - spread } : {}),
    })
    x = way === 'on' ? targetX - props.data!.gap / 2 : way === 'up' ? targetX - 18 : way === 'skip' ? beside : targetX
    y = way === 'on' ? targetY - turn * 16 : (sourceY + targetY) / 2 + turn * 14
  }
  return (
    <>
      <BaseEdge path={path} markerEnd={props.markerEnd} style={props.style} />
      <EdgeLabelRenderer>
        {label && (
          <div
            className={`y-step ${way}${taken ? ' taken' : ''}`}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          >
            {label}
          </div>
        )}
      </EdgeLabelRenderer>
    </>
  )
}

const nodeTypes = { state: StateNode, phase: PhaseNode }
const edgeTypes = { step: StepEdge }

const handles: Record<DrawnEdge['way'], [string, string]> = {
  on: ['out-r', 'in-l'],
  down: ['out-b', 'in-t'],
  skip: ['out-r', 'in-r'],
  up: ['out-l', 'in-l'],
  back: ['out-b', 'in-b'],
}

/** A process definition as a drawing: phases from left to right, the way taken in blue, the ways back dashed, now in warm. */
export default function ProcessDrawing({
  definition,
  current,
  passed = [],
  height = 420,
}: {
  definition: DrawnDefinition
  current?: string | undefined
  passed?: readonly string[]
  height?: number | string
}) {
  const { t, language } = useText()
  const [exits, setExits] = useState(false)
  const hasExits = Object.values(definition.actions).some((a) => a.kind === 'danger')
  const layout = useMemo(() => layOutProcess(definition, exits), [definition, exits])
  const labelOf = useMemo(() => {
    const labels = new Map<DrawnEdge, string>()
    for (const edge of layout.edges) {
      const names = edge.actions.map((a) => definition.actions[a]?.name[language] ?? a)
      labels.set(
        edge,
        names.length > 2 ? t('ui.process.more', { first: names[0], n: names.length }) : names.join(' / '),
      )
    }
    return labels
  }, [layout, definition, language, t])
  const column = useMemo(() => {
    const longest = Math.max(0, ...layout.edges.filter((e) => e.way === 'on').map((e) => widthOf(labelOf.get(e)!)))
    return Math.min(WIDEST_COLUMN, Math.max(COLUMN, 2 * HALF + longest + 36))
  }, [layout, labelOf])
  const nodes = useMemo<Node[]>(() => {
    const phases = [...new Map(layout.nodes.map((n) => [n.phase, n.column]))].map(([phase, at]) => ({
      id: `phase-${phase}`,
      type: 'phase',
      position: { x: at * column, y: -52 },
      data: { name: definition.phases.find((p) => p.key === phase)?.name[language] ?? phase },
      selectable: false,
    }))
    const states = layout.nodes.map((n) => {
      const state = definition.states[n.state]!
      const look = [n.state === current ? 'now' : passed.includes(n.state) ? 'done' : '', state.final ? 'final' : '']
      return {
        id: n.state,
        type: 'state',
        position: { x: n.column * column, y: n.row * ROW },
        data: {
          name: state.name[language],
          note:
            n.state === current
              ? t('ui.process.now')
              : state.parallel
                ? t('ui.process.parallel')
                : n.state === definition.initial
                  ? t('ui.process.start')
                  : state.final
                    ? t('ui.process.end')
                    : '',
          look: look.filter(Boolean).join(' '),
        },
        ariaLabel: state.name[language],
      }
    })
    return [...phases, ...states]
  }, [layout, definition, current, passed, language, t, column])
  const edges = useMemo<Edge[]>(() => {
    let backs = 0
    // The same words beside one another, into one state or out of one state past others, are said once.
    const said = new Set<string>()
    const once = (edge: DrawnEdge): string => {
      const label = labelOf.get(edge)!
      const keys = [
        `>${edge.to} ${label}`,
        ...(edge.way === 'skip' || edge.way === 'down' ? [`<${edge.from} ${label}`] : []),
      ]
      const known = keys.some((key) => said.has(key))
      for (const key of keys) said.add(key)
      return known ? '' : label
    }
    return layout.edges.map((edge) => {
      const taken = passed.some((state, i) => state === edge.from && passed[i + 1] === edge.to)
      const back = edge.way === 'back' || edge.way === 'up'
      const color = taken ? 'var(--y-blue-600)' : back ? 'var(--y-ink-3)' : '#9aa7b5'
      const [sourceHandle, targetHandle] = handles[edge.way]
      return {
        id: `${edge.from}-${edge.to}`,
        source: edge.from,
        target: edge.to,
        type: 'step',
        sourceHandle,
        targetHandle,
        data: {
          label: once(edge),
          gap: column - 2 * HALF,
          way: edge.way,
          turn: edge.turn,
          taken,
          lane: edge.way === 'back' ? layout.rows * ROW - 24 + 22 * backs++ : 0,
        },
        markerEnd: { type: MarkerType.ArrowClosed, color, width: 14, height: 14 },
        style: { stroke: color, strokeWidth: taken ? 2 : 1.2, ...(back ? { strokeDasharray: '4 4' } : {}) },
      }
    })
  }, [layout, passed, labelOf, column])
  return (
    <div className="y-proc" style={{ height }}>
      <ReactFlow
        key={String(exits)}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        fitView
        fitViewOptions={{ padding: 0.06, maxZoom: 1.1 }}
        minZoom={0.3}
        maxZoom={1.8}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        proOptions={{ hideAttribution: true }}
        aria-label={t('ui.process.drawing')}
      >
        <Controls showInteractive={false} position="bottom-right" />
      </ReactFlow>
      {hasExits && (
        <label className="y-proc-exits y-noprint">
          <input
            type="checkbox"
            className="y-cbx"
            checked={exits}
            onChange={(event) => setExits(event.target.checked)}
          />
          {t('ui.process.exits')}
        </label>
      )}
    </div>
  )
}
