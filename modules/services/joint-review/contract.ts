import { Type } from 'typebox'
import { Id, Instant, route } from '#platform/contract/route.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(shape: T) => Type.Union([shape, Type.Null()])

export const submitRequest = route({
  name: 'joint_review.submit_request',
  kind: 'command',
  method: 'POST',
  path: '/joint-review/requests',
  audience: 'staff',
  permission: 'joint_review.request.submit',
  summary: '提出联合会审申请',
  input: Type.Object({
    /** The start form of the definition in force; checked against it. */
    form: Type.Record(Type.String(), Type.Unknown()),
    townCode: Type.Optional(Type.String({ pattern: '^[0-9]{9}$' })),
    villageCode: Type.Optional(Type.String({ pattern: '^[0-9]{12}$' })),
    placeText: Type.Optional(Type.String({ maxLength: 200 })),
    /** GCJ-02. Without a village code the nearest village is taken. */
    place: Type.Optional(
      Type.Object(
        { lon: Type.Number({ minimum: 73, maximum: 136 }), lat: Type.Number({ minimum: 3, maximum: 54 }) },
        { additionalProperties: false },
      ),
    ),
    fileIds: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { maxItems: 20 })),
  }),
  output: Type.Object({ id: Id, number: Type.String(), answerBy: Nullable(Instant) }),
  errors: [
    'joint_review.place_needed',
    'joint_review.place_outside',
    'joint_review.place_not_yours',
    'process.form_invalid',
    'files.not_attachable',
  ],
})

export const listPanel = route({
  name: 'joint_review.list_panel',
  kind: 'query',
  method: 'GET',
  path: '/joint-review/panel',
  audience: 'staff',
  permission: 'joint_review.request.accept',
  summary: '可会签的部门、可评分的专家，及应当回避的原因',
  input: Type.Object({
    /** Whose panel it would be: fills `avoid`. */
    caseId: Type.Optional(Id),
  }),
  output: Type.Object({
    units: Type.Array(
      Type.Object({
        id: Id,
        name: Type.String(),
        leaders: Type.Array(Type.String()),
        /** Error code of why it cannot be chosen. */
        avoid: Nullable(Type.String()),
      }),
    ),
    experts: Type.Array(
      Type.Object({ accountId: Id, name: Type.String(), unitName: Type.String(), avoid: Nullable(Type.String()) }),
    ),
  }),
})
