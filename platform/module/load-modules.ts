import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Layer, Module } from '#platform/module/module.ts'

const ROOT = join(import.meta.dirname, '../../modules')
const LAYERS: readonly Layer[] = ['foundation', 'management', 'services']

/**
 * Finds every module by its folder and puts what others need first. A module uses its own layer and what lies under it;
 * what lies above cannot be named. Throws on a circle, an unknown name, or a dependency upwards.
 */
export async function loadModules(): Promise<Module[]> {
  const found: Module[] = []
  for (const layer of LAYERS) {
    let names: string[]
    try {
      names = readdirSync(join(ROOT, layer), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .sort()
    } catch {
      continue
    }
    for (const name of names) {
      const file = join(ROOT, layer, name, 'module.ts')
      // A folder that holds only data or screens has no server entry.
      if (!existsSync(file)) continue
      const module = (await import(pathToFileURL(file).href)) as { default: Module }
      if (module.default.layer !== layer)
        throw new Error(`${name} says it lies in ${module.default.layer}, not ${layer}`)
      found.push(module.default)
    }
  }
  return inOrder(found)
}

function inOrder(modules: Module[]): Module[] {
  const ordered: Module[] = []
  const visit = (module: Module, trail: string[]) => {
    if (ordered.includes(module)) return
    if (trail.includes(module.name))
      throw new Error(`modules need each other in a circle: ${[...trail, module.name].join(' → ')}`)
    for (const name of module.dependsOn) {
      const needed = modules.find((candidate) => candidate.name === name)
      if (!needed) throw new Error(`${module.name} needs the module ${name}`)
      if (LAYERS.indexOf(needed.layer) > LAYERS.indexOf(module.layer))
        throw new Error(`${module.name} lies under ${name} and cannot use it`)
      visit(needed, [...trail, module.name])
    }
    ordered.push(module)
  }
  for (const module of modules) visit(module, [])
  return ordered
}
