import '#ui/theme/tokens.css'
import '#ui/theme/base.css'
import '#ui/mobile/mobile.css'
import { createRoot } from 'react-dom/client'
import { showElder } from '#ui/mobile/elder.ts'
import { App } from './App.tsx'
import { keepOnPhone } from './keep-on-phone.ts'
import { showLook } from './preferences.ts'

showLook()
showElder()
keepOnPhone()
createRoot(document.getElementById('root')!).render(<App />)
