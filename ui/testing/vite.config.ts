import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Builds the parts with fixture data for looking at; nothing of it is shipped. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: process.env.YITI_PREVIEW_OUT ?? 'dist/preview',
    emptyOutDir: true,
    rolldownOptions: { input: `${import.meta.dirname}/preview.html` },
  },
})
