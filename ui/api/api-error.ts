import type { Params } from '#ui/i18n/catalogue.ts'

export interface FieldError {
  /** JSON pointer into the input, e.g. `/phone`. */
  path: string
  code: string
  message?: string
}

/** An answer that is not a success. Status 0: the server was not reached. */
export class ApiError extends Error {
  readonly code: string
  readonly status: number
  readonly fields: FieldError[]
  readonly params: Params
  readonly traceId: string | undefined

  constructor(
    code: string,
    status: number,
    more: { message?: string; fields?: FieldError[]; params?: Params; traceId?: string } = {},
  ) {
    super(more.message ?? '')
    this.name = 'ApiError'
    this.code = code
    this.status = status
    this.fields = more.fields ?? []
    this.params = more.params ?? {}
    this.traceId = more.traceId
  }
}
