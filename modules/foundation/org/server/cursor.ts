import { AppError } from '#platform/errors/app-error.ts'

/** Where the next page begins: the sort key of the last row shown. */
export function encodeCursor(key: string | number): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** @throws AppError `platform.bad_cursor` for anything that `encodeCursor` did not make */
export function decodeCursor<T extends 'string' | 'number'>(
  cursor: string | undefined,
  type: T,
): (T extends 'string' ? string : number) | null {
  if (cursor === undefined) return null
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (typeof key === type) return key as T extends 'string' ? string : number
  } catch {
    // Falls through to the refusal.
  }
  throw new AppError('platform.bad_cursor', { status: 400 })
}
