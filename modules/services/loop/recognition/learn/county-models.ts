import type { Context } from '#platform/command/context.ts'
import type { CountyServices } from '#platform/command/services.ts'
import { sql } from '#platform/db/db.ts'
import { TextClassifier } from '#platform/text/text-classifier.ts'
import { shippedLineModel } from '../recognise-line.ts'
import type { Task } from './training-set.ts'

/** A model of the county as it recognises. */
export interface CountyModel {
  readonly id: number
  readonly task: Task
  readonly version: number
  readonly threshold: number
  /** Null: the words of the duty list. */
  readonly classifier: TextClassifier | null
}

export interface ModelsOfTask {
  readonly serving: CountyModel
  /** Runs in the shadow of the one in use. */
  readonly candidate: CountyModel | null
}

export type CountyModels = Readonly<Record<Task, ModelsOfTask>>

/**
 * By what the county's memory is: a switch raises the revision of the county, every process then makes its memory anew and
 * with it this.
 */
const known = new WeakMap<CountyServices, CountyModels>()

/** Read model files by their digest; a file never changes. The oldest go first. */
const read = new Map<string, TextClassifier>()
const READ_AT_MOST = 16

interface ModelRow {
  id: number
  task: Task
  version: number
  origin: 'shipped' | 'words' | 'trained'
  state: 'serving' | 'candidate'
  threshold: number
  digest: string | null
}

/** The models that recognise in this county: in use, and in its shadow. */
export async function countyModels({ tx, here }: Pick<Context, 'tx' | 'here'>): Promise<CountyModels> {
  const held = known.get(here)
  if (held) return held
  const { rows } = await sql<ModelRow>`
    select id, task, version, origin, state, threshold, digest from loop_recognition_model
     where state in ('serving', 'candidate')`.execute(tx)
  const missing = rows.filter(({ digest }) => digest !== null && !read.has(digest))
  if (missing.length > 0) {
    const files = await sql<{ digest: string; file: Buffer }>`
      select digest, file from loop_recognition_model
       where id = any(${missing.map(({ id }) => id)}::bigint[]) and file is not null`.execute(tx)
    for (const { digest, file } of files.rows) remember(digest, TextClassifier.fromFile(file))
  }
  const modelOf = (task: Task, state: ModelRow['state']): CountyModel | null => {
    const row = rows.find((each) => each.task === task && each.state === state)
    if (!row) return null
    const { id, version, threshold, origin, digest } = row
    const classifier =
      origin === 'trained'
        ? (read.get(digest ?? '') ?? null)
        : origin === 'shipped'
          ? shippedLineModel().classifier
          : null
    if (origin === 'trained' && !classifier) throw new Error(`the file of recognition model ${id} is missing`)
    return { id, task, version, threshold, classifier }
  }
  const ofTask = (task: Task): ModelsOfTask => ({
    serving: modelOf(task, 'serving')!,
    candidate: modelOf(task, 'candidate'),
  })
  const models = { line: ofTask('line'), class: ofTask('class') }
  known.set(here, models)
  return models
}

function remember(digest: string, classifier: TextClassifier): void {
  read.set(digest, classifier)
  for (const oldest of read.keys()) {
    if (read.size <= READ_AT_MOST) break
    read.delete(oldest)
  }
}
