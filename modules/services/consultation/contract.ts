import { Type } from 'typebox'
import { Id, Instant, LocalText, route } from '#platform/contract/route.ts'
import { CaseRowShape } from '#platform/process/contract.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(shape: T) => Type.Union([shape, Type.Null()])

export const getPack = route({
  name: 'consultation.get_pack',
  kind: 'query',
  method: 'GET',
  path: '/consultation/cases/:id/pack',
  audience: 'staff',
  permission: null,
  why: 'for who sees the case, else 404; every report in it is narrowed by the case policy like the list',
  summary: '会商材料：重复件及其办理、决定及其交办',
  input: Type.Object({ id: Id }),
  output: Type.Object({
    repeats: Type.Array(
      Type.Object({
        case: CaseRowShape,
        result: Nullable(Type.String()),
        reply: Nullable(Type.String()),
        rating: Nullable(Type.Integer({ minimum: 1, maximum: 5 })),
      }),
    ),
    /** Reports that the reader may not see. */
    hidden: Type.Integer(),
    decisions: Type.Array(
      Type.Object({
        no: Type.Integer(),
        text: Type.String(),
        unitName: Type.String(),
        due: Type.String(),
        report: Nullable(Type.Object({ id: Id, number: Type.String(), stateName: LocalText })),
      }),
    ),
  }),
  errors: ['consultation.not_a_consultation'],
})

const SettingFields = {
  repeats: Type.Integer({ minimum: 2, maximum: 20 }),
  days: Type.Integer({ minimum: 1, maximum: 365 }),
  metres: Type.Integer({ minimum: 0, maximum: 5000 }),
}
const SettingShape = Type.Object({
  ...SettingFields,
  changedAt: Nullable(Instant),
  changedByName: Nullable(Type.String()),
})

export const getSetting = route({
  name: 'consultation.get_setting',
  kind: 'query',
  method: 'GET',
  path: '/consultation/setting',
  audience: 'staff',
  permission: 'consultation.setting.manage',
  summary: '会商预警阈值',
  input: Type.Object({}),
  output: SettingShape,
})

export const changeSetting = route({
  name: 'consultation.change_setting',
  kind: 'command',
  method: 'PUT',
  path: '/consultation/setting',
  audience: 'staff',
  permission: 'consultation.setting.manage',
  summary: '调整会商预警阈值',
  input: Type.Object(SettingFields),
  output: SettingShape,
})
