import type { FieldSchema, FormSchema } from '#ui/schema-form/form-schema.ts'

type Say = (key: string) => string

/** Every change of the organisation is explained; the reason stays in the audit. */
export function reasonField(t: Say): FieldSchema {
  return { type: 'string', format: 'multiline', title: t('org.field.reason'), minLength: 2, maxLength: 500 }
}

export function reasonForm(t: Say): FormSchema {
  return { type: 'object', required: ['reason'], properties: { reason: reasonField(t) } }
}

export const roles = [
  'intakeClerk',
  'dutyChief',
  'dispatcher',
  'handler',
  'unitLeader',
  'gridWorker',
  'gridLeader',
  'countyDirector',
  'bureauAdmin',
  'expert',
  'meetingSecretary',
  'auditor',
]

export function roleField(t: Say): FieldSchema {
  return { type: 'string', title: t('org.field.role'), enum: roles, 'x-names': roles.map((role) => t(`role.${role}`)) }
}

/** A choice among names that the page has loaded. */
export function choiceField(title: string, options: { value: string | number; label: string }[]): FieldSchema {
  return { type: 'string', title, oneOf: options.map((o) => ({ const: o.value, title: o.label })) }
}

export function choicesField(title: string, options: { value: string | number; label: string }[]): FieldSchema {
  return {
    type: 'array',
    title,
    items: { type: 'string', oneOf: options.map((o) => ({ const: o.value, title: o.label })) },
  }
}
