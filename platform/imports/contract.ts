import { Type } from 'typebox'
import { Id, Instant } from '#platform/contract/route.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(shape: T) => Type.Union([shape, Type.Null()])

export const ImportStateShape = Type.Union([
  Type.Literal('staged'),
  Type.Literal('checking'),
  Type.Literal('checked'),
  Type.Literal('taking'),
  Type.Literal('cancelled'),
  Type.Literal('done'),
])

const Counts = Type.Object({
  rows: Type.Integer(),
  good: Type.Integer(),
  errors: Type.Integer(),
  duplicates: Type.Integer(),
})

/** Field → index of its column. */
export const MappingShape = Type.Record(
  Type.String({ pattern: '^[a-zA-Z]{1,40}$' }),
  Type.Integer({ minimum: 0, maximum: 499 }),
)

export const ImportHeadShape = Type.Object({
  id: Id,
  /** DR00012: also a word by which its cases are found. */
  number: Type.String(),
  fileName: Type.String(),
  state: ImportStateShape,
  by: Type.String(),
  createdAt: Instant,
  finishedAt: Nullable(Instant),
  rows: Type.Integer(),
  /** Of the pass that runs or ran last. */
  done: Type.Integer(),
  good: Type.Integer(),
  errors: Type.Integer(),
  duplicates: Type.Integer(),
  settings: Type.Record(Type.String(), Type.Unknown()),
})

const Reason = Type.Object({
  verdict: Type.Union([Type.Literal('error'), Type.Literal('duplicate')]),
  text: Type.String(),
  count: Type.Integer(),
  /** First row with it. */
  row: Type.Integer(),
})

export const ImportShape = Type.Object({
  ...ImportHeadShape.properties,
  format: Type.Union([Type.Literal('xlsx'), Type.Literal('csv')]),
  encoding: Nullable(Type.String()),
  fields: Type.Array(
    Type.Object({
      key: Type.String(),
      title: Type.String(),
      required: Type.Boolean(),
      aliases: Type.Array(Type.String()),
    }),
  ),
  columns: Type.Array(Type.Object({ title: Type.String(), samples: Type.Array(Type.String()) })),
  mapping: MappingShape,
  /** As it was matched before, by source. */
  remembered: Type.Array(Type.Object({ origin: Type.String(), mapping: MappingShape })),
  /** The very same file was sent before. */
  sameFile: Nullable(Type.Object({ id: Id, number: Type.String(), createdAt: Instant, state: ImportStateShape })),
  check: Nullable(Counts),
  /** Rows a second since the present run began, and seconds to go; null while nothing runs. */
  rate: Nullable(Type.Number()),
  secondsLeft: Nullable(Type.Integer()),
  stopReason: Nullable(Type.String()),
  /** Its work failed and is tried again, or was given up. */
  trouble: Nullable(Type.Object({ attempts: Type.Integer(), givenUp: Type.Boolean() })),
  reasons: Type.Array(Reason),
  problems: Type.Array(
    Type.Object({
      row: Type.Integer(),
      verdict: Type.Union([Type.Literal('error'), Type.Literal('duplicate')]),
      texts: Type.Array(Type.String()),
    }),
  ),
  can: Type.Object({
    check: Type.Boolean(),
    start: Type.Boolean(),
    cancel: Type.Boolean(),
    resume: Type.Boolean(),
    errorFile: Type.Boolean(),
  }),
})

export const ImportListShape = Type.Object({ items: Type.Array(ImportHeadShape), next: Nullable(Type.String()) })
