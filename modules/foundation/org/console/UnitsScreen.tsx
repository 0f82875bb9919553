import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { OrgHead } from '#modules/foundation/org/console/OrgHead.tsx'
import { choiceField, choicesField, reasonField } from '#modules/foundation/org/console/org-forms.ts'
import { createUnit, listDivisions, listLines, listUnits } from '#modules/foundation/org/contract.ts'
import { useApi, useApiPages } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'
import { pageProps } from '#ui/table/page-props.ts'

const levels = ['county', 'town', 'village'] as const

/** Units of the county, its townships and villages, in the order of the division codes. */
export default function UnitsScreen() {
  const { t, language } = useText()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(params)
  const [creating, setCreating] = useState(false)
  const towns = useApi(listDivisions, { depth: 9 }, { staleTime: 300_000 })
  const lines = useApi(listLines, {}, { staleTime: 300_000 })
  const level = levels.find((l) => l === values.level)
  const answer = useApiPages(listUnits, {
    q: values.q || undefined,
    under: values.under || undefined,
    level,
    line: values.line || undefined,
    retired: values.retired === 'yes' ? true : undefined,
    limit: 100,
  })
  const rows = useMemo(() => answer.data?.pages.flatMap((page) => page.items), [answer.data])
  const first = answer.data?.pages[0]
  const lineNames = new Map((lines.data?.items ?? []).map((l) => [l.code, l.name[language]]))
  const lineOptions = [...lineNames].map(([value, label]) => ({ value, label }))
  return (
    <>
      <OrgHead
        tools={
          first?.can.create && (
            <button type="button" className="y-btn sm" onClick={() => setCreating(true)}>
              <Icon name="plus" size="s" />
              {t('org.unit.create')}
            </button>
          )
        }
      />
      <DataTable
        name="org.units"
        columns={[
          {
            key: 'name',
            title: t('org.unit'),
            fixed: true,
            cell: (u) => (
              <>
                <Link className="t" to={`/org/units/${u.id}`}>
                  {u.name}
                </Link>
                <span className="n">{u.code}</span>
              </>
            ),
          },
          { key: 'level', title: t('org.field.level'), width: 100, cell: (u) => t(`org.level.${u.level}`) },
          { key: 'division', title: t('org.field.division'), width: 140, cell: (u) => u.divisionName },
          {
            key: 'lines',
            title: t('org.field.lines'),
            width: 220,
            cell: (u) => u.lines.map((l) => lineNames.get(l) ?? l).join(language === 'en' ? ', ' : '、'),
          },
          {
            key: 'parent',
            title: t('org.field.parent'),
            width: 160,
            optional: true,
            cell: (u) => u.parent?.shortName ?? '',
          },
          {
            key: 'limited',
            title: t('org.field.limited'),
            width: 90,
            cell: (u) => (u.limited ? <span className="y-tag">{t('org.limited')}</span> : ''),
          },
          { key: 'posts', title: t('org.field.posts'), width: 70, number: true, cell: (u) => u.posts },
          { key: 'people', title: t('org.field.people'), width: 70, number: true, cell: (u) => u.people },
          {
            key: 'state',
            title: t('org.field.state'),
            width: 90,
            cell: (u) => (u.retiredAt ? <span className="y-tag">{t('org.retired')}</span> : ''),
          },
        ]}
        rows={rows}
        rowKey={(u) => u.id}
        filters={[
          {
            key: 'level',
            title: t('org.field.level'),
            options: levels.map((l) => ({ value: l, label: t(`org.level.${l}`) })),
          },
          {
            key: 'under',
            title: t('org.field.town'),
            options: (towns.data?.items ?? [])
              .filter((d) => d.code.length === 9)
              .map((d) => ({ value: d.code, label: d.name })),
          },
          { key: 'line', title: t('org.field.lines'), options: lineOptions },
          { key: 'retired', title: t('org.showRetired'), options: [{ value: 'yes', label: t('ui.yes') }] },
        ]}
        values={values}
        onFilter={(next) => setParams(Object.fromEntries(Object.entries(next).filter(([, v]) => v)), { replace: true })}
        findHint={t('org.unit.find')}
        count={first?.total}
        {...pageProps(answer)}
      />
      {creating && (
        <CommandDrawer
          route={createUnit}
          title={t('org.unit.create')}
          schema={{
            type: 'object',
            required: ['divisionCode', 'kind', 'name', 'shortName', 'reason'],
            properties: {
              divisionCode: choiceField(
                t('org.field.division'),
                (towns.data?.items ?? []).map((d) => ({ value: d.code, label: d.name })),
              ),
              kind: {
                type: 'string',
                title: t('org.field.kind'),
                description: t('org.field.kindHelp'),
                pattern: '^[a-z][a-z0-9-]{1,59}$',
              },
              name: { type: 'string', title: t('org.field.name'), maxLength: 100 },
              shortName: { type: 'string', title: t('org.field.shortName'), maxLength: 40 },
              lines: choicesField(t('org.field.lines'), lineOptions),
              parentId: { type: 'integer', format: 'unit', title: t('org.field.parent') },
              limited: { type: 'boolean', title: t('org.field.limitedHelp') },
              reason: reasonField(t),
            },
          }}
          fixed={{}}
          shape={(form) => ({ ...form, lines: form.lines ?? [] })}
          draftKey="org.unit.create"
          onClose={() => setCreating(false)}
          onDone={(unit) => {
            setCreating(false)
            void queryClient.invalidateQueries({ queryKey: [listUnits.name] })
            navigate(`/org/units/${unit.id}`)
          }}
        />
      )}
    </>
  )
}
