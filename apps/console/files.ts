import { apiUrl } from '#ui/api/base.ts'

/** Address of a file of a case; `thumb` is the small picture. */
export function fileUrl(id: string, size?: 'thumb'): string {
  return apiUrl(`/files/${encodeURIComponent(id)}${size ? `?size=${size}` : ''}`)
}
