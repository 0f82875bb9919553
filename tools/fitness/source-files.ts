import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')

const NOT_OURS = new Set(['node_modules', 'var', 'dist', 'coverage', '.git'])

/** Every file of the repository below the folders, as paths from its root, without what is built or installed. */
export function sourceFiles(folders: readonly string[] = ['.'], pattern = /./, root = ROOT): string[] {
  const found: string[] = []
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (!NOT_OURS.has(entry.name)) walk(path)
      } else if (entry.isFile() && pattern.test(entry.name)) found.push(relative(root, path))
    }
  }
  for (const folder of folders) walk(join(root, folder))
  return found.sort()
}
