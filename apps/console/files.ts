import { downloadFile } from '#platform/files/contract.ts'
import { apiUrl } from '#ui/api/base.ts'
import { buildRequest } from '#ui/api/request.ts'
import type { FormSchema } from '#ui/schema-form/form-schema.ts'

/** Address of a file of a case; `thumb` is the small picture. */
export function fileUrl(id: string, size?: 'thumb'): string {
  return apiUrl(buildRequest(downloadFile, { fileId: id, ...(size ? { variant: 'thumbnail' } : {}) }).url)
}

/** Uploads that a filled-in form names, to be attached with it; the form keeps their ids, so that a reader sees which field they were given in. */
export function fileIdsIn(schema: FormSchema | null, form: Record<string, unknown>): string[] {
  return Object.entries(schema?.properties ?? {})
    .filter(([, field]) => field.format === 'file' || field.items?.format === 'file')
    .flatMap(([key]) => form[key])
    .filter((one): one is string => typeof one === 'string')
}
