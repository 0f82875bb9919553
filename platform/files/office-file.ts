import { AppError } from '#platform/errors/app-error.ts'
import { openZipEntry, readZipDirectory, readZipEntry } from './zip-archive.ts'

/**
 * Tells a Word from an Excel file by its declared main part and proves that every part inflates to what was promised.
 * Files with macros or embedded programs are refused whatever their name says.
 * `undefined` for any other zip file.
 * @throws AppError files.active_content, files.damaged, files.inflates_too_large, files.encrypted
 */
export async function inspectOfficeFile(zip: Buffer): Promise<'docx' | 'xlsx' | undefined> {
  const entries = readZipDirectory(zip)
  const types = entries.find((entry) => entry.name === '[Content_Types].xml')
  if (!types || types.size > 1024 * 1024) return undefined
  const declared = (await readZipEntry(zip, types)).toString('utf8')
  const active = entries.some((entry) => /vbaProject\.bin$|\/embeddings\/.*\.(bin|exe)$|\/activeX\//i.test(entry.name))
  if (active || /macroEnabled|vbaProject/i.test(declared)) throw new AppError('files.active_content', { status: 422 })
  for (const entry of entries) {
    // Reading is the proof; the content is not kept.
    for await (const _chunk of openZipEntry(zip, entry));
  }
  const has = (name: string) => entries.some((entry) => entry.name === name)
  if (declared.includes('wordprocessingml.document.main+xml') && has('word/document.xml')) return 'docx'
  if (declared.includes('spreadsheetml.sheet.main+xml') && has('xl/workbook.xml')) return 'xlsx'
  return undefined
}
