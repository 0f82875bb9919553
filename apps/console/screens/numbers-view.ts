export interface CountedGroup {
  amount: number
  overdue: boolean
}

export interface Sum {
  key: string
  name: string
  amount: number
  overdue: number
}

/** Adds groups up along one dimension; sorted by its key (codes), never by size, so that nothing reads as a ranking. */
export function sumBy<G extends CountedGroup>(
  groups: readonly G[],
  keyOf: (g: G) => string,
  nameOf: (g: G) => string,
): Sum[] {
  const sums = new Map<string, Sum>()
  for (const group of groups) {
    const key = keyOf(group)
    let sum = sums.get(key)
    if (!sum) {
      sum = { key, name: nameOf(group), amount: 0, overdue: 0 }
      sums.set(key, sum)
    }
    sum.amount += group.amount
    if (group.overdue) sum.overdue += group.amount
  }
  return [...sums.values()].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}
