import type { Context } from '#platform/command/context.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import { type PlayedCase, playCases } from '#platform/process/play-case.ts'
import { addParty } from '../server/parties.ts'

const DAY_MS = 86_400_000
const day = (context: Context, days = 0) =>
  context.here.calendar.dateAt(new Date(context.now.getTime() + days * DAY_MS))

const both =
  (applicant: [string, string], respondent: [string, string?]) =>
  async (context: Context, caseId: number): Promise<void> => {
    await addParty(context, caseId, { side: 'applicant', name: applicant[0], phone: applicant[1] })
    await addParty(context, caseId, { side: 'respondent', name: respondent[0], phone: respondent[1] })
  }
const session =
  (summary: string, present = '各方到场') =>
  (context: Context) => ({
    heldOn: day(context),
    place: '调解室',
    present,
    summary,
  })

/** Written for the demo (演示); nobody in them exists. */
const CASES: readonly PlayedCase[] = [
  {
    key: 'mediation-leak',
    flow: 'mediation',
    by: 'md-xiangxi-desk',
    ago: 150,
    villageCode: '320506103001',
    placeText: '香溪花苑 7 幢（演示）',
    place: { lon: 120.5139, lat: 31.2498 },
    form: {
      kind: '邻里',
      matter: '楼上卫生间渗水损坏楼下吊顶',
      facts: '被申请人家卫生间防水老化，两次渗水，申请人家卫生间吊顶和墙面受损。',
      claim: '要求修好防水并赔偿吊顶、墙面修复费用。',
      committee: '村社区',
      willing: '各方愿意',
    },
    steps: [
      {
        by: 'md-xiangxi-desk',
        after: 3,
        action: 'accept',
        first: both(['赵明亮', '19900006101'], ['钱桂兰', '19900006102']),
        form: { consent: '同意调解', mediators: '香溪社区调委会两名调解员' },
      },
      {
        by: 'md-xiangxi-desk',
        after: 8,
        action: 'recordSession',
        form: session('入户查看渗水点，被申请人认可是自家防水老化，愿意维修；双方对修复费用有分歧。'),
      },
      {
        by: 'md-xiangxi-desk',
        after: 14,
        action: 'recordSession',
        form: session('对照维修报价，被申请人同意承担全部防水费用和吊顶修复费用的七成。'),
      },
      {
        by: 'md-xiangxi-desk',
        after: 1,
        action: 'agree',
        form: (context) => ({
          terms:
            '一、被申请人负责重做卫生间防水；二、被申请人一次性补偿申请人吊顶和墙面修复费用 1400 元；三、双方不再就此事另行主张。',
          performance: '防水十日内完工，补偿款于完工当日以转账方式支付。',
          visitDate: day(context, 10),
        }),
      },
      { by: 'md-xiangxi-desk', after: 6, action: 'noConfirmation' },
      {
        by: 'md-xiangxi-desk',
        after: 56,
        action: 'visitKept',
        form: { how: '上门回访，防水闭水试验合格，补偿款已到账，双方无异议。' },
      },
    ],
  },
  {
    key: 'mediation-fees',
    flow: 'mediation',
    by: 'md-huayuan-desk',
    ago: 30,
    villageCode: '320506103002',
    placeText: '花苑小区（演示）',
    place: { lon: 120.5168, lat: 31.2531 },
    form: {
      kind: '物业',
      matter: '电梯停用期间的物业费减免',
      facts: '单元电梯因大修停用四十余天，申请人要求减免停用期间物业费，被申请人只同意减免电梯运行费。',
      committee: '镇街',
      willing: '申请人愿意，待征求对方',
    },
    steps: [
      {
        by: 'md-yin',
        after: 5,
        action: 'accept',
        first: both(['孙立群', '19900006103'], ['花苑物业服务处（演示）']),
        form: { consent: '同意调解', mediators: '镇调委会专职调解员' },
      },
      {
        by: 'md-yin',
        after: 12,
        action: 'recordSession',
        form: session('核对停用天数和收费构成，被申请人带回研究，约定五日内答复。'),
      },
    ],
  },
  {
    key: 'mediation-wages',
    flow: 'mediation',
    by: 'md-yin',
    ago: 90,
    villageCode: '320506103001',
    placeText: '金山路 18 号（演示）',
    place: { lon: 120.5201, lat: 31.2473 },
    form: {
      kind: '劳资',
      matter: '装修班组工资拖欠',
      facts: '申请人受雇于被申请人完成店面装修，完工后尚有部分工资未付，双方对工程量有争议。',
      committee: '镇街',
      willing: '各方愿意',
    },
    steps: [
      {
        by: 'md-yin',
        after: 2,
        action: 'accept',
        first: both(['李建华', '19900006104'], ['周记装饰（演示）', '19900006105']),
        form: { consent: '同意调解' },
      },
      { by: 'md-yin', after: 6, action: 'recordSession', form: session('逐项核对工程量，双方认可尚欠工资数额。') },
      {
        by: 'md-yin',
        after: 2,
        action: 'agree',
        form: (context) => ({
          terms: '被申请人分两期付清所欠工资，逾期未付的，申请人可就全部余款主张权利。',
          performance: '第一期于协议签订之日起七日内支付，第二期于三十日内付清，均转账支付。',
          visitDate: day(context, 32),
        }),
      },
      {
        by: 'md-yin',
        after: 12,
        action: 'applyConfirmation',
        form: (context) => ({ court: '吴中区人民法院', appliedOn: day(context) }),
      },
      {
        by: 'md-yin',
        after: 40,
        action: 'confirmed',
        form: (context) => ({ rulingNumber: '演示民特 18 号', ruledOn: day(context) }),
      },
    ],
  },
  {
    key: 'mediation-failed',
    flow: 'mediation',
    by: 'lz-han',
    ago: 70,
    villageCode: '320506100006',
    placeText: '沿街商铺（演示）',
    place: { lon: 120.8732, lat: 31.2608 },
    form: {
      kind: '消费',
      matter: '预付卡余额退还',
      facts: '商户停业，申请人要求退还预付卡余额，被申请人称已转让经营，不同意承担。',
      committee: '镇街',
      willing: '申请人愿意，待征求对方',
    },
    steps: [
      {
        by: 'lz-han',
        after: 4,
        action: 'accept',
        first: both(['吴晓梅', '19900006106'], ['某理发店（演示）']),
        form: { consent: '未明确拒绝，先行联系' },
      },
      {
        by: 'lz-han',
        after: 16,
        action: 'recordSession',
        form: session('电话联系两次，被申请人不同意退款，也不愿到场。', '各方均未到场，电话联系'),
      },
      {
        by: 'lz-han',
        after: 8,
        action: 'fail',
        form: { why: '被申请人明确表示不接受任何退款方案。', ways: ['诉讼', '法律援助'] },
      },
    ],
  },
]

/** A few mediations at every stage, once. */
export function loadMediations(load: DemoLoad): Promise<void> {
  return playCases(load, '演示矛盾调解', CASES)
}
