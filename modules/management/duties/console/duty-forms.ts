import type { getOptions } from '#modules/management/duties/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import type { FieldSchema } from '#ui/schema-form/form-schema.ts'

type Options = RouteOutput<typeof getOptions>

export function placeField(title: string, options: Options | undefined): FieldSchema {
  return { type: 'string', title, oneOf: (options?.placeKinds ?? []).map((p) => ({ const: p.code, title: p.name })) }
}

export function placesField(title: string, options: Options | undefined): FieldSchema {
  return { type: 'array', title, minItems: 1, items: placeField(title, options) }
}

export function leadField(title: string, options: Options | undefined): FieldSchema {
  return {
    type: 'string',
    title,
    oneOf: (options?.units ?? []).filter((u) => u.mayLead).map((u) => ({ const: u.code, title: u.name })),
  }
}

/** Any unit of the list, also one that only helps. */
export function unitField(title: string, options: Options | undefined): FieldSchema {
  return { type: 'string', title, oneOf: (options?.units ?? []).map((u) => ({ const: u.code, title: u.name })) }
}

export function coField(title: string, options: Options | undefined): FieldSchema {
  return {
    type: 'array',
    title,
    items: { type: 'string', oneOf: (options?.units ?? []).map((u) => ({ const: u.code, title: u.name })) },
  }
}
