import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { HotlineHead } from '#modules/services/city-hotline/console/HotlineHead.tsx'
import { getAdapter, MANAGE, saveAdapter, testAdapter } from '#modules/services/city-hotline/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { useSession } from '#ui/shell/session.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

/** How the county exchanges with the city, and whether it works. */
export default function AdapterScreen() {
  const { t } = useText()
  const { me } = useSession()
  const queryClient = useQueryClient()
  const [setting, setSetting] = useState(false)
  const [tested, setTested] = useState<RouteOutput<typeof testAdapter>>()
  const answer = useApi(getAdapter, {}, { every: 20_000 })
  const test = useCommand(testAdapter, setTested)
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  const { data } = answer
  const manages = me.permissions.includes(MANAGE)
  const api = data?.form === 'api'
  const facts: [string, string][] = data
    ? [
        ['form', t(`city_hotline.form.${data.form}`)],
        ...(api
          ? ([
              ['inbound', t(`city_hotline.inbound.${data.inbound}`, { minutes: data.pollMinutes })],
              ['address', data.address ?? '—'],
              ['keyId', data.keyId ?? '—'],
              ['signature', t(`city_hotline.signature.${data.signature}`)],
              ['secret', t(data.hasSecret ? 'city_hotline.secretSet' : 'city_hotline.secretMissing')],
              ...(data.ownPublicKey ? ([['ownPublicKey', data.ownPublicKey]] as [string, string][]) : []),
              ...(data.inbound === 'poll'
                ? ([
                    [
                      'polled',
                      data.pollError
                        ? t('city_hotline.pollFailed', { detail: data.pollError })
                        : data.polledAt
                          ? exactTime(data.polledAt)
                          : t('city_hotline.neverPolled'),
                    ],
                  ] as [string, string][])
                : []),
            ] as [string, string][])
          : []),
        ['queue', t('city_hotline.queue', { waiting: data.waiting, troubled: data.troubled })],
        ['changed', data.changedAt ? `${exactTime(data.changedAt).slice(0, 16)} ${data.changedBy ?? ''}` : '—'],
      ]
    : []
  return (
    <>
      <HotlineHead
        simulated={data?.simulated}
        tools={
          manages && (
            <>
              {api && (
                <button type="button" className="y-btn sm" disabled={test.isPending} onClick={() => test.mutate({})}>
                  <Icon name="link" size="s" />
                  {t('city_hotline.test')}
                </button>
              )}
              <button type="button" className="y-btn sm" disabled={!data} onClick={() => setSetting(true)}>
                <Icon name="edit" size="s" />
                {t('city_hotline.set')}
              </button>
            </>
          )
        }
      />
      <div className="y-page" style={{ display: 'grid', gap: 16, alignContent: 'start', maxWidth: 820 }}>
        {data?.simulated && <p className="y-card y-sm">{t('city_hotline.simulatedNote')}</p>}
        {test.error && <ErrorState tight error={test.error} />}
        {tested && (
          <p className="y-card y-sm" role="status">
            {tested.ok
              ? t('city_hotline.testGood', { millis: tested.millis })
              : t('city_hotline.testBad', { detail: tested.detail ?? '' })}
          </p>
        )}
        {!data ? (
          <TextSkeleton lines={6} />
        ) : (
          <dl className="y-facts">
            {facts.map(([key, value]) => (
              <div key={key} style={{ display: 'contents' }}>
                <dt>{t(`city_hotline.adapter.${key}`)}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
      {setting && data && (
        <CommandDrawer
          route={saveAdapter}
          title={t('city_hotline.set')}
          note={<p className="y-sm y-sub">{t('city_hotline.setNote')}</p>}
          schema={{
            type: 'object',
            required: ['form', 'inbound', 'signature', 'pollMinutes'],
            properties: {
              form: choice(
                t('city_hotline.adapter.form'),
                ['off', 'file', 'api'],
                (v) => t(`city_hotline.form.${v}`),
                0,
              ),
              inbound: choice(
                t('city_hotline.adapter.inbound'),
                ['push', 'poll'],
                (v) => t(`city_hotline.inboundName.${v}`),
                1,
              ),
              address: {
                type: 'string',
                title: t('city_hotline.adapter.address'),
                description: t('city_hotline.addressHelp'),
                maxLength: 300,
                'x-order': 2,
              },
              keyId: { type: 'string', title: t('city_hotline.adapter.keyId'), maxLength: 60, 'x-order': 3 },
              signature: choice(
                t('city_hotline.adapter.signature'),
                ['hmacSha256', 'hmacSm3', 'sm2'],
                (v) => t(`city_hotline.signature.${v}`),
                4,
              ),
              secret: {
                type: 'string',
                title: t('city_hotline.adapter.secret'),
                description: t('city_hotline.secretHelp'),
                minLength: 16,
                maxLength: 200,
                'x-order': 5,
              },
              cityPublicKey: {
                type: 'string',
                title: t('city_hotline.adapter.cityPublicKey'),
                description: t('city_hotline.publicKeyHelp'),
                maxLength: 130,
                'x-order': 6,
              },
              pollMinutes: {
                type: 'integer',
                title: t('city_hotline.adapter.pollMinutes'),
                minimum: 1,
                maximum: 120,
                'x-order': 7,
              },
            },
          }}
          given={{
            form: data.form,
            inbound: data.inbound,
            signature: data.signature,
            pollMinutes: data.pollMinutes,
            ...(data.address && !data.simulated ? { address: data.address } : {}),
            ...(data.keyId && !data.simulated ? { keyId: data.keyId } : {}),
            ...(data.cityPublicKey ? { cityPublicKey: data.cityPublicKey } : {}),
          }}
          fixed={{}}
          shape={(form) => ({
            ...form,
            address: form.address || null,
            keyId: form.keyId || null,
            cityPublicKey: form.cityPublicKey || null,
            secret: form.secret || undefined,
          })}
          onClose={() => setSetting(false)}
          onDone={() => {
            setSetting(false)
            setTested(undefined)
            void queryClient.invalidateQueries({ queryKey: [getAdapter.name] })
          }}
        />
      )}
    </>
  )
}

function choice(title: string, values: readonly string[], word: (value: string) => string, order: number) {
  return {
    type: 'string' as const,
    title,
    oneOf: values.map((value) => ({ const: value, title: word(value) })),
    'x-order': order,
  }
}
