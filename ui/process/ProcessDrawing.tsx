import '@xyflow/react/dist/base.css'
import '#ui/process/ProcessDrawing.css'
import {
  Background,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react'
import { useMemo } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { type DrawnDefinition, layOutProcess } from '#ui/process/process-layout.ts'

const COLUMN = 236
const ROW = 92

interface StateData extends Record<string, unknown> {
  name: string
  note: string
  look: string
}

function StateNode({ data }: NodeProps<Node<StateData>>) {
  return (
    <div className={`y-state-node ${data.look}`}>
      <Handle type="target" position={Position.Left} id="l" isConnectable={false} />
      <Handle type="target" position={Position.Top} id="t" isConnectable={false} />
      {data.name}
      {data.note && <small>{data.note}</small>}
      <Handle type="source" position={Position.Right} id="r" isConnectable={false} />
      <Handle type="source" position={Position.Bottom} id="b" isConnectable={false} />
    </div>
  )
}

function PhaseNode({ data }: NodeProps<Node<{ name: string }>>) {
  return <div className="y-phase-node">{data.name}</div>
}

const nodeTypes = { state: StateNode, phase: PhaseNode }

/** A process definition as a drawing: phases from left to right, the way on in blue, the ways back dashed, now in warm. */
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
  const layout = useMemo(() => layOutProcess(definition), [definition])
  const nodes = useMemo<Node[]>(() => {
    const phases = [...new Set(layout.nodes.map((n) => n.phase))].map((phase) => {
      const column = layout.nodes.find((n) => n.phase === phase)!.column
      const name = definition.phases.find((p) => p.key === phase)?.name[language] ?? phase
      return {
        id: `phase-${phase}`,
        type: 'phase',
        position: { x: column * COLUMN, y: -44 },
        data: { name },
        selectable: false,
      }
    })
    const states = layout.nodes.map((n) => {
      const state = definition.states[n.state]!
      const look = [n.state === current ? 'now' : passed.includes(n.state) ? 'done' : '', state.final ? 'final' : '']
      return {
        id: n.state,
        type: 'state',
        position: { x: n.column * COLUMN, y: n.row * ROW },
        data: {
          name: state.name[language],
          note: state.parallel ? t('ui.process.parallel') : n.state === definition.initial ? t('ui.process.start') : '',
          look: look.filter(Boolean).join(' '),
        },
        ariaLabel: state.name[language],
      }
    })
    return [...phases, ...states]
  }, [layout, definition, current, passed, language, t])
  const edges = useMemo<Edge[]>(
    () =>
      layout.edges.map((edge) => {
        const label = edge.actions.map((a) => definition.actions[a]?.name[language] ?? a).join(' / ')
        const taken = passed.includes(edge.from) && (passed.includes(edge.to) || edge.to === current) && !edge.back
        const color = taken ? 'var(--y-blue-600)' : edge.back ? 'var(--y-ink-3)' : 'var(--y-line-2)'
        return {
          id: `${edge.from}-${edge.to}`,
          source: edge.from,
          target: edge.to,
          type: 'smoothstep',
          label,
          sourceHandle: edge.back ? 'b' : 'r',
          targetHandle: edge.back ? 't' : 'l',
          markerEnd: { type: MarkerType.ArrowClosed, color, width: 16, height: 16 },
          style: { stroke: color, strokeWidth: taken ? 2 : 1.2, ...(edge.back ? { strokeDasharray: '4 4' } : {}) },
        }
      }),
    [layout, definition, passed, current, language],
  )
  return (
    <div className="y-proc" style={{ height }}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        fitView
        fitViewOptions={{ padding: 0.12 }}
        minZoom={0.2}
        maxZoom={1.6}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        proOptions={{ hideAttribution: true }}
        aria-label={t('ui.process.drawing')}
      >
        <Background gap={24} size={1} color="var(--y-line-2)" />
        <Controls showInteractive={false} position="bottom-right" />
      </ReactFlow>
    </div>
  )
}
