import type { CityOrder } from '../domain/city-message.ts'

/** Written for the demo (演示): no such people, telephone numbers that nobody has. */
export interface DemoOrder {
  number: string
  /** Hours of working time before the start of the demo; without, it arrives while somebody looks on. */
  ago?: number
  order: Omit<CityOrder, 'signDueAt' | 'replyDueAt'>
  /** How far the county has come with it. */
  until?: 'signed' | 'closed'
  satisfied?: boolean
  urged?: string
}

const caller = (callerName: string, last: number) => ({
  callerName,
  callerPhone: `199000051${String(last).padStart(2, '0')}`,
})

export const DEMO_ORDERS: readonly DemoOrder[] = [
  {
    number: 'SZ-YS-20260001',
    ago: 34,
    order: {
      title: '香溪花苑 5 幢楼道飞线充电（演示）',
      content: '木渎镇香溪社区香溪花苑 5 幢 1 单元有人从家里拉电线到楼道给电动车充电，晚上整夜插着，担心起火，请处理。',
      kind: '投诉',
      address: '木渎镇香溪社区香溪花苑 5 幢 1 单元',
      town: '木渎镇',
      ...caller('顾小林', 1),
    },
    until: 'closed',
    satisfied: true,
  },
  {
    number: 'SZ-YS-20260002',
    ago: 30,
    order: {
      title: '香溪花苑 8 幢楼道充电，清理后又拉线（演示）',
      content: '木渎镇香溪社区香溪花苑 8 幢 2 单元二楼从家里拉电线到楼道给电动车充电，前几天清理过又接上了，请处理。',
      kind: '投诉',
      address: '木渎镇香溪社区香溪花苑 8 幢 2 单元',
      town: '木渎镇',
      ...caller('陆文娟', 2),
    },
    until: 'closed',
    satisfied: false,
  },
  {
    number: 'SZ-YS-20260003',
    ago: 9,
    order: {
      title: '香溪花苑 15 幢地下室停满充电电动车（演示）',
      content: '木渎镇香溪社区香溪花苑 15 幢楼道口有人从家里拉电线到楼道给电动车充电，进出不便，请尽快清理。',
      kind: '求助',
      urgent: true,
      address: '木渎镇香溪社区香溪花苑 15 幢',
      town: '木渎镇',
      ...caller('沈阿大', 3),
    },
    until: 'signed',
    urged: '反映人第二次来电，请加快办理',
  },
  {
    number: 'SZ-YS-20260004',
    ago: 5,
    order: {
      title: '甪直甫里公园东侧路灯连续多晚不亮（演示）',
      content: '甪直镇甫里公园东侧步道七盏路灯连续四个晚上不亮，老人散步看不清路面，希望尽快修好。',
      kind: '求助',
      address: '甪直镇甫里公园东侧步道',
      town: '甪直镇',
      ...caller('严根生', 4),
    },
  },
  {
    number: 'SZ-YS-20260005',
    ago: 2,
    order: {
      title: '长桥菜场门口占道经营（演示）',
      content: '长桥街道菜场门口每天早上流动摊贩占用非机动车道，电动车只能走机动车道，很危险。',
      kind: '投诉',
      address: '长桥街道长桥菜场南门',
      town: '长桥街道',
      ...caller('朱建明', 5),
    },
  },
  {
    number: 'SZ-YS-20260006',
    order: {
      title: '咨询老旧小区加装电梯补贴怎么申请（演示）',
      content: '家住胥口镇的老小区，想问加装电梯的补贴标准和申请流程，要多少户同意，向哪个部门交材料。',
      kind: '咨询',
      address: '胥口镇',
      town: '胥口镇',
      ...caller('徐敏', 6),
    },
  },
  {
    number: 'SZ-YS-20260007',
    order: {
      title: '横泾街道河面漂浮水草和垃圾（演示）',
      content: '横泾街道村口河道漂着大片水草和塑料瓶，有异味，已经一个多星期没有人打捞。',
      kind: '求助',
      address: '横泾街道村口河道',
      town: '横泾街道',
      ...caller('周根妹', 7),
    },
  },
  {
    number: 'SZ-YS-20260008',
    order: {
      title: '建议在木渎实验小学门口增设斑马线（演示）',
      content: '木渎镇实验小学侧门外没有斑马线，放学时车多人多，建议增设斑马线和减速带。',
      kind: '建议',
      address: '木渎镇实验小学侧门',
      town: '木渎镇',
      ...caller('吴静', 8),
    },
  },
]
