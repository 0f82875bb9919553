import '#ui/theme/tokens.css'
import '#ui/theme/base.css'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { readLook } from './preferences.ts'

document.documentElement.classList.toggle('dark', readLook() === 'dark')
createRoot(document.getElementById('root')!).render(<App />)
