import { createContext, use } from 'react'
import type { Option } from '#ui/schema-form/form-schema.ts'

export interface UploadedFile {
  id: string
  name: string
}

/** What a form needs from outside; given by the screen, so that the form itself never fetches. */
export interface FormServices {
  upload(file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<UploadedFile>
  findUnits(text: string): Promise<Option[]>
  findAccounts(text: string, role?: string): Promise<Option[]>
  findClasses(text: string): Promise<Option[]>
  /** Open cases by number, words or place. */
  findCases(text: string): Promise<Option[]>
}

export const FormServicesContext = createContext<FormServices | null>(null)

export function useFormServices(): FormServices {
  const services = use(FormServicesContext)
  if (!services) throw new Error('a form with files, units or accounts needs FormServicesContext above it')
  return services
}
