/** Fitted by tools/fit-duplicates.ts on the tuning paraphrases of real messages (docs/adr/0013-duplicates.md). */
export const WEIGHTS = { bias: -9.84, more: 30.69, less: 5.11, evidence: -1.72 }
