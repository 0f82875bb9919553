import { sql, type Tx } from '#platform/db/db.ts'

export interface KnownOrder {
  number: string | null
  fingerprint: string
  caseNumber: string
}

/** Orders of earlier imports that have one of these numbers or fingerprints. */
export async function findKnownOrders(
  tx: Tx,
  origin: string,
  numbers: readonly string[],
  fingerprints: readonly Buffer[],
): Promise<KnownOrder[]> {
  const { rows } = await sql<KnownOrder>`/* plan each time */
    select o.outside_number as number, encode(o.fingerprint, 'hex') as fingerprint, c.number as "caseNumber"
      from orders_order o join process_case c on c.id = o.case_id
     where o.origin = ${origin} and o.outside_number = any(${numbers as string[]}::text[])
    union all
    select null, encode(o.fingerprint, 'hex'), c.number
      from orders_order o join process_case c on c.id = o.case_id
     where o.fingerprint = any(${fingerprints as Buffer[]}::bytea[]) and o.origin = ${origin}`.execute(tx)
  return rows
}

export interface NewOrder {
  caseId: number
  rowNumber: number
  number: string | null
  fingerprint: Buffer
}

export async function insertOrders(
  tx: Tx,
  importId: number,
  origin: string,
  orders: readonly NewOrder[],
  at: Date,
): Promise<void> {
  await sql`
    insert into orders_order (case_id, import_id, row_number, origin, outside_number, fingerprint, at)
    select case_id, ${importId}::bigint, row_number, ${origin}, outside_number, fingerprint, ${at}
      from unnest(${orders.map((o) => o.caseId)}::bigint[], ${orders.map((o) => o.rowNumber)}::integer[],
        ${orders.map((o) => o.number)}::text[], ${orders.map((o) => o.fingerprint)}::bytea[])
        as o (case_id, row_number, outside_number, fingerprint)`.execute(tx)
}

/** How many orders of an import lie at each desk now. */
export async function countByDesk(
  tx: Tx,
  importId: number,
): Promise<{ unitId: number; role: string; count: number }[]> {
  const { rows } = await sql<{ unitId: number; role: string; count: number }>`
    select w.unit_id as "unitId", w.role, count(*) as count
      from orders_order o join process_work_item w on w.case_id = o.case_id
     where o.import_id = ${importId} and w.unit_id is not null group by 1, 2 order by 1, 2`.execute(tx)
  return rows
}
