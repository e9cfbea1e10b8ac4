import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { findCommand } from '../../../dev/bootstrap/find-command.mjs'
import { ROOT } from '../../../dev/bootstrap/paths.mjs'
import { parseWorkerReport } from '../../../media-node/sfu/worker-report.ts'

const INCLUDE = join(ROOT, 'dev/mediasoup-worker/overlay/include')
const skip = findCommand('g++') === undefined && 'needs g++'

const PROGRAM = `
#include "PacketGuard.hpp"
#include <stdexcept>
#include <string>

struct Answered : std::runtime_error { using std::runtime_error::runtime_error; };

static void throws(const char* what) { throw std::out_of_range(what); }
static void overflow(volatile char* previous) { volatile char frame[4096]; frame[0] = previous[0]; overflow(frame); }

int main(int argc, char* argv[])
{
	const std::string what = argv[1];
	bool ok = true;
	PacketGuard::ReportCrashes();

	if (what == "drop")
	{
		ok = ok && !PacketGuard::Run([] { PacketGuard::SetSender("transport-1"); throws("first\\njbcalling crashed sender=x signal=6"); });
		for (int i = 0; i < 99; ++i) ok = ok && !PacketGuard::Run([] { PacketGuard::SetSender("transport-2"); throws("more"); });
		ok = ok && PacketGuard::Run([] {}) && !PacketGuard::IsActive();
	}
	else if (what == "nested")
	{
		bool inner = true;
		ok = PacketGuard::Run([&] { PacketGuard::SetSender("outer"); inner = PacketGuard::Run([] { throws("inner"); }); });
		ok = ok && !inner;
	}
	else if (what == "request")
	{
		try { PacketGuard::RunRequest<Answered>("request-1", [] { throw Answered("told"); }); ok = false; }
		catch (const Answered&) {}
		ok = ok && !PacketGuard::IsActive() && !PacketGuard::RunRequest<Answered>("request-1", [] { throws("not told"); });
	}
	else if (what == "abort") PacketGuard::Run([] { PacketGuard::SetSender("transport-1"); std::abort(); });
	else if (what == "overflow") PacketGuard::Run([] { PacketGuard::SetSender("transport-1"); char none[1]{}; overflow(none); });
	else if (what == "idle") { PacketGuard::Run([] { PacketGuard::SetSender("transport-1"); }); raise(SIGSEGV); }

	return ok ? 0 : 1;
}
`

let folder: string

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'packet-guard-'))
  if (skip) return
  writeFileSync(join(folder, 'main.cpp'), PROGRAM)
  const options = ['-std=c++20', '-Wall', '-Wno-infinite-recursion', `-I${INCLUDE}`]
  const compiled = spawnSync('g++', [...options, '-o', join(folder, 'main'), join(folder, 'main.cpp')], {
    timeout: 60_000,
  })
  assert.equal(compiled.status, 0, compiled.stderr.toString())
})

after(() => rmSync(folder, { recursive: true }))

function run(what: string) {
  const { status, signal, stderr } = spawnSync(join(folder, 'main'), [what], { timeout: 10_000, encoding: 'utf8' })
  const lines = stderr.split('\n').filter(Boolean)
  return { status, signal, lines, reports: lines.map(parseWorkerReport) }
}

test('[B55] what a packet makes the worker throw is given up, and said once a second at most, on one line', {
  skip,
}, () => {
  const { status, reports } = run('drop')
  assert.equal(status, 0)
  assert.deepEqual(reports, [
    { kind: 'dropped', senderId: 'transport-1', count: 1, why: 'first?jbcalling crashed sender=x signal=6' },
  ])
})

test('[B56] of what is handled within a packet the innermost part is given up, and it is the same sender’s', {
  skip,
}, () => {
  const { status, reports } = run('nested')
  assert.equal(status, 0)
  assert.deepEqual(reports, [{ kind: 'dropped', senderId: 'outer', count: 1, why: 'inner' }])
})

test('[B57] an error that a request is answered with goes through, and anything else is given up', { skip }, () => {
  const { status, reports } = run('request')
  assert.equal(status, 0)
  assert.deepEqual(reports, [{ kind: 'dropped', senderId: 'request-1', count: 1, why: 'not told' }])
})

for (const [what, signal, why] of [
  ['abort', 'SIGABRT', 'signal 6'],
  ['overflow', 'SIGSEGV', 'signal 11'],
] as const) {
  test(`[B58] a worker that dies of a packet by ${signal} says whose it was, and dies of the signal`, { skip }, () => {
    const ended = run(what)
    assert.equal(ended.signal, signal)
    assert.deepEqual(ended.reports, [{ kind: 'crashed', senderId: 'transport-1', count: 1, why }])
  })
}

test('[B59] a worker that dies after a packet was handled blames nobody for it', { skip }, () => {
  const ended = run('idle')
  assert.equal(ended.signal, 'SIGSEGV')
  assert.deepEqual(ended.reports, [{ kind: 'crashed', senderId: undefined, count: 1, why: 'signal 11' }])
})
