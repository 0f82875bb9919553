import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { getParties, recordParty, removePartyRoute } from '#modules/services/mediation/contract.ts'
import type { Session } from '#modules/services/mediation/domain/session.ts'
import { getCase } from '#platform/process/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import type { CasePart, CasePartProps } from '#ui/case/case-part.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

const words = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

type Drawer = { kind: 'record' } | { kind: 'unmask' } | { kind: 'remove'; no: number }

/** Who is in dispute: masked until somebody states why it must be seen. */
function Parties({ caseId, version }: Pick<CasePartProps, 'caseId' | 'version'>) {
  const { t } = useText()
  const queryClient = useQueryClient()
  const answer = useApi(getParties, { id: caseId })
  const { refetch } = answer
  // What one may do with the parties follows from how far the case has come.
  useEffect(() => void refetch(), [version, refetch])
  const [full, setFull] = useState<NonNullable<typeof answer.data>['parties']>()
  const [drawer, setDrawer] = useState<Drawer>()
  if (answer.error && !answer.data)
    return <ErrorState tight error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data) return <TextSkeleton lines={3} />
  const { canRecord, canUnmask } = answer.data
  const parties = full ?? answer.data.parties
  const done = () => {
    setFull(undefined)
    setDrawer(undefined)
    void refetch()
    void queryClient.invalidateQueries({ queryKey: [getCase.name] })
  }
  const close = () => setDrawer(undefined)
  return (
    <section>
      <h2 className="y-sec">{t('mediation.part.parties')}</h2>
      {parties.length === 0 ? (
        <p className="y-sm y-sub">{t('mediation.part.none')}</p>
      ) : (
        <table className="y-table tight">
          <thead>
            <tr>
              <th>{t('mediation.part.side')}</th>
              <th>{t('mediation.part.name')}</th>
              <th>{t('mediation.part.phone')}</th>
              {canRecord && <th aria-label={t('mediation.part.remove')} />}
            </tr>
          </thead>
          <tbody>
            {parties.map((party) => (
              <tr key={party.no}>
                <td>{t(`mediation.part.${party.side}`)}</td>
                <td>{party.name}</td>
                <td>{party.phone ?? '—'}</td>
                {canRecord && (
                  <td>
                    <button
                      type="button"
                      className="y-btn text sm y-noprint"
                      onClick={() => setDrawer({ kind: 'remove', no: party.no })}
                    >
                      {t('mediation.part.remove')}
                    </button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="y-noprint" style={{ display: 'flex', gap: 8, marginTop: 8 }}>
        {canRecord && (
          <button type="button" className="y-btn sm" onClick={() => setDrawer({ kind: 'record' })}>
            {t('mediation.part.record')}
          </button>
        )}
        {canUnmask && !full && parties.length > 0 && (
          <button type="button" className="y-btn text sm" onClick={() => setDrawer({ kind: 'unmask' })}>
            <Icon name="eye" size="s" />
            {t('mediation.part.unmask')}
          </button>
        )}
      </div>
      {drawer?.kind === 'record' && (
        <CommandDrawer
          route={recordParty}
          title={t('mediation.part.record')}
          note={<p className="y-sm y-sub">{t('mediation.part.recordNote')}</p>}
          schema={{
            type: 'object',
            required: ['side', 'name'],
            properties: {
              side: {
                type: 'string',
                title: t('mediation.part.side'),
                oneOf: [
                  { const: 'applicant', title: t('mediation.part.applicant') },
                  { const: 'respondent', title: t('mediation.part.respondent') },
                ],
              },
              name: { type: 'string', title: t('mediation.part.name'), minLength: 2, maxLength: 60 },
              phone: { type: 'string', title: t('mediation.part.phone'), maxLength: 20 },
            },
          }}
          fixed={{ id: caseId }}
          onClose={close}
          onDone={done}
        />
      )}
      {drawer?.kind === 'remove' && (
        <CommandDrawer
          route={removePartyRoute}
          title={t('mediation.part.removeTitle')}
          schema={{ type: 'object', properties: {} }}
          fixed={{ id: caseId, no: drawer.no }}
          onClose={close}
          onDone={done}
        />
      )}
      {drawer?.kind === 'unmask' && (
        <CommandDrawer
          route={getParties}
          title={t('mediation.part.unmask')}
          note={<p className="y-sm y-sub">{t('mediation.part.unmaskNote')}</p>}
          schema={{
            type: 'object',
            required: ['purpose'],
            properties: {
              purpose: { type: 'string', title: t('mediation.part.purpose'), minLength: 2, maxLength: 100 },
            },
          }}
          fixed={{ id: caseId }}
          onClose={close}
          onDone={(read) => {
            setFull(read.parties)
            setDrawer(undefined)
          }}
        />
      )}
    </section>
  )
}

/** How the mediation went, session by session, and what was agreed. */
function Mediated({ data }: Pick<CasePartProps, 'data'>) {
  const { t } = useText()
  const sessions = Array.isArray(data.sessions) ? (data.sessions as Session[]) : []
  const agreement = [
    [t('mediation.part.number'), words(data.agreementNumber)],
    [t('mediation.part.terms'), words(data.terms)],
    [t('mediation.part.performance'), words(data.performance)],
    [t('mediation.part.ruling'), words(data.rulingNumber)],
    [t('mediation.part.visitDate'), words(data.visitDate)],
  ].filter(([, value]) => value)
  return (
    <>
      {words(data.agreementNumber) && (
        <section>
          <h2 className="y-sec">{t('mediation.part.agreement')}</h2>
          <dl className="y-facts">
            {agreement.map(([label, value]) => (
              <div key={label} style={{ display: 'contents' }}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {sessions.length > 0 && (
        <section>
          <h2 className="y-sec">
            {t('mediation.part.sessions')} <small>{sessions.length}</small>
          </h2>
          <table className="y-table tight">
            <thead>
              <tr>
                <th>{t('mediation.part.day')}</th>
                <th>{t('mediation.part.present')}</th>
                <th>{t('mediation.part.summary')}</th>
              </tr>
            </thead>
            <tbody>
              {sessions.map((session, index) => (
                <tr key={index}>
                  <td style={{ whiteSpace: 'nowrap' }}>{session.heldOn}</td>
                  <td>{session.present}</td>
                  <td>
                    {session.summary}
                    {session.nextOn && (
                      <div className="y-sm y-sub">{t('mediation.part.next', { day: session.nextOn })}</div>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  )
}

function MediationPart(props: CasePartProps) {
  return (
    <>
      <Parties caseId={props.caseId} version={props.version} />
      <Mediated data={props.data} />
    </>
  )
}

export const casePart: CasePart = { definitions: ['mediation'], Part: MediationPart }
