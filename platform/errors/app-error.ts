/** Values put into the wording of an error, by name. */
export type ErrorParams = Record<string, string | number | boolean | null>

/**
 * The one error that a person is meant to read: a code (`<module>.<snake_case>`) whose wording stands in `locale/`.
 * Thrown anywhere, mapped to an HTTP answer once (platform/http). Anything else becomes a 500 with a trace id.
 */
export class AppError extends Error {
  readonly code: string
  readonly status: number
  readonly params: ErrorParams
  /** Field problems of a form: path (JSON pointer) and wording code. */
  readonly fields: { path: string; code: string; params?: ErrorParams }[]

  constructor(
    code: string,
    options: {
      status?: number
      params?: ErrorParams
      fields?: { path: string; code: string; params?: ErrorParams }[]
      cause?: unknown
    } = {},
  ) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.status = options.status ?? 400
    this.params = options.params ?? {}
    this.fields = options.fields ?? []
  }
}

/** Out of scope and absent read the same, so that nothing can be probed. */
export function notFound(): AppError {
  return new AppError('platform.not_found', { status: 404 })
}
