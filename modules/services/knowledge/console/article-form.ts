import type { listLines } from '#modules/foundation/org/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import type { Text } from '#ui/i18n/TextProvider.tsx'
import type { FormSchema } from '#ui/schema-form/form-schema.ts'

/** The form in which an article is written. */
export function articleForm({ t, language }: Text, lines: RouteOutput<typeof listLines> | undefined): FormSchema {
  return {
    type: 'object',
    required: ['question', 'answer', 'basis', 'basisRead', 'validFrom', 'reviewOn', 'visibility'],
    properties: {
      question: {
        type: 'string',
        format: 'line',
        title: t('knowledge.question'),
        minLength: 4,
        maxLength: 120,
        'x-order': 0,
      },
      answer: {
        type: 'string',
        format: 'multiline',
        title: t('knowledge.answer'),
        description: t('knowledge.answerHelp'),
        minLength: 10,
        maxLength: 3000,
        'x-rows': 6,
        'x-order': 1,
      },
      keywords: {
        type: 'array',
        title: t('knowledge.keywords'),
        maxItems: 20,
        items: { type: 'string', minLength: 2, maxLength: 20 },
        'x-order': 2,
      },
      lineCode: {
        type: 'string',
        title: t('knowledge.line'),
        oneOf: (lines?.items ?? []).map((line) => ({ const: line.code, title: line.name[language] })),
        'x-order': 3,
      },
      ownerUnitId: {
        type: 'integer',
        format: 'unit',
        title: t('knowledge.owner'),
        description: t('knowledge.ownerHelp'),
        'x-order': 4,
      },
      itemCode: { type: 'string', title: t('knowledge.item'), maxLength: 40, 'x-order': 5 },
      basis: {
        type: 'string',
        format: 'line',
        title: t('knowledge.basis'),
        minLength: 2,
        maxLength: 300,
        'x-order': 6,
      },
      basisRead: { type: 'boolean', title: t('knowledge.basisRead'), 'x-order': 7 },
      visibility: {
        type: 'string',
        title: t('knowledge.visibility'),
        enum: ['public', 'internal'],
        'x-names': [t('knowledge.public'), t('knowledge.internal')],
        'x-order': 8,
      },
      validFrom: { type: 'string', format: 'date', title: t('knowledge.validFrom'), 'x-order': 9 },
      validTo: { type: 'string', format: 'date', title: t('knowledge.validTo'), 'x-order': 10 },
      reviewOn: {
        type: 'string',
        format: 'date',
        title: t('knowledge.reviewOn'),
        description: t('knowledge.reviewHelp'),
        'x-order': 11,
      },
    },
  }
}
