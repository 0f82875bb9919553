import { type Static, type TObject, type TSchema, Type } from 'typebox'

/** Who may knock at all: anybody, or a logged-in official. */
export type Audience = 'public' | 'staff'

/**
 * A route is declared once and shared by server, screens and OpenAPI. Input is one flat object: names that stand in
 * `path` as `:name` travel there, the rest in the query (GET) or as the JSON body.
 */
export interface Route<I extends TObject = TObject, O extends TSchema = TSchema> {
  /** `<module>.<verb_noun>`, unique; the OpenAPI operation id. */
  name: string
  kind: 'command' | 'query'
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/<county>/api/v1`. */
  path: string
  audience: Audience
  /** Permission that some grant of the actor must carry; null only where being logged in (or anybody) is enough, said by `why`. */
  permission: string | null
  /** Why no permission is asked, e.g. 'own session only'. */
  why?: string
  summary: string
  input: I
  output: O
  /** Error codes that a caller should expect beyond the platform's own. */
  errors?: readonly string[]
  /** Requests per minute and address for the public. */
  rateLimit?: number
  /** The answer is a stream (file, events): `output` is then only documentation. */
  stream?: boolean
  /** The request body is multipart; the handler reads it itself. */
  upload?: boolean
}

export type RouteInput<R> = R extends Route<infer I, TSchema> ? Static<I> : never
export type RouteOutput<R> = R extends Route<TObject, infer O> ? Static<O> : never

/** Declares a route; refuses what could not be served safely. */
export function route<I extends TObject, O extends TSchema>(definition: Route<I, O>): Route<I, O> {
  if (definition.permission === null && !definition.why)
    throw new Error(`route ${definition.name} asks no permission and does not say why`)
  if (definition.kind === 'command' && definition.method === 'GET')
    throw new Error(`route ${definition.name} is a command and cannot be GET`)
  return Object.freeze(definition)
}

/** Names that travel in the path of a route, in order. */
export function pathParams(path: string): string[] {
  return [...path.matchAll(/:([a-zA-Z]+)/g)].map((match) => match[1] as string)
}

/** ISO 8601 instant in UTC. */
export const Instant = Type.String({ format: 'date-time' })
export const Id = Type.Integer({ minimum: 1 })
/** A text by language. */
export const LocalText = Type.Object({ 'zh-CN': Type.String(), en: Type.String() })
