import * as assert from 'uvu/assert';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import { parts } from '../rig/fetching-parts.ts';
import { type OutsideWorld, startOutside } from '../rig/outside-world.ts';
import { suite } from '../rig/suite.ts';

const test = suite<OutsideWorld>('a server that takes every connection and never says a word');

test.before(async (context, defer) => void Object.assign(context, await startOutside(defer)));

/** Seconds: the longest patience of all, and a try more where a library takes one itself. */
const longest = 700;

test('is given up by whatever asks it, as the network’s fault', async (context) => {
  const began = performance.now();
  const asked = Object.entries(parts).map(async ([part, ask]) => {
    const result = await ask(context, context.urls.silence, 'silence');
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stdout.write(`\n${part}: ${seconds} s: ${result.ok ? 'taken' : describeFailure(result.error)}`);
    return { part, seconds, reason: result.ok ? undefined : result.error.reason };
  });
  for (const { part, seconds, reason } of await Promise.all(asked)) {
    assert.is(reason, 'network', part);
    assert.ok(seconds < longest, `${part}: ${seconds} s`);
  }
});

test.run();
