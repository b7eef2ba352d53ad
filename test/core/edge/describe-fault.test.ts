import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeFault, reportPlaceOf } from '../../../orchestrator/core/edge/describe-fault.ts';

const about = {
  version: 'eksd-rebuild 0.1.0 (commit 0123456789ab)',
  machine: 'Node v20.19.0 on linux/amd64',
  argv: ['push', 'v1-30-eks-5', '--registry', 'https://me:secret@registry.example/a b'],
  reportTo: undefined,
  inSources: (stack: string) => stack.replaceAll('dist/cli.js', 'orchestrator/main.ts'),
};

test('a fault is told with all that its mending takes, and without a secret', () => {
  const error = new TypeError('no x of https://me:secret@registry.example/');
  error.stack = `${error}\n    at f (dist/cli.js:1:2)`;
  error.cause = Object.assign(new Error('below'), { stack: 'Error: below\n    at g (dist/cli.js:3:4)' });
  assert.is(
    describeFault(error, about),
    `This is a fault of eksd-rebuild.
TypeError: no x of https://registry.example/
    at f (orchestrator/main.ts:1:2)
caused by: Error: below
    at g (orchestrator/main.ts:3:4)

version: eksd-rebuild 0.1.0 (commit 0123456789ab), Node v20.19.0 on linux/amd64
command: eksd-rebuild push v1-30-eks-5 --registry 'https://registry.example/a b'
Please report it with all of these lines: as an issue of the repository that it came from. What was finished is kept.`,
  );
  assert.match(describeFault('words', about), /^This is a fault of eksd-rebuild\.\nthrown: words\n/);
});

test('where it is told is what the package says', () => {
  const bugs = { url: 'https://git.example/tool/issues' };
  const repository = { type: 'git', url: 'https://git.example/tool.git' };
  assert.is(reportPlaceOf({ bugs, repository }), bugs.url);
  assert.is(reportPlaceOf({ bugs: bugs.url }), bugs.url);
  assert.is(reportPlaceOf({ repository }), repository.url);
  assert.is(reportPlaceOf({}), undefined);
  const told = describeFault(new Error('x'), { ...about, reportTo: bugs.url });
  assert.match(told, `all of these lines: ${bugs.url}.`);
});

test.run();
