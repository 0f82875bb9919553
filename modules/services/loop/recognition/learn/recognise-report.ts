import type { ClassSuggestion, Duties } from '#modules/management/duties/public.ts'
import type { Context } from '#platform/command/context.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { titled } from '#platform/text/text-features.ts'
import lines from '../../data/department-lines.json' with { type: 'json' }
import type { LineSuggestion } from '../department-line-model.ts'
import { saysEnough } from '../recognise-line.ts'
import { type CountyModel, countyModels, type ModelsOfTask } from './county-models.ts'
import type { Task } from './training-set.ts'

/** What one model said of a report. */
export interface Said {
  modelId: number
  task: Task
  /** In use then; else in the shadow. */
  served: boolean
  /** Line or class; null where it said nothing. */
  said: string | null
  /** Calibrated; null for words of the duty list, which state none. */
  confidence: number | null
  /** A person need not be asked for want of certainty. */
  sure: boolean
}

/** The class that a trained model of the county reads in a text. */
export interface ClassByModel {
  code: string
  /** Calibrated, 0 to 1. */
  confidence: number
  /** Words of the text that spoke most for it. */
  words: string[]
  /** Under the threshold: a person decides. */
  unsure: boolean
}

export interface RecognisedReport {
  line: LineSuggestion | null
  /** Classes to choose from, likeliest first. */
  classes: ClassSuggestion[]
  /** Null where only the words of the duty list speak. */
  byModel: ClassByModel | null
  /** What every model said, for the comparison. */
  said: Said[]
}

const CODES: Readonly<Record<string, string>> = lines
const LABELS = new Map(Object.entries(CODES).map(([label, code]) => [code, label]))

/**
 * Line and class of a text by the county's models in use, and beside them what the candidates would say. What is recognised is
 * the class of a text: whose job it is decide place, duty list and rulings.
 */
export async function recogniseReport(
  context: Pick<Context, 'tx' | 'here'>,
  duties: Duties,
  text: string,
  title: string | undefined,
  limit: number,
): Promise<RecognisedReport> {
  const models = await countyModels(context)
  const byWords = duties.suggestClasses(text, limit)
  if (!saysEnough(text)) return { line: null, classes: byWords, byModel: null, said: [] }
  const input = titled(text, title)
  const said: Said[] = []

  const { serving } = models.line
  const found = serving.classifier!.classifyWithWords(input)
  const nameOf = (code: string) => LABELS.get(code) ?? context.here.directory.lineName(code)
  const codeOf = (label: string) => CODES[label] ?? label
  const line: LineSuggestion = {
    code: codeOf(found.label),
    name: nameOf(codeOf(found.label)),
    confidence: rounded(found.confidence),
    words: found.words,
    none: found.none || found.confidence < serving.threshold,
    ranked: found.ranked.slice(0, 3).map(({ label, confidence }) => ({
      code: codeOf(label),
      name: nameOf(codeOf(label)),
      confidence: rounded(confidence),
    })),
  }
  said.push(saidBy(serving, true, line.code, line.confidence, !line.none))
  shadow(models.line, (model) => {
    const { label, confidence, none } = model.classifier!.classify(input)
    return saidBy(model, false, codeOf(label), confidence, !none && confidence >= model.threshold)
  })

  const classBy = (model: CountyModel, served: boolean): Said => {
    if (!model.classifier) {
      const first = byWords[0]?.code ?? null
      return saidBy(model, served, first, null, first !== null)
    }
    const { label, confidence, none } = model.classifier.classify(input)
    // A class that the duty list no longer has is nothing to say.
    if (!duties.classOf(label)) return saidBy(model, served, null, null, false)
    return saidBy(model, served, label, confidence, !none && confidence >= model.threshold)
  }
  const first = classBy(models.class.serving, true)
  said.push(first)
  shadow(models.class, (model) => classBy(model, false))

  const { classifier } = models.class.serving
  const byModel: ClassByModel | null =
    classifier && first.said !== null && first.confidence !== null
      ? {
          code: first.said,
          confidence: first.confidence,
          words: classifier.classifyWithWords(input).words,
          unsure: !first.sure,
        }
      : null
  return { line, classes: ordered(duties, byWords, byModel, limit), byModel, said }

  /** A candidate never stands in the way of a report. */
  function shadow({ candidate }: ModelsOfTask, run: (model: CountyModel) => Said): void {
    if (candidate) said.push(run(candidate))
  }
}

/**
 * The model's class goes before those of words where it is sure. Not so where words name a secret class (家暴, 举报 …): secrecy is
 * not lifted by what a model has learned from cases that were none.
 */
function ordered(
  duties: Duties,
  byWords: readonly ClassSuggestion[],
  byModel: ClassByModel | null,
  limit: number,
): ClassSuggestion[] {
  if (!byModel) return [...byWords]
  const { name, fullName } = duties.classOf(byModel.code)!
  const own: ClassSuggestion = { code: byModel.code, name, fullName, words: byModel.words }
  const others = byWords.filter(({ code }) => code !== byModel.code)
  const secretWords = others.some(({ code }) => duties.classOf(code)?.secrecy === 'secret')
  const list = byModel.unsure || secretWords ? [...others, own] : [own, ...others]
  // Unsure and alone it is not offered as what it is: a person chooses.
  return (byModel.unsure && others.length === 0 ? [] : list).slice(0, limit)
}

function saidBy(
  model: CountyModel,
  served: boolean,
  said: string | null,
  confidence: number | null,
  sure: boolean,
): Said {
  return {
    modelId: model.id,
    task: model.task,
    served,
    said,
    confidence: confidence === null ? null : rounded(confidence),
    sure,
  }
}

/** The calibration is not good for more than three decimals. */
function rounded(confidence: number): number {
  return Math.round(confidence * 1000) / 1000
}

/** Keeps what the models said of a new case, so that they can be compared later. */
export async function keepSaid(tx: Tx, caseId: number, said: readonly Said[], at: Date): Promise<void> {
  if (said.length === 0) return
  await sql`
    insert into loop_recognition_prediction (case_id, model_id, task, served, said, confidence, sure, at)
    select ${caseId}::bigint, s."modelId", s.task, s.served, s.said, s.confidence, s.sure, ${at}
      from json_to_recordset(${JSON.stringify(said)}::json)
        as s ("modelId" bigint, task text, served boolean, said text, confidence double precision, sure boolean)`.execute(
    tx,
  )
}

/** The same of many cases in one statement. */
export async function keepAllSaid(
  tx: Tx,
  cases: readonly { caseId: number; said: readonly Said[] }[],
  at: Date,
): Promise<void> {
  const rows = cases.flatMap(({ caseId, said }) => said.map((one) => ({ caseId, ...one })))
  if (rows.length === 0) return
  await sql`
    insert into loop_recognition_prediction (case_id, model_id, task, served, said, confidence, sure, at)
    select s."caseId", s."modelId", s.task, s.served, s.said, s.confidence, s.sure, ${at}
      from json_to_recordset(${JSON.stringify(rows)}::json)
        as s ("caseId" bigint, "modelId" bigint, task text, served boolean, said text, confidence double precision,
          sure boolean)`.execute(tx)
}
