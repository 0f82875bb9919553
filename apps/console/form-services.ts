import { useMemo } from 'react'
import { findColleagues, listUnits } from '#modules/foundation/org/contract.ts'
import { listClasses } from '#modules/management/duties/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { uploadByStaff } from '#platform/files/contract.ts'
import { listCases } from '#platform/process/contract.ts'
import { call, upload } from '#ui/api/client.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import type { FormServices } from '#ui/schema-form/form-services.ts'
import { wordOf } from './screens/case-view.ts'

/** Where the console's forms find units, people and classes, and where their files go. */
export function useFormServicesOfConsole(): FormServices {
  const text = useText()
  return useMemo<FormServices>(
    () => ({
      async upload(file, onProgress, signal) {
        const done = await upload<RouteOutput<typeof uploadByStaff>>(
          uploadByStaff.path,
          file,
          file.name,
          onProgress,
          signal,
        )
        return { id: done.id, name: file.name }
      },
      async findUnits(q) {
        const { items } = await call(listUnits, { ...(q ? { q } : {}), limit: 30 })
        return items.map((unit) => ({ value: unit.id, label: unit.name }))
      },
      async findAccounts(q, role) {
        const { items } = await call(findColleagues, { ...(q ? { q } : {}), ...(role ? { role } : {}), limit: 30 })
        return items.map((c) => ({
          value: c.accountId,
          label: `${c.name} · ${c.unit.shortName} ${wordOf(text, 'role', c.role)}`,
        }))
      },
      async findClasses(q) {
        const { items } = await call(listClasses, { ...(q ? { q } : {}) })
        return items.slice(0, 60).map((c) => ({ value: c.code, label: `${c.majorName}—${c.name}` }))
      },
      async findCases(q) {
        const { items } = await call(listCases, { ...(q ? { q } : {}), limit: 20 })
        return items
          .filter((c) => c.closedAt === null)
          .map((c) => ({ value: c.id, label: `${c.number} ${c.title} · ${c.stateName[text.language]}` }))
      },
    }),
    [text],
  )
}
