import { Type } from 'typebox'
import { Id, route } from '#platform/contract/route.ts'
import { ImportListShape, ImportShape, MappingShape } from '#platform/imports/contract.ts'

/** Permission to import orders, by territory. */
export const IMPORT = 'loop.report.import'

/** Channels that orders come by; as cases name them. */
export const ORDER_SOURCES = ['hotline', 'window', 'grid', 'import'] as const

const refusals = [
  'tables.too_large',
  'tables.too_many_rows',
  'tables.old_format',
  'tables.format_unknown',
  'tables.damaged',
  'tables.encoding_unknown',
  'tables.encoding_mixed',
  'tables.column_twice',
  'tables.empty',
  'imports.no_rows',
]

export const uploadOrders = route({
  name: 'orders.upload',
  kind: 'command',
  method: 'POST',
  path: '/orders/imports',
  audience: 'staff',
  permission: IMPORT,
  summary: '上传工单文件（.xlsx、.csv），尚不导入',
  input: Type.Object({}),
  output: ImportShape,
  errors: refusals,
  upload: true,
})

export const listOrderImports = route({
  name: 'orders.list_imports',
  kind: 'query',
  method: 'GET',
  path: '/orders/imports',
  audience: 'staff',
  permission: IMPORT,
  summary: '工单导入记录',
  input: Type.Object({
    cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  }),
  output: ImportListShape,
})

export const getOrderImport = route({
  name: 'orders.get_import',
  kind: 'query',
  method: 'GET',
  path: '/orders/imports/:id',
  audience: 'staff',
  permission: IMPORT,
  summary: '一次工单导入：列的对应、试运行结果、进度',
  input: Type.Object({ id: Id }),
  output: ImportShape,
})

export const checkOrderImport = route({
  name: 'orders.check_import',
  kind: 'command',
  method: 'POST',
  path: '/orders/imports/:id/check',
  audience: 'staff',
  permission: IMPORT,
  summary: '试运行：逐行核对，不登记',
  input: Type.Object({
    id: Id,
    mapping: MappingShape,
    settings: Type.Object({
      source: Type.Union([
        Type.Literal('hotline'),
        Type.Literal('window'),
        Type.Literal('grid'),
        Type.Literal('import'),
      ]),
      /** Source as people call it; outside numbers are unique within it. */
      origin: Type.String({ minLength: 2, maxLength: 40 }),
    }),
  }),
  output: ImportShape,
  errors: ['imports.begun', 'imports.column_needed', 'imports.column_unknown', 'imports.column_shared'],
})

const step = (name: string, path: string, summary: string, errors: string[]) =>
  route({
    name: `orders.${name}`,
    kind: 'command',
    method: 'POST',
    path: `/orders/imports/:id/${path}`,
    audience: 'staff',
    permission: IMPORT,
    summary,
    input: Type.Object({ id: Id }),
    output: ImportShape,
    errors,
  })

export const startOrderImport = step('start_import', 'start', '开始导入', ['imports.not_checked'])
export const cancelOrderImport = step('cancel_import', 'cancel', '停下：已导入的保留', ['imports.not_running'])
export const resumeOrderImport = step('resume_import', 'resume', '从停下处继续', [
  'imports.running',
  'imports.not_stopped',
])

export const downloadOrderErrors = route({
  name: 'orders.download_errors',
  kind: 'query',
  method: 'GET',
  path: '/orders/imports/:id/errors',
  audience: 'staff',
  permission: IMPORT,
  summary: '下载待修改的行，格式与上传的文件相同',
  input: Type.Object({ id: Id }),
  output: Type.Unknown(),
  errors: ['imports.no_errors'],
  stream: true,
})
