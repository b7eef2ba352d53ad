import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { err, ok, type Result } from '../../../orchestrator/core/result.ts';
import { createEcrCredentials, type EcrLogin } from '../../../orchestrator/oci/ecr/credentials.ts';
import type { EcrHost } from '../../../orchestrator/oci/ecr/host.ts';

const west = '123456789012.dkr.ecr.us-west-2.amazonaws.com';
const otherAccount = '210987654321.dkr.ecr.us-west-2.amazonaws.com';
const east = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const hour = 60 * 60 * 1000;

/** Credentials whose logins last twelve hours and are numbered, and a clock that is set by hand. */
function signIn({ signsInToPublic = true, failures = 0 } = {}) {
  const state = { now: 0, asked: [] as string[], failures };
  const request = async (host: EcrHost): Promise<Result<EcrLogin, Failure>> => {
    state.asked.push(host.host);
    const password = String(state.asked.length);
    await Promise.resolve();
    state.failures -= 1;
    if (state.failures >= 0) return err({ reason: 'network', what: 'signing in', detail: password });
    return ok({ username: 'AWS', password, expiresAt: state.now + 12 * hour });
  };
  return { state, credentials: createEcrCredentials({ request, now: () => state.now, signsInToPublic }) };
}

test('a login of a region is asked for once, for all accounts and at once', async () => {
  const { state, credentials } = signIn();
  const logins = await Promise.all([credentials(west), credentials(west), credentials(otherAccount)]);
  for (const login of logins) assert.equal(login, ok({ username: 'AWS', password: '1' }));
  assert.equal(await credentials(east), ok({ username: 'AWS', password: '2' }));
  assert.equal(await credentials(west), ok({ username: 'AWS', password: '1' }));
  assert.equal(state.asked, [west, east]);
});

test('a login that ends soon is asked for anew, once by all who wait', async () => {
  const { state, credentials } = signIn();
  await credentials(west);
  state.now = 11.8 * hour;
  assert.equal(await credentials(west), ok({ username: 'AWS', password: '1' }));
  state.now = 11.9 * hour;
  const both = await Promise.all([credentials(west), credentials(west)]);
  for (const login of both) assert.equal(login, ok({ username: 'AWS', password: '2' }));
  assert.is(state.asked.length, 2);
});

test('a failure is told, and not remembered', async () => {
  const { credentials } = signIn({ failures: 1 });
  assert.is((await credentials(west)).ok, false);
  assert.equal(await credentials(west), ok({ username: 'AWS', password: '2' }));
});

test('hosts that are none of ECR are not known, and nothing is asked', async () => {
  const { state, credentials } = signIn();
  for (const host of ['registry.example.com', 'localhost:5000'])
    assert.equal(await credentials(host), ok(undefined));
  assert.equal(state.asked, []);
});

test('the public registry is read as nobody, and signed in to where that is wanted', async () => {
  const reader = signIn({ signsInToPublic: false });
  assert.equal(await reader.credentials('public.ecr.aws'), ok(undefined));
  assert.equal(reader.state.asked, []);
  assert.equal(await signIn().credentials('public.ecr.aws'), ok({ username: 'AWS', password: '1' }));
});

test.run();
