import { ChaosPage } from './chaos-page.ts'

window.chaos = new ChaosPage()
