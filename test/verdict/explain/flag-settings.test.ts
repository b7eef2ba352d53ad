import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asRelativePath } from '../../../orchestrator/core/relative-path.ts';
import {
  flagSettings,
  flagValue,
  placeIn,
  withValue,
} from '../../../orchestrator/verdict/explain/flag-settings.ts';

const layout = {
  mode: 'modules' as const,
  link: { gopath: asRelativePath('_output/local/go'), package: asRelativePath('k8s.io/kubernetes') },
  at: '/home/prow/kubernetes',
};
const directory = '/home/prow/kubernetes/_output/local/go/src/k8s.io/kubernetes';

test('of flags, a program shows those that say how it was compiled, with their places filled in', () => {
  const flags = [
    ...[
      '-trimpath',
      '-installsuffix=static',
      '-gcflags=all=-trimpath={directory} ',
      '-asmflags',
      '-trimpath={checkout}',
    ],
    '-tags=selinux,notest,',
  ];
  assert.equal(
    [...flagSettings(flags, layout)],
    [
      ['-gcflags', `all=-trimpath=${directory} `],
      ['-asmflags', '-trimpath=/home/prow/kubernetes'],
      ['-tags', 'selinux,notest'],
      ['-trimpath', 'true'],
    ],
  );
  assert.equal([...flagSettings(['-gcflags=', '-tags='], layout)], []);
});

test('the last of a flag counts, in one word or in two; another value takes its place', () => {
  const flags = ['-tags', 'a', '-tags=b,c', '-gcflags', 'x'];
  assert.equal(
    [flagValue(flags, '-tags'), flagValue(flags, '-gcflags'), flagValue(flags, '-x')],
    ['b,c', 'x', undefined],
  );
  assert.equal(withValue(flags, '-gcflags', 'y'), ['-tags', 'a', '-tags=b,c', '-gcflags=y']);
  assert.equal(withValue(flags, '-tags', undefined), ['-tags', 'a', '-gcflags', 'x']);
  assert.equal(withValue(['-trimpath'], '-tags', 'netgo'), ['-trimpath', '-tags=netgo']);
});

test('another place of the checkout is read off a path that is otherwise the same', () => {
  const value = 'all=-trimpath={directory} ';
  const below = '_output/local/go/src/k8s.io/kubernetes';
  assert.is(placeIn(value, `all=-trimpath=/build/k/${below} `, layout), '/build/k');
  assert.is(placeIn('-trimpath={checkout}', '-trimpath=/build/k', layout), '/build/k');
  for (const other of [
    `all=-trimpath=/build/k/${below}`,
    'all=-trimpath=/build/k ',
    `-trimpath=/build/k/${below} `,
    `all=-trimpath=/k/${below} `,
    `all=-trimpath=build/k/${below} `,
  ]) {
    assert.is(placeIn(value, other, layout), undefined, other);
  }
  assert.is(placeIn('selinux', 'notest', layout), undefined);
});

test.run();
