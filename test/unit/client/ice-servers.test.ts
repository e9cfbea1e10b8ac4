import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Device, FakeHandler, testFakeParameters } from 'mediasoup-client'
import { Media } from '../../../client/sdk/media.ts'
import { rejoins } from './broken-call.ts'
import { welcome } from './greetings.ts'
import { ScriptedWorld } from './scripted-world.ts'

const turn = (username: string) => ({ urls: ['turn:turn.example.com:3478'], username, credential: 'c' })

test('[W27] media begins with the TURN servers of the join, and after a new join with those of the new one', async () => {
  const world = new ScriptedWorld()
  world.iceServers = [turn('first')]
  await world.call()
  assert.deepEqual(world.latestMedia.iceServers, [turn('first')])
  world.iceServers = [turn('second')]
  await rejoins(world)
  assert.deepEqual(world.latestMedia.iceServers, [turn('second')])
})

test('[W27] the connections of both directions are given the TURN servers', async () => {
  const seen: unknown[] = []
  const fake = FakeHandler.createFactory(testFakeParameters)
  const device = new Device({
    handlerFactory: {
      ...fake,
      factory: (options) => {
        seen.push(options.iceServers)
        return fake.factory(options)
      },
    },
  })
  await device.load({ routerRtpCapabilities: testFakeParameters.generateRouterRtpCapabilities() })
  const ignore = () => {}
  const media = new Media({
    device,
    welcome: welcome(),
    iceServers: [turn('me')],
    request: async () => assert.fail('nothing is asked before anything is sent'),
    events: { onPublished: ignore, onIce: ignore, onFailure: ignore, onTrack: ignore, onMedia: ignore },
  })
  media.close()
  assert.deepEqual(seen, [[turn('me')], [turn('me')]])
})
