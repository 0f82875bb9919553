import { orgDirectory, raiseRevision } from '#modules/foundation/org/public.ts'
import {
  endAbsence,
  enterAbsence,
  listAbsences,
  listPairs,
  nameBackup,
  previewAbsence,
} from '#modules/management/roster/contract.ts'
import { mayPlan, requirePlan, staffOf } from '#modules/management/roster/server/roster.policy.ts'
import {
  absencesBetween,
  dutiesOfPeople,
  endActing,
  insertActing,
  listDesks,
  listShifts,
  lockRoster,
  peopleOf,
} from '#modules/management/roster/server/roster.store.ts'
import { command, query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'

/** An absence may be entered up to a day after it began. */
const BACKDATE_MS = 24 * 3_600_000

interface OwnPost {
  postId: number
  unitId: number
  role: string
  post: string
  roster: 'A' | 'B' | null
}

/** Posts that a person holds in a span of time, not in somebody's place. */
async function postsOf(tx: Tx, accountId: number, since: Date, until: Date): Promise<OwnPost[]> {
  const { rows } = await sql<OwnPost>`
    select distinct p.id as "postId", p.unit_id as "unitId", p.role, p.name as post, p.roster
      from org_post_holding h join org_post p on p.id = h.post_id and p.retired_at is null
     where h.account_id = ${accountId} and not h.acting and h.since < ${until} and (h.until is null or h.until > ${since})
     order by p.id`.execute(tx)
  return rows
}

interface Backup {
  postId: number
  accountId: number
  named: boolean
}

/** Who stands in for posts: the person named, else the holder of the other post of the pair in the same unit and role. */
async function backupsOf(tx: Tx, postIds: number[], at: Date): Promise<Map<number, Backup>> {
  const { rows } = await sql<Backup>`
    select p.id as "postId", coalesce(b.account_id, o.account_id) as "accountId", b.account_id is not null as named
      from org_post p
      left join roster_backup b on b.post_id = p.id and b.until is null
      left join lateral (
        select h.account_id from org_post q join org_post_holding h on h.post_id = q.id and not h.acting
          join auth_account a on a.id = h.account_id and a.disabled_at is null
         where q.unit_id = p.unit_id and q.role = p.role and q.retired_at is null and p.roster is not null
           and q.roster <> p.roster and h.since <= ${at} and (h.until is null or h.until > ${at})
         order by h.id limit 1) o on true
     where p.id = any(${postIds}::bigint[]) and coalesce(b.account_id, o.account_id) is not null`.execute(tx)
  return new Map(rows.map((row) => [row.postId, row]))
}

/** Whether the actor enters absences of a person: his own, or of a unit whose roster he keeps. */
async function mayEnter(context: Context, accountId: number): Promise<'own' | 'keeper' | null> {
  const actor = staffOf(context)
  const directory = orgDirectory(context.here)
  const posts = await postsOf(context.tx, accountId, context.now, new Date(context.now.getTime() + 1))
  const keeper = posts.length > 0 && posts.every((post) => mayPlan(actor, directory.unit(post.unitId)!))
  if (actor.accountId === accountId) return 'own'
  return keeper ? 'keeper' : null
}

interface Cover {
  postId: number
  unitId: number
  role: string
  post: string
  backup: number | null
  problem: 'none' | 'absent' | null
}

async function coversFor(
  context: Context,
  accountId: number,
  since: Date,
  until: Date,
  chosen: readonly { postId: number; accountId: number }[] = [],
): Promise<Cover[]> {
  const { tx, now } = context
  const posts = await postsOf(tx, accountId, since, until)
  const backups = await backupsOf(
    tx,
    posts.map(({ postId }) => postId),
    now,
  )
  const covers: Cover[] = []
  for (const post of posts) {
    const picked = chosen.find(({ postId }) => postId === post.postId)?.accountId
    if (picked !== undefined && !(await peopleOf(tx, post.unitId, now)).some(({ id }) => id === picked))
      throw new AppError('roster.person_not_of_unit', { status: 422 })
    const backup = picked ?? backups.get(post.postId)?.accountId ?? null
    const absent = backup !== null && (await absencesBetween(tx, since, until, [backup])).length > 0
    covers.push({
      postId: post.postId,
      unitId: post.unitId,
      role: post.role,
      post: post.post,
      backup: backup === accountId ? null : backup,
      problem: backup === null || backup === accountId ? 'none' : absent ? 'absent' : null,
    })
  }
  return covers
}

/** Posts of others that a person stands in for in a span of time. */
async function standsInFor(tx: Tx, accountId: number, since: Date, until: Date): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    select u.short_name || p.name || '（' || f.display_name || '）' as what
      from org_post_holding h join org_post p on p.id = h.post_id join org_unit u on u.id = p.unit_id
      join auth_account f on f.id = h.for_account_id
     where h.account_id = ${accountId} and h.away and h.since < ${until} and h.until > ${since} order by h.id`.execute(
    tx,
  )
  return rows.map(({ what }) => what)
}

async function ownWork(tx: Tx, accountId: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from process_work_item where account_id = ${accountId}`.execute(tx)
  return rows[0]!.n
}

function spanGiven(since: string, until: string): { since: Date; until: Date } {
  const span = { since: new Date(since), until: new Date(until) }
  if (span.until <= span.since) throw new AppError('roster.until_before_since', { status: 422 })
  return span
}

export const previewAbsenceQuery = query(previewAbsence, async (context, input) => {
  const { tx, here } = context
  const { directory } = here
  const accountId = input.accountId ?? staffOf(context).accountId
  if (!(await mayEnter(context, accountId))) throw new AppError('roster.not_your_unit', { status: 403 })
  const { since, until } = spanGiven(input.since, input.until)
  const desks = new Map((await listDesks(tx)).map((desk) => [desk.id, desk.name]))
  const shifts = new Map((await listShifts(tx)).map((shift) => [shift.code, shift.name]))
  return {
    person: { id: accountId, name: directory.accountName(accountId) },
    posts: (await coversFor(context, accountId, since, until)).map((cover) => ({
      postId: cover.postId,
      post: cover.post,
      unit: directory.unit(cover.unitId)?.shortName ?? '',
      backup: cover.backup === null ? null : { id: cover.backup, name: directory.accountName(cover.backup) },
      problem: cover.problem,
    })),
    shifts: (await dutiesOfPeople(tx, [accountId], since, until)).map((duty) => ({
      desk: desks.get(duty.deskId) ?? '',
      day: duty.day,
      shift: shifts.get(duty.shift) ?? duty.shift,
    })),
    standsInFor: await standsInFor(tx, accountId, since, until),
    ownWork: await ownWork(tx, accountId),
  }
})

export const enterAbsenceCommand = command(enterAbsence, {
  async perform(context, input) {
    const { tx, now, here, pending } = context
    const actor = staffOf(context)
    const accountId = input.accountId ?? actor.accountId
    const as = await mayEnter(context, accountId)
    if (!as || (as === 'own' && (input.covers?.length || input.withoutCover)))
      throw new AppError('roster.not_your_unit', { status: 403 })
    const { since, until } = spanGiven(input.since, input.until)
    if (since.getTime() < now.getTime() - BACKDATE_MS || until <= now)
      throw new AppError('roster.since_in_past', { status: 422 })
    await lockRoster(tx)
    const name = here.directory.accountName(accountId)
    if ((await absencesBetween(tx, since, until, [accountId])).length > 0)
      throw new AppError('roster.absent_already', { status: 409, params: { name } })
    const standing = await standsInFor(tx, accountId, since, until)
    if (standing.length > 0 && !input.withoutCover)
      throw new AppError('roster.stands_in', { status: 409, params: { name, posts: standing.join('、') } })
    const covers = await coversFor(context, accountId, since, until, input.covers)
    const bad = covers.find(({ problem }) => problem !== null)
    if (bad && !input.withoutCover)
      throw new AppError(bad.problem === 'absent' ? 'roster.backup_absent' : 'roster.no_backup', {
        status: 409,
        params: { post: bad.post, name: bad.backup === null ? '' : here.directory.accountName(bad.backup) },
      })
    const { rows } = await sql<{ id: number }>`
      insert into roster_absence (account_id, kind, since, until, without_cover, entered_by, entered_at)
      values (${accountId}, ${input.kind}, ${since}, ${until}, ${bad !== undefined}, ${actor.accountId}, ${now})
      returning id`.execute(tx)
    const id = rows[0]!.id
    const sound = covers.filter((cover) => cover.problem === null)
    const holdings = await insertActing(
      tx,
      sound.map((cover) => ({
        postId: cover.postId,
        accountId: cover.backup!,
        forAccountId: accountId,
        since: since < now ? now : since,
        until,
        away: true,
      })),
      'A/B 岗代行',
      actor.accountId,
      now,
    )
    await sql`
      insert into roster_cover (absence_id, post_id, account_id, holding_id)
      select ${id}, c.post_id, c.account_id, c.holding_id
        from unnest(${sound.map(({ postId }) => postId)}::bigint[], ${sound.map(({ backup }) => backup!)}::bigint[],
          ${holdings}::bigint[]) as c (post_id, account_id, holding_id)`.execute(tx)
    await raiseRevision(tx)
    pending.subject = `roster_absence:${id}`
    pending.facts.push({
      kind: 'roster.absence_entered',
      subject: pending.subject,
      content: {
        account: accountId,
        since: since.toISOString(),
        until: until.toISOString(),
        covers: sound.map(({ postId, backup }) => `${postId}:${backup}`).join(' '),
      },
    })
    pending.jobs.push({
      kind: 'roster.absence_begins',
      aggregate: `absence:${id}`,
      payload: { absenceId: id },
      runAt: since < now ? now : since,
    })
    for (const backup of new Set(sound.map((cover) => cover.backup!)))
      pending.jobs.push({
        kind: 'notify.in_app',
        aggregate: `account:${backup}`,
        payload: {
          accountIds: [backup],
          kind: 'roster.stand_in',
          params: {
            name,
            posts: sound
              .filter((cover) => cover.backup === backup)
              .map(({ post }) => post)
              .join('、'),
            since: wall(context, since),
            until: wall(context, until),
          },
        },
      })
    return { ref: { id } }
  },
  present: async (context, ref) => (await presentAbsences(context, { id: (ref as { id: number }).id }))[0]!,
})

function wall(context: Context, at: Date): string {
  return new Date(at.getTime() + context.here.calendar.data.utcOffsetMinutes * 60_000)
    .toISOString()
    .slice(0, 16)
    .replace('T', ' ')
}

/**
 * When an absence begins, work in the person's own name goes to the unit and role that it was for, where who stands in finds it
 * and where it still is when the person comes back. Secret cases name who stands in.
 */
export const absenceBegins: JobHandler = async (context, payload) => {
  const { tx, now } = context
  const { absenceId } = payload as { absenceId: number }
  const { rows } = await sql<{ account_id: number; post_id: number; unit_id: number; role: string; cover: number }>`
    select b.account_id, c.post_id, p.unit_id, p.role, c.account_id as cover
      from roster_absence b join roster_cover c on c.absence_id = b.id join org_post p on p.id = c.post_id
     where b.id = ${absenceId} and b.ended_at is null and b.until > ${now} order by c.id`.execute(tx)
  for (const row of rows) {
    await sql`select c.id from process_case c where c.id in (select case_id from process_work_item
        where account_id = ${row.account_id} and unit_id = ${row.unit_id} and role = ${row.role})
       order by c.id for update`.execute(tx)
    const { rows: items } = await sql<{ case_id: number }>`
      update process_work_item set account_id = case when secrecy = 'secret' then ${row.cover}::bigint end
       where account_id = ${row.account_id} and unit_id = ${row.unit_id} and role = ${row.role}
      returning case_id`.execute(tx)
    if (items.length === 0) continue
    await sql`
      insert into process_party (case_id, unit_id, account_id, role, named, since, town_code, village_code, grid_code, line_code)
      select distinct c.id, null::bigint, ${row.cover}::bigint, 'standIn', true, ${now}::timestamptz, c.town_code, c.village_code,
             c.grid_code, c.line_code
        from process_case c where c.id = any(${items.map(({ case_id }) => case_id)}::bigint[]) and c.secrecy = 'secret'
      on conflict (case_id, unit_id, account_id, role) do nothing`.execute(tx)
    context.pending.jobs.push({
      kind: 'notify.in_app',
      aggregate: `account:${row.cover}`,
      payload: {
        accountIds: [row.cover],
        kind: 'roster.work_for_stand_in',
        params: { name: context.here.directory.accountName(row.account_id), count: items.length },
      },
    })
  }
}

export const endAbsenceCommand = command(endAbsence, {
  async perform(context, { absenceId }) {
    const { tx, now, pending } = context
    await lockRoster(tx)
    const { rows } = await sql<{ account_id: number; over: boolean }>`
      select account_id, ended_at is not null or until <= ${now} as over from roster_absence
       where id = ${absenceId} for update`.execute(tx)
    const absence = rows[0]
    if (!absence) throw notFound()
    if (!(await mayEnter(context, absence.account_id))) throw notFound()
    if (absence.over) throw new AppError('roster.absence_over', { status: 409 })
    await sql`update roster_absence set ended_at = greatest(since, ${now}::timestamptz), ended_by = ${staffOf(context).accountId}
               where id = ${absenceId}`.execute(tx)
    const covers = await sql<{ holding_id: number }>`
      select holding_id from roster_cover where absence_id = ${absenceId}`.execute(tx)
    await endActing(
      tx,
      covers.rows.map(({ holding_id }) => holding_id),
      now,
      '销假',
    )
    await raiseRevision(tx)
    pending.subject = `roster_absence:${absenceId}`
    pending.facts.push({
      kind: 'roster.absence_ended',
      subject: pending.subject,
      content: { account: absence.account_id, at: now.toISOString() },
    })
    return { ref: { id: absenceId } }
  },
  present: async (context, ref) => (await presentAbsences(context, { id: (ref as { id: number }).id }))[0]!,
})

/** Absences with who stands in; the actor's own, or all that he may end. */
export async function presentAbsences(context: Context, filter: { id?: number; accountId?: number; past?: boolean }) {
  const { tx, here, now } = context
  const actor = staffOf(context)
  const { rows } = await sql<{
    id: number
    account_id: number
    kind: string
    since: Date
    until: Date
    ended_at: Date | null
    without_cover: boolean
    unit_ids: number[]
    covers: { post: string; id: number; name: string }[]
  }>`
    select b.id, b.account_id, b.kind, b.since, b.until, b.ended_at, b.without_cover,
           to_jsonb(array(select distinct p.unit_id from org_post_holding h join org_post p on p.id = h.post_id
                  where h.account_id = b.account_id and not h.acting and (h.until is null or h.until > b.since))) as unit_ids,
           coalesce((select jsonb_agg(jsonb_build_object('post', p.name, 'id', a.id, 'name', a.display_name) order by c.id)
              from roster_cover c join org_post p on p.id = c.post_id join auth_account a on a.id = c.account_id
             where c.absence_id = b.id), '[]') as covers
      from roster_absence b
     where (${filter.id ?? null}::bigint is null or b.id = ${filter.id ?? null}::bigint)
       and (${filter.accountId ?? null}::bigint is null or b.account_id = ${filter.accountId ?? null}::bigint)
       and (${filter.past === true} or ${filter.id !== undefined} or coalesce(b.ended_at, b.until) > ${now})
     order by b.since desc, b.id desc limit 200`.execute(tx)
  const directory = orgDirectory(here)
  return rows
    .filter(
      (row) =>
        row.account_id === actor.accountId ||
        (row.unit_ids.length > 0 && row.unit_ids.every((id) => mayPlan(actor, directory.unit(id)!))),
    )
    .map((row) => ({
      id: row.id,
      person: { id: row.account_id, name: directory.accountName(row.account_id) },
      unit: row.unit_ids.map((id) => directory.unit(id)?.shortName ?? '').join('、'),
      kind: row.kind,
      since: row.since.toISOString(),
      until: row.until.toISOString(),
      endedAt: row.ended_at?.toISOString() ?? null,
      withoutCover: row.without_cover,
      covers: row.covers.map(({ post, id, name }) => ({ post, person: { id, name } })),
      can: { end: row.ended_at === null && row.until > now },
    }))
}

export const listAbsencesQuery = query(listAbsences, async (context, { past }) => ({
  items: await presentAbsences(context, past ? { past } : {}),
}))

async function presentPairs(context: Context, unitId: number | null, postId: number | null) {
  const { tx, now, here } = context
  const directory = orgDirectory(here)
  const { rows } = await sql<{
    id: number
    name: string
    role: string
    unit_id: number
    holders: { id: number; name: string }[]
  }>`
    select p.id, p.name, p.role, p.unit_id,
           jsonb_agg(jsonb_build_object('id', a.id, 'name', a.display_name) order by h.id) as holders
      from org_post p join org_post_holding h on h.post_id = p.id and not h.acting
      join auth_account a on a.id = h.account_id and a.disabled_at is null
      join org_unit u on u.id = p.unit_id and u.retired_at is null
     where p.retired_at is null and h.since <= ${now} and (h.until is null or h.until > ${now})
       and (${unitId}::bigint is null or p.unit_id = ${unitId}::bigint) and (${postId}::bigint is null or p.id = ${postId}::bigint)
       and (${unitId}::bigint is not null or ${postId}::bigint is not null
            or p.unit_id in (select unit_id from roster_desk where retired_at is null))
     group by p.id order by p.unit_id, p.id limit 500`.execute(tx)
  const backups = await backupsOf(
    tx,
    rows.map(({ id }) => id),
    now,
  )
  return rows.flatMap((row) => {
    const unit = directory.unit(row.unit_id)!
    if (!mayPlan(context.actor, unit)) return []
    const backup = backups.get(row.id)
    return [
      {
        postId: row.id,
        post: row.name,
        role: row.role,
        unit: { id: unit.id, name: unit.name, shortName: unit.shortName },
        holders: row.holders,
        backup: backup ? { id: backup.accountId, name: directory.accountName(backup.accountId) } : null,
        named: backup?.named ?? false,
        can: { name: true },
      },
    ]
  })
}

export const listPairsQuery = query(listPairs, async (context, { unitId }) => ({
  items: await presentPairs(context, unitId ?? null, null),
}))

export const nameBackupCommand = command(nameBackup, {
  async perform(context, { postId, accountId }) {
    const { tx, now, pending } = context
    const actor = staffOf(context)
    const { rows } = await sql<{ unit_id: number }>`
      select unit_id from org_post where id = ${postId} and retired_at is null for update`.execute(tx)
    if (!rows[0]) throw notFound()
    requirePlan(context, rows[0].unit_id)
    if (accountId !== null) {
      // Nobody gives himself another's post, not even for a time.
      if (accountId === actor.accountId) throw new AppError('roster.not_oneself', { status: 403 })
      const people = await peopleOf(tx, rows[0].unit_id, now)
      if (!people.some(({ id }) => id === accountId)) throw new AppError('roster.person_not_of_unit', { status: 422 })
      if (people.some((one) => one.id === accountId && one.postId === postId))
        throw new AppError('roster.backup_is_holder', { status: 422 })
    }
    await sql`update roster_backup set until = ${now} where post_id = ${postId} and until is null`.execute(tx)
    if (accountId !== null)
      await sql`insert into roster_backup (post_id, account_id, since, named_by)
                values (${postId}, ${accountId}, ${now}, ${actor.accountId})`.execute(tx)
    pending.subject = `org_post:${postId}`
    pending.facts.push({ kind: 'roster.backup_named', subject: pending.subject, content: { account: accountId ?? 0 } })
    return { ref: { postId } }
  },
  present: async (context, ref) => {
    const pair = (await presentPairs(context, null, (ref as { postId: number }).postId))[0]
    if (!pair) throw notFound()
    return pair
  },
})
