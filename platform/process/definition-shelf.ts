import { sql, type Tx } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'

export interface ShelvedDefinition {
  readonly id: number
  readonly body: ProcessDefinition
}

/** The definitions of one county in memory. Published ones never change, so only new versions need a reload. */
export class DefinitionShelf {
  readonly #byId: ReadonlyMap<number, ShelvedDefinition>
  readonly #current = new Map<string, ShelvedDefinition>()

  constructor(definitions: readonly { id: number; status: string; body: ProcessDefinition }[]) {
    this.#byId = new Map(definitions.map(({ id, body }) => [id, { id, body }]))
    for (const { id, status, body } of definitions) {
      const known = this.#current.get(body.key)
      if (status === 'published' && (!known || known.body.version < body.version))
        this.#current.set(body.key, { id, body })
    }
  }

  /** The version in force of a flow. Throws where the flow is unknown. */
  current(key: string): ShelvedDefinition {
    const found = this.#current.get(key)
    if (!found) throw new AppError('process.definition_unknown', { status: 404, params: { key } })
    return found
  }

  /** The version a running case stays on. */
  byId(id: number): ShelvedDefinition {
    const found = this.#byId.get(id)
    if (!found) throw new AppError('process.definition_unknown', { status: 404, params: { key: id } })
    return found
  }

  /** Whether a state ends the case, by the newest version that knows the state. */
  isFinal(key: string, state: string): boolean {
    for (const { body } of [...this.#byId.values()].reverse())
      if (body.key === key && body.states[state]) return body.states[state].final === true
    return false
  }

  /** Flows in force, by key. */
  list(): ShelvedDefinition[] {
    return [...this.#current.values()].sort((a, b) => a.body.key.localeCompare(b.body.key))
  }
}

/** Loads what has been published, retired versions included because cases may still run on them. */
export async function loadDefinitions(tx: Tx): Promise<DefinitionShelf> {
  const { rows } = await sql<{ id: number; status: string; body: ProcessDefinition }>`
    select id, status, body from process_definition where status <> 'draft' order by id`.execute(tx)
  return new DefinitionShelf(rows)
}
