import type { CaseClockView } from '#ui/case/CaseHeader.tsx'
import type { TraceHop } from '#ui/case/trace.ts'
import { at } from '#ui/testing/fixture-time.ts'

/** Script A as the 分管负责人 sees it before signing, 2026-10-01 11:08:02. */
export const caseNow = '10-01 11:08:02'

export const caseClocks: CaseClockView[] = [
  {
    key: 'handle',
    name: '本级',
    limit: { value: 24, unit: 'urgentHour' },
    due: { at: at('10-01 17:20:00'), unit: 'urgentHour', overdue: false },
  },
  {
    key: 'city',
    name: '市工单',
    limit: { value: 5, unit: 'workday' },
    due: { at: at('10-13 17:30:00'), unit: 'workday', overdue: false, pausedAt: at('09-30 17:30:00') },
    note: '10-13 17:30 到期，10-08 09:00 续计',
  },
  {
    key: 'property',
    name: '物业清理',
    limit: { value: 8, unit: 'workHour' },
    due: { at: at('10-09 09:50:00'), unit: 'workHour', overdue: false },
    stoppedAt: at('10-01 10:12:09'),
    outcome: '已反馈',
  },
]

let n = 0
const hop = (
  phase: string,
  time: string,
  what: string,
  who: string,
  mark: TraceHop['mark'] = 'plain',
  note?: string,
  why?: TraceHop['why'],
): TraceHop => ({ id: ++n, at: at(time), what, who, mark, phase, note: note ?? null, why: why ?? null })

export const traceHops: TraceHop[] = [
  hop('报事', '09-30 16:20:05', '报事', ''),
  hop('受理', '09-30 16:22:10', '受理', '受理员 周*'),
  hop('核实', '09-30 16:22:31', '派核实', '受理员 周*'),
  hop('核实', '09-30 16:23:05', '签收', '网格员 王*'),
  hop('核实', '09-30 16:41:18', '核实属实', '网格员 王*（劝导，未入户）'),
  hop('核实', '09-30 16:44:02', '立案', '值班长 陈*'),
  hop('派遣 · 裁定 · 签收', '09-30 16:46:20', '并入市工单 1 件', '系统 · 同一楼道'),
  hop('派遣 · 裁定 · 签收', '09-30 16:47:12', '派遣', '镇综合执法局'),
  hop('派遣 · 裁定 · 签收', '09-30 16:58:40', '退单', '经办人 吴*', 'back', '理由：不在赋权清单（引第 2 条）'),
  hop('派遣 · 裁定 · 签收', '09-30 17:20:00', '裁定', '区指挥中心 值班主任 高*', 'key', undefined, {
    title: '为什么是区消防救援大队：',
    text: '类别“安全隐患—飞线充电”×“住宅共用楼道”，职责清单第三类（上级收回）归消防；镇执法局无赋权。入裁定库 CD-2026-017，裁定后不得再退。',
  }),
  hop(
    '派遣 · 裁定 · 签收',
    '09-30 17:20:15',
    '派遣',
    '主办：区消防救援大队',
    'plain',
    '协办：镇综合执法局、香溪物业（8 工作时）',
  ),
  hop('派遣 · 裁定 · 签收', '09-30 17:26:03', '签收', 'B岗 经办人 孙*'),
  hop('处置 · 核查', '09-30 19:30:41', '责令改正', '经办人 孙*', 'plain', '文书 1 份 · 保密，仅具名人员可看'),
  hop('处置 · 核查', '09-30 20:10:22', '核查不通过，返工', '网格员 赵*', 'back', '另发现第二根线；核查人与核实人不同'),
  hop('处置 · 核查', '10-01 10:12:09', '返工完成', '香溪物业'),
  hop('处置 · 核查', '10-01 10:40:33', '核查通过', '网格员 赵*', 'key'),
  hop('答复', '10-01 10:52:10', '诉求 ② 未答，生成子案', '经办人 孙*'),
]

export const said =
  '二单元一楼有人从家里拉电线到楼道给电动车充电，晚上整夜插着，老人小孩都从这里走。要是没地方充，能不能在小区里建个车棚？'
