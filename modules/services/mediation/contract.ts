import { Type } from 'typebox'
import { Id, route } from '#platform/contract/route.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(shape: T) => Type.Union([shape, Type.Null()])

const SideShape = Type.Union([Type.Literal('applicant'), Type.Literal('respondent')])

const PartiesShape = Type.Object({
  parties: Type.Array(
    Type.Object({ no: Type.Integer(), side: SideShape, name: Type.String(), phone: Nullable(Type.String()) }),
  ),
  masked: Type.Boolean(),
  /** The person may record and take out parties now. */
  canRecord: Type.Boolean(),
  canUnmask: Type.Boolean(),
})

export const getParties = route({
  name: 'mediation.get_parties',
  kind: 'query',
  method: 'POST',
  path: '/mediation/cases/:id/parties/read',
  audience: 'staff',
  permission: null,
  why: 'masked for who sees the case; unmasking needs the work item and a purpose, and leaves a row',
  summary: '查看调解当事人（脱敏；说明用途后可看全）',
  input: Type.Object({
    id: Id,
    /** Stated purpose: shows names and numbers in full and leaves a row. */
    purpose: Type.Optional(Type.String({ minLength: 2, maxLength: 100 })),
  }),
  output: PartiesShape,
  errors: ['mediation.not_a_mediation'],
})

export const recordParty = route({
  name: 'mediation.record_party',
  kind: 'command',
  method: 'POST',
  path: '/mediation/cases/:id/parties',
  audience: 'staff',
  permission: null,
  why: 'only who opened the case or has it in hand, which the command checks',
  summary: '登记一位调解当事人（加密保存）',
  input: Type.Object({
    id: Id,
    side: SideShape,
    name: Type.String({ minLength: 2, maxLength: 60 }),
    phone: Type.Optional(Type.String({ pattern: '^(\\+?86)?1[3-9][0-9]{9}$|^0[0-9]{2,3}-?[0-9]{7,8}$' })),
  }),
  output: PartiesShape,
  errors: ['mediation.not_a_mediation', 'mediation.parties_fixed'],
})

export const removePartyRoute = route({
  name: 'mediation.remove_party',
  kind: 'command',
  method: 'POST',
  path: '/mediation/cases/:id/parties/remove',
  audience: 'staff',
  permission: null,
  why: 'only who opened the case or has it in hand, which the command checks',
  summary: '取消误登记的调解当事人',
  input: Type.Object({ id: Id, no: Type.Integer({ minimum: 1 }) }),
  output: PartiesShape,
  errors: ['mediation.not_a_mediation', 'mediation.parties_fixed', 'mediation.party_unknown'],
})
