import './no-code-generation.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { LocalMedia } from './local-media.ts'
import { readPreferences } from './preferences.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/lobby.css'
import './styles/tile.css'
import './styles/call.css'
import './styles/toolbar.css'
import './styles/captions.css'
import './styles/side-panel.css'

const { microphoneId, cameraId } = readPreferences()
const localMedia = new LocalMedia({
  ...(microphoneId && { microphone: microphoneId }),
  ...(cameraId && { camera: cameraId }),
})

const root = document.getElementById('root')
if (!root) throw new Error('The page has no element #root.')
createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <App localMedia={localMedia} />
    </ErrorBoundary>
  </StrictMode>,
)
