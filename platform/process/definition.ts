import { type Static, Type } from 'typebox'

/**
 * The meta-schema of process definitions (流程定义): JSON Schema, served at `/process/meta-schema`.
 * A definition is data; what it may do is bounded by the engine and by the effects that modules export by name.
 */
const Text = Type.Object({ 'zh-CN': Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) })
const Key = Type.String({ pattern: '^[a-z][a-zA-Z0-9]{0,39}$' })
const Cel = Type.String({ minLength: 1 })
const FormSchema = Type.Record(Type.String(), Type.Unknown())

export const LimitShape = Type.Object(
  {
    value: Type.Number({ exclusiveMinimum: 0, maximum: 3650 }),
    unit: Type.Union([
      Type.Literal('workHour'),
      Type.Literal('urgentHour'),
      Type.Literal('workday'),
      Type.Literal('day'),
    ]),
  },
  { additionalProperties: false },
)

/**
 * A fixed limit, or one read from the case (a class's own limit) with a fallback; `until` names a date (YYYY-MM-DD) in the
 * case's data instead, up to the close of which it runs.
 */
const LimitSource = Type.Object(
  {
    from: Type.Optional(Type.String()),
    until: Type.Optional(Type.String({ pattern: '^data\\.[a-zA-Z]+$' })),
    fallback: LimitShape,
  },
  { additionalProperties: false },
)

/**
 * Where work goes: `case.unit`, `starter.unit`, `town:<kind>`, `village:<kind>`, `county:<kind or code>`,
 * `data.<field>` (a unit id in the case's data). Where nothing is found the county's triage desk owns it.
 */
const UnitSource = Type.String({
  pattern: '^(case\\.unit|starter\\.unit|town:[a-zA-Z-]+|village:[a-zA-Z-]+|county:[a-zA-Z0-9-]+|data\\.[a-zA-Z]+)$',
})

const Assignment = Type.Object(
  {
    role: Key,
    unit: UnitSource,
    /** One person: who opened the case, or who last did an action. */
    account: Type.Optional(Type.String({ pattern: '^(starter|actor:[a-zA-Z]+|data\\.[a-zA-Z]+)$' })),
  },
  { additionalProperties: false },
)

const ClockDef = Type.Object(
  {
    name: Text,
    limit: LimitSource,
    /** Share of the limit (0–1) after which the near-due notice goes out. */
    near: Type.Optional(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 })),
    /**
     * The clock marks a planned moment and no duty: when it comes, the engine does this action, where the case's state allows
     * it, and nobody is late.
     */
    onDue: Type.Optional(Key),
    /** A condition on the case, judged where an action would start the clock: where it fails, there is no such clock. */
    when: Type.Optional(Cel),
    /** What happens by itself after the deadline, level by level. */
    escalate: Type.Optional(
      Type.Array(Type.Object({ after: LimitShape, to: Assignment }, { additionalProperties: false })),
    ),
  },
  { additionalProperties: false },
)

const Parallel = Type.Object(
  {
    /** Units or accounts that each get a branch: a list of ids in the case's data. */
    over: Type.String({ pattern: '^data\\.[a-zA-Z]+$' }),
    by: Type.Union([Type.Literal('unit'), Type.Literal('account')]),
    role: Key,
    /** Submissions stay ciphertext until the join opens them together. */
    sealed: Type.Optional(Type.Boolean()),
    join: Type.Object(
      {
        need: Type.Union([Type.Literal('all'), Type.Integer({ minimum: 1 })]),
        action: Key,
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
)

const StateDef = Type.Object(
  {
    name: Text,
    phase: Key,
    /** What the owner has to do, as the inbox says it. */
    todo: Type.Optional(Text),
    assign: Type.Optional(Assignment),
    parallel: Type.Optional(Parallel),
    /** Clock whose deadline the inbox shows for this state. */
    clock: Type.Optional(Key),
    final: Type.Optional(Type.Boolean()),
    /** Nobody has work here: the case waits for another one (the main one, its parts). */
    waits: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

const Who = Type.Object(
  {
    /** Needs a grant that covers the case's place and line. */
    permission: Type.Optional(Type.String()),
    /** Only who has the work item (unit and role, or person). */
    assignee: Type.Optional(Type.Boolean()),
    /** Posts of these units, whoever has the work: the case's own (`case.unit`), or those listed in its data. */
    units: Type.Optional(Type.String({ pattern: '^(case\\.unit|data\\.[a-zA-Z]+)$' })),
    /** Only the official who opened the case. */
    starter: Type.Optional(Type.Boolean()),
    /** Only the reporter, by follow-up code. */
    reporter: Type.Optional(Type.Boolean()),
    /** Only the engine: joins and timers. */
    system: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

const ActionDef = Type.Object(
  {
    name: Text,
    from: Type.Array(Key, { minItems: 1 }),
    /** Target state; `stay` keeps the state; a list is tried in order. */
    to: Type.Union([Key, Type.Array(Type.Object({ when: Type.Optional(Cel), to: Key }), { minItems: 1 })]),
    /** main: the way on; side: beside it; danger: cannot be taken back. */
    kind: Type.Union([Type.Literal('main'), Type.Literal('side'), Type.Literal('danger')]),
    who: Who,
    form: Type.Optional(FormSchema),
    /** `quiet`: who sees the case is not told why the action is missing, since nobody would look for it then. */
    guards: Type.Optional(
      Type.Array(
        Type.Object({ cel: Cel, text: Text, quiet: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
      ),
    ),
    effects: Type.Optional(
      Type.Array(
        Type.Object(
          { name: Type.String(), with: Type.Optional(Type.Record(Type.String(), Type.Unknown())) },
          { additionalProperties: false },
        ),
      ),
    ),
    /** Fields of the form that are kept in the case's data. */
    keep: Type.Optional(Type.Array(Key)),
    clocks: Type.Optional(
      Type.Object(
        {
          start: Type.Optional(Type.Array(Key)),
          stop: Type.Optional(Type.Array(Key)),
          pause: Type.Optional(Type.Array(Key)),
          resume: Type.Optional(Type.Array(Key)),
          /** Clock lengthened by the limit in the form's field `extendBy`. */
          extend: Type.Optional(Key),
        },
        { additionalProperties: false },
      ),
    ),
    /** Nobody who did one of these actions on this case may do this one (three-people rule). */
    separate: Type.Optional(Type.Array(Key)),
    /** At most this many times per case. */
    once: Type.Optional(Type.Integer({ minimum: 1 })),
    /** A submission of the parallel state rather than a transition. */
    submission: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

export const ProcessDefinitionShape = Type.Object(
  {
    key: Type.String({ pattern: '^[a-z][a-z0-9_]{1,39}$' }),
    version: Type.Integer({ minimum: 1 }),
    name: Text,
    /** Department or law the flow rests on. */
    basis: Type.Optional(Type.String()),
    /** Prefix of the official number, e.g. WZ-{town}. `{town}` becomes the initials of the town. */
    numberPrefix: Type.String({ minLength: 1 }),
    phases: Type.Array(Type.Object({ key: Key, name: Text }, { additionalProperties: false }), { minItems: 1 }),
    initial: Key,
    /** What the engine does by itself when cases that belong together end; both are actions `who: { system: true }`. */
    links: Type.Optional(
      Type.Object(
        {
          /** On a merged case when its main one ends; the form has the main one's `state` and `reply`. */
          mainEnded: Type.Optional(Key),
          /** On the whole when the last of its parts ends. */
          partsEnded: Type.Optional(Key),
        },
        { additionalProperties: false },
      ),
    ),
    start: Type.Object(
      {
        name: Text,
        permission: Type.Union([Type.String(), Type.Null()]),
        /**
         * Officials may open it themselves, by the route that every flow shares and the console's menu. Left out, its cases
         * begin only in a command of a module, which does more than the flow can say.
         */
        staff: Type.Optional(
          Type.Object(
            {
              /** Title of the case; `{field}` stands for what the start form has there. */
              title: Type.String({ minLength: 1, maxLength: 100 }),
              /** Offered on the page of a case of these flows; place, class and secrecy come from that case. */
              from: Type.Optional(
                Type.Object(
                  {
                    flows: Type.Array(Type.String(), { minItems: 1 }),
                    /** A condition on the case, as guards read it. */
                    when: Type.Optional(Cel),
                    /** Only from a case, never from the menu. */
                    only: Type.Optional(Type.Boolean()),
                  },
                  { additionalProperties: false },
                ),
              ),
            },
            { additionalProperties: false },
          ),
        ),
        form: Type.Optional(FormSchema),
        keep: Type.Optional(Type.Array(Key)),
        clocks: Type.Optional(Type.Array(Key)),
        effects: Type.Optional(Type.Array(Type.Object({ name: Type.String() }))),
      },
      { additionalProperties: false },
    ),
    clocks: Type.Record(Key, ClockDef),
    states: Type.Record(Key, StateDef),
    actions: Type.Record(Key, ActionDef),
  },
  { additionalProperties: false, $id: 'yiti-process-definition' },
)

export type ProcessDefinition = Static<typeof ProcessDefinitionShape>
export type ActionDef = Static<typeof ActionDef>
export type StateDef = Static<typeof StateDef>
export type ClockDef = Static<typeof ClockDef>
export type AssignmentDef = Static<typeof Assignment>
export type WhoDef = Static<typeof Who>
