import { createContext, use } from 'react'
import type { Static } from 'typebox'
import type { MeShape } from '#platform/auth/contract.ts'
import type { WorkCalendar } from '#platform/calendar/work-calendar.ts'

export type Me = Static<typeof MeShape>

/** Who is at this desk, and the county's calendar; given to every page behind the door. */
export interface Session {
  me: Me
  calendar: WorkCalendar
}

export const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = use(SessionContext)
  if (!session) throw new Error('this page stands behind the log-in')
  return session
}
