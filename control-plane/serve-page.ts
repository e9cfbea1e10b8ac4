import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { html } from 'hono/html'

const INDEX = 'index.html'

/** Vite puts a hash of the content into these files' names. */
const FOREVER = 'public, max-age=31536000, immutable'
const ASK_EACH_TIME = 'no-cache'

/**
 * Serves the built page from a folder: at `/`, and at every other address that a browser navigates to and the API does
 * not know, so that a link into the page works. Says how to build the page when the folder has none.
 */
export function servePage(app: OpenAPIHono, folder: string): void {
  if (!existsSync(join(folder, INDEX))) {
    app.get('/', (c) => c.html(missingPage, 503))
    return
  }
  const files = serveStatic({
    root: folder,
    onFound: (path, c) => c.header('cache-control', path.includes('/assets/') ? FOREVER : ASK_EACH_TIME),
  })
  const index = serveStatic({
    path: join(folder, INDEX),
    onFound: (_path, c) => c.header('cache-control', ASK_EACH_TIME),
  })
  app.get('/*', files, (c, next) => (isNavigation(c.req.path, c.req.header('accept')) ? index(c, next) : next()))
}

function isNavigation(path: string, accept = ''): boolean {
  return !path.startsWith('/v1/') && accept.includes('text/html')
}

const missingPage = html`<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>JBCalling</title>
  <h1>The page is not built</h1>
  <p>The API runs, but there is no page in the folder that PAGE_DIR names. Run <code>npm start</code>, which builds it, or
  <code>npx vite build</code>, and start the control plane again.</p>
</html>`
