import type { Block, Fact } from './official-document.ts'

/** One hop of the trace: who did what when, to the second. */
export interface TraceStep {
  at: Date
  action: string
  actor: string
  unit: string
  /** From the hop before to this one. */
  seconds?: number
  /** Reason, explanation or opinion, as it was given. */
  note?: string
}

/** A picture as it is stored; drawn at most 1400 pixels wide. */
export interface CaseFilePhoto {
  content: Uint8Array
  caption: string
  takenAt?: Date
  place?: string
  /** SHA-256 of the original, so that paper and file can be compared. */
  sha256?: string
}

export interface CaseFileSignature {
  role: string
  name: string
  unit: string
  at?: Date
  /** A drawn signature as PNG; without one the field is left free for ink. */
  picture?: Uint8Array
}

export type CaseFileSection =
  | { kind: 'text'; title: string; blocks: Block[] }
  | { kind: 'trace'; title: string; steps: TraceStep[] }
  | { kind: 'photos'; title: string; photos: CaseFilePhoto[] }
  | { kind: 'signatures'; title: string; statement?: string; signatures: CaseFileSignature[] }

/**
 * A case file (案卷): cover, list of contents with page numbers, then the sections in their order. It knows no domain:
 * whoever prints decides what belongs in, and has checked what the reader may see.
 */
export interface CaseFile {
  /** Whose file it is, e.g. 苏州市吴中区网格化服务管理中心. */
  issuer: string
  /** Kind of file on the cover, e.g. 事件处置案卷. */
  kind: string
  number: string
  title: string
  secrecy?: string
  /** Facts on the cover. */
  facts: Fact[]
  sections: CaseFileSection[]
  /** Who printed it and when: stands on every page. */
  printed: { by: string; at: Date }
  /** Faint text across every page, e.g. name and time of the reader where personal data are printed. */
  watermark?: string
}
