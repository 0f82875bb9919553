import { Type } from 'typebox'
import { route } from '#platform/contract/route.ts'

/** Body of every refusal and failure. */
export const ErrorShape = Type.Object({
  /** `<module>.<snake_case>`; programs go by this. */
  code: Type.String(),
  /** For the person, in the language asked for. */
  message: Type.String(),
  /** Problems of single fields, by JSON pointer. */
  fields: Type.Optional(Type.Array(Type.Object({ path: Type.String(), code: Type.String(), message: Type.String() }))),
  /** Values that stand in the message. */
  params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  /** Names this call in the server's logs. */
  traceId: Type.String(),
})

export const getOpenApi = route({
  name: 'platform.get_openapi',
  kind: 'query',
  method: 'GET',
  path: '/openapi.json',
  audience: 'public',
  permission: null,
  why: 'the description of the API holds no data',
  summary: '接口说明（OpenAPI 3.1）',
  input: Type.Object({}),
  output: Type.Unknown(),
  stream: true,
})
