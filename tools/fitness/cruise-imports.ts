import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { BOUNDARIES } from './boundary-rules.ts'

export interface Violation {
  rule: string
  from: string
  to: string
}

/** Imports that break a boundary in the tree below `baseDir`, and how many files were read. */
export async function cruiseImports(baseDir: string): Promise<{ files: number; violations: Violation[] }> {
  const folders = ['platform', 'modules', 'ui', 'apps'].filter((folder) => existsSync(join(baseDir, folder)))
  const { output } = await cruise(folders, {
    baseDir,
    validate: true,
    ruleSet: { forbidden: [...BOUNDARIES] },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.json'] },
  })
  const { modules, summary } = output as ICruiseResult
  return {
    files: modules.filter(({ source }) => /\.tsx?$/.test(source)).length,
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  }
}
