import { downloadFile } from '#platform/files/contract.ts'
import { apiUrl } from '#ui/api/base.ts'
import { buildRequest } from '#ui/api/request.ts'

/** Address of a file of a case; `thumb` is the small picture. */
export function fileUrl(id: string, size?: 'thumb'): string {
  return apiUrl(buildRequest(downloadFile, { fileId: id, ...(size ? { variant: 'thumbnail' } : {}) }).url)
}
