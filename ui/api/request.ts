import { ApiError, type FieldError } from '#ui/api/api-error.ts'
import type { Params } from '#ui/i18n/catalogue.ts'

/** A route as far as a caller must know it. */
export interface CallableRoute {
  kind: 'command' | 'query'
  method: string
  path: string
}

export interface BuiltRequest {
  url: string
  body: string | undefined
}

/** Puts an input where the route wants it: names of the path there, the rest in the query (GET) or in the body. */
export function buildRequest(route: CallableRoute, input: Record<string, unknown>): BuiltRequest {
  const rest: Record<string, unknown> = { ...input }
  const path = route.path.replace(/:([a-zA-Z]+)/g, (_, name: string) => {
    const value = rest[name]
    delete rest[name]
    return encodeURIComponent(String(value))
  })
  if (route.method !== 'GET') return { url: path, body: JSON.stringify(rest) }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined || value === null || value === '') continue
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one))
  }
  const text = query.toString()
  return { url: text ? `${path}?${text}` : path, body: undefined }
}

interface ErrorAnswer {
  code?: string
  message?: string
  fields?: FieldError[]
  params?: Params
  traceId?: string
}

export function errorFrom(status: number, answer: unknown): ApiError {
  const body = (answer ?? {}) as ErrorAnswer
  return new ApiError(body.code ?? `http.${status}`, status, {
    ...(body.message ? { message: body.message } : {}),
    ...(body.fields ? { fields: body.fields } : {}),
    ...(body.params ? { params: body.params } : {}),
    ...(body.traceId ? { traceId: body.traceId } : {}),
  })
}
