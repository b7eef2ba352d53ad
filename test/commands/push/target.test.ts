import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fillTag, type PushOptions, readTarget } from '../../../orchestrator/commands/push/target.ts';
import { repositoryOf } from '../../../orchestrator/core/registry-place.ts';
import { failureOf, unwrap } from '../../oci/registry/rig.ts';

function options(given: Partial<PushOptions> = {}): PushOptions {
  return { registry: 'registry.example.com/eks', log: 'line', ...given };
}

/** What a refusal says. */
function said(given: Partial<PushOptions>): string {
  const failure = failureOf(readTarget(options(given)));
  if (failure.reason !== 'usage') throw new Error(failure.reason);
  return `${failure.message} ${failure.help}`;
}

test('a registry: host, port, and the prefix that may be left out', () => {
  const places: readonly (readonly [string, string, string])[] = [
    ['registry.example.com', 'registry.example.com', ''],
    ['registry.example.com/', 'registry.example.com', ''],
    ['registry.example.com/eks', 'registry.example.com', 'eks'],
    ['registry.example.com:5000/team/eks/', 'registry.example.com:5000', 'team/eks'],
    ['localhost/eks', 'localhost', 'eks'],
    ['[::1]:5000', '[::1]:5000', ''],
    [
      '123456789012.dkr.ecr.us-west-2.amazonaws.com/eks',
      '123456789012.dkr.ecr.us-west-2.amazonaws.com',
      'eks',
    ],
    // A prefix that ends as the name by which it is read.
    ['registry.example.com/x', 'registry.example.com', 'x'],
  ];
  for (const [registry, host, prefix] of places) {
    const target = unwrap(readTarget(options({ registry })));
    assert.equal([target.host, target.prefix], [host, prefix], registry);
  }
  const target = unwrap(readTarget(options()));
  assert.equal(target, {
    ...target,
    insecure: undefined,
    allowances: [],
    tags: [],
    overwrite: false,
    key: undefined,
  });
});

test('what is no registry is refused, with what is missing', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['eks', 'has no registry in front'],
    ['', 'has no registry in front'],
    ['team/eks', 'has no registry in front'],
    ['https://registry.example.com/eks', 'leave "https://" out'],
    ['http://localhost:5000/eks', 'leave "http://" out. Name a host'],
    ['http://localhost:5000', 'Plain http is spoken with --insecure.'],
    ['oci://registry.example.com/eks', 'leave "oci://" out'],
    ['registry.example.com/EKS', 'no lower-case path'],
    ['registry.example.com//eks', 'no lower-case path'],
    ['registry.example.com/eks:v1', 'a tag with characters that none may have'],
    [`registry.example.com/eks@sha256:${'a'.repeat(64)}`, 'a digest that is no'],
  ];
  for (const [registry, why] of wrong) assert.ok(said({ registry }).includes(why), said({ registry }));
});

test('a password in front of the host is not repeated', () => {
  const hosts = [
    'canary@registry.example.com',
    'me:canary@registry.example.com',
    'me:can/ary@registry.example.com',
  ];
  for (const host of [...hosts, ...hosts.map((each) => `https://${each}`)]) {
    const text = said({ registry: `${host}/eks` });
    assert.not.match(text, 'canary');
    assert.not.match(text, 'ary@');
    assert.match(text, '--registry ***@registry.example.com/eks has');
  }
  // Of what comes after a digest's @ nothing is secret.
  assert.match(said({ registry: 'registry.example.com/eks@sha256:1' }), 'eks@sha256:1');
});

test('where images go', () => {
  assert.is(repositoryOf({ prefix: '' }, 'org/tool'), 'org/tool');
  assert.is(repositoryOf({ prefix: 'team/eks' }, 'org/tool'), 'team/eks/org/tool');
});

test('--insecure is for this machine, and for others only where it is said twice', () => {
  const insecure = true;
  for (const registry of [
    'localhost:5000/a',
    '127.0.0.1:5000',
    '127.9.9.9',
    '[::1]:5000/a',
    'LOCALHOST:1/a',
  ]) {
    assert.is(unwrap(readTarget(options({ registry, insecure }))).insecure, 'loopback', registry);
    assert.is(unwrap(readTarget(options({ registry }))).insecure, undefined, registry);
  }
  for (const registry of [
    'registry.example.com/a',
    '10.0.0.1:5000',
    'localhost.example.com/a',
    '127.0.0.1.example.com',
  ]) {
    assert.match(said({ registry, insecure }), 'would show everything, passwords too,');
    assert.match(said({ registry, insecure }), '--insecure-anywhere');
    const twice = options({ registry, insecure, insecureAnywhere: true });
    assert.is(unwrap(readTarget(twice)).insecure, 'anywhere');
    const alone = said({ registry, insecureAnywhere: true });
    assert.match(alone, '--insecure-anywhere does nothing without --insecure.');
  }
});

test('verdicts are let pass for a reason, each once, in the order of their gravity', () => {
  const allow = ['different', 'explained', 'different'];
  assert.equal(unwrap(readTarget(options({ allow, reason: 'a fix of ours' }))).allowances, [
    { verdict: 'explained', reason: 'a fix of ours' },
    { verdict: 'different', reason: 'a fix of ours' },
  ]);
  for (const reason of [undefined, '', ' \t']) {
    const given = reason === undefined ? { allow } : { allow, reason };
    assert.is(
      said(given),
      '--allow takes a --reason. It goes into the record and the provenance of the images.',
    );
  }
  const unknown = said({ allow: ['different', 'wrong'], reason: 'x' });
  assert.match(unknown, /^"wrong" is no verdict\. The verdicts are identical, equivalent, .*\.$/);
});

test('further tags, filled in', () => {
  const values = { tag: 'v1.2.3', branch: '1-30', number: 5 };
  assert.is(fillTag('{tag}-{branch}.{number}_{tag}', values), 'v1.2.3-1-30.5_v1.2.3');
  assert.is(fillTag('latest', values), 'latest');
  const tag = ['{tag}', 'mine-{branch}-{number}', 'latest'];
  assert.equal(unwrap(readTarget(options({ tag }))).tags, tag);
  for (const wrong of ['{date}', '-x', 'a b', '', 'a/{tag}', 'x'.repeat(129)]) {
    assert.match(said({ tag: ['latest', wrong] }), `${JSON.stringify(wrong)} is no tag.`);
  }
});

test.run();
