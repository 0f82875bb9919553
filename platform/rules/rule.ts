import { celEnv, isCelError, parse, plan } from '@bufbuild/cel'
import { strings } from '@bufbuild/cel/ext'

/** Names a rule may use; values are plain JSON. */
export type RuleVars = Record<string, unknown>

const env = celEnv({ funcs: strings })
const plans = new Map<string, (vars: never) => unknown>()

/** Says why an expression is not CEL, or undefined when it parses. */
export function ruleSyntaxError(expression: string): string | undefined {
  try {
    parse(expression)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/**
 * Evaluates a CEL expression (guards, routing, alerts, eligibility, quality are all CEL).
 * Throws an Error naming the expression when it does not parse or a name it uses is missing.
 */
export function evaluateRule(expression: string, vars: RuleVars): unknown {
  let run = plans.get(expression)
  if (!run) {
    run = plan(env, parse(expression)) as (vars: never) => unknown
    plans.set(expression, run)
  }
  const value = run(vars as never)
  if (isCelError(value)) throw new Error(`rule «${expression}»: ${value.message}`)
  return value
}

/** A guard: true only when the expression yields true. */
export function ruleHolds(expression: string, vars: RuleVars): boolean {
  return evaluateRule(expression, vars) === true
}
