/** One meeting of a mediation, as the case keeps it. */
export interface Session {
  heldOn: string
  place: string
  present: string
  summary: string
  nextOn?: string
}
