import { Drawer } from 'antd'
import { useMemo, useState } from 'react'
import { readChat, textOf } from '#modules/services/loop/domain/chat-text.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { AntdTheme } from '#ui/theme/AntdTheme.tsx'

/** A pasted chat, read as messages: what goes into the report is chosen, and names nobody. */
export function ChatDrawer({
  given,
  onTake,
  onClose,
}: {
  given: string
  onTake: (taken: { text: string; phone: string | undefined }) => void
  onClose: () => void
}) {
  const { t } = useText()
  const [pasted, setPasted] = useState(given)
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set())
  const chat = useMemo(() => readChat(pasted), [pasted])
  const kept = chat.messages.filter((message, i) => message.text !== '' && !left.has(i))
  const text = textOf(kept)
  return (
    <AntdTheme>
      <Drawer open title={t('loop.desk.chat')} size={560} onClose={onClose} destroyOnHidden>
        <div className="y-chat">
          <label htmlFor="chat-text" className="y-sm y-sub">
            {t('loop.desk.chatHelp')}
          </label>
          <textarea
            id="chat-text"
            // biome-ignore lint/a11y/noAutofocus: one opens it to paste
            autoFocus
            value={pasted}
            onChange={(event) => {
              setPasted(event.target.value)
              setLeft(new Set())
            }}
          />
          {chat.messages.length > 0 && (
            <>
              <h2 className="y-sec">{t('loop.desk.chatRead', { count: chat.messages.length })}</h2>
              <ul>
                {chat.messages.map((message, i) => (
                  <li key={i}>
                    <input
                      type="checkbox"
                      className="y-cbx"
                      id={`chat-${i}`}
                      checked={message.text !== '' && !left.has(i)}
                      disabled={message.text === ''}
                      onChange={() =>
                        setLeft((before) => {
                          const after = new Set(before)
                          if (!after.delete(i)) after.add(i)
                          return after
                        })
                      }
                    />
                    <label htmlFor={`chat-${i}`}>
                      <span className="y-xs y-muted">{[message.name, message.at].filter(Boolean).join(' ')}</span>
                      <p>{message.text || t('loop.desk.chatNoText')}</p>
                    </label>
                  </li>
                ))}
              </ul>
              {chat.attachments > 0 && (
                <p className="y-xs y-sub">{t('loop.desk.chatPhotos', { count: chat.attachments })}</p>
              )}
              <p className="y-xs y-sub">
                {chat.phones[0] ? t('loop.desk.chatPhone', { phone: chat.phones[0] }) : t('loop.desk.chatNameless')}
              </p>
            </>
          )}
          <div className="y-row">
            <button
              type="button"
              className="y-btn pri"
              disabled={text === ''}
              onClick={() => onTake({ text, phone: chat.phones[0] })}
            >
              {t('loop.desk.chatTake')}
            </button>
            <button type="button" className="y-btn" onClick={onClose}>
              {t('ui.form.cancel')}
            </button>
          </div>
        </div>
      </Drawer>
    </AntdTheme>
  )
}
