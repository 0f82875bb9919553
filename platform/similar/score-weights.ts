/** Fitted by tools/fit-duplicates.ts on the tuning paraphrases of real messages (docs/adr/0013-duplicates.md). */
export const WEIGHTS = { bias: -8.72, more: 31.14, less: 5.53, evidence: -2, otherNumber: -1 }
