import type { Context } from '#platform/command/context.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import { type PlayedCase, playCases } from '#platform/process/play-case.ts'

const unit = ({ here }: Context, code: string) => here.directory.unitByCode(code)?.id
const units = (context: Context, codes: readonly string[]) => codes.map((code) => unit(context, code))
const ENFORCEMENT = '320506103-enforcement'
const SAFETY = '320506103-safety'
const SANITATION = '320506103-sanitation'
const FIRE = '320506-fire'

/** Written for the demo (演示). */
const CASES: readonly PlayedCase[] = [
  {
    key: 'whistle-alley',
    flow: 'whistle',
    by: 'md-chen',
    ago: 40,
    villageCode: '320506103001',
    placeText: '香溪花苑 12 幢（演示）',
    place: { lon: 120.5144, lat: 31.2503 },
    form: (context) => ({
      kind: '日常哨',
      matter: '楼道电动车集中停放充电',
      reason: '近期多辆电动车在楼道充电，请消防、执法、安监到场联合清理，社区同时动员。',
      meetAt: '香溪花苑南门',
      calledUnits: units(context, [ENFORCEMENT, SAFETY, FIRE]),
    }),
    steps: [
      { by: 'md-wu', after: 0.6, action: 'arrive', form: { people: '执法队员 3 人' } },
      { by: 'md-fan', after: 0.5, action: 'arrive', form: { people: '安监办 2 人' } },
      { by: 'fire-he', after: 16, action: 'arrive', form: { people: '消防监督员 2 人' } },
      {
        by: 'md-chen',
        after: 3,
        action: 'recordHandling',
        form: {
          result: '清理楼道电动车 11 辆、飞线 6 处，消防现场检查并宣讲，社区划出临时停放点。',
          leftOver: '车棚选址由社区与物业两周内提出。',
        },
      },
      {
        by: 'md-chen',
        after: 2,
        action: 'evaluateUnit',
        form: (context) => ({ unitId: unit(context, ENFORCEMENT), turnout: '到位', words: '到得快，现场秩序好。' }),
      },
      {
        by: 'md-chen',
        after: 0.1,
        action: 'evaluateUnit',
        form: (context) => ({ unitId: unit(context, SAFETY), turnout: '到位', words: '配合登记到位。' }),
      },
      {
        by: 'md-chen',
        after: 0.1,
        action: 'evaluateUnit',
        form: (context) => ({
          unitId: unit(context, FIRE),
          turnout: '迟到',
          words: '因处警晚一天到，到场后检查细致。',
        }),
      },
      { by: 'md-chen', after: 0.2, action: 'close' },
    ],
  },
  {
    key: 'whistle-market',
    flow: 'whistle',
    by: 'md-fu',
    ago: 3,
    villageCode: '320506103002',
    placeText: '花苑农贸市场东侧（演示）',
    place: { lon: 120.5171, lat: 31.2527 },
    form: (context) => ({
      kind: '日常哨',
      matter: '市场东侧占道和积水',
      reason: '早市散后占道、积水反复，请执法、环卫到场一起定清扫和劝离的办法。',
      meetAt: '市场东门',
      calledUnits: units(context, [ENFORCEMENT, SANITATION]),
    }),
    steps: [{ by: 'md-ma', after: 1.5, action: 'arrive', form: { people: '环卫所 2 人' } }],
  },
]

/** One whistle that is over, with a unit that came late, and one that is being answered; once. */
export function loadWhistles(load: DemoLoad): Promise<void> {
  return playCases(load, '演示吹哨报到', CASES)
}
