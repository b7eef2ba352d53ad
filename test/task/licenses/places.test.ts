import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asRelativePath } from '../../../orchestrator/core/relative-path.ts';
import type { LicensedBuild } from '../../../orchestrator/plan/node-image.ts';
import { licensesInputs } from '../../../orchestrator/task/licenses/inputs.ts';
import { build, gather, node } from './world.ts';

test('modules of the checkout are under the licence of the folder above them', async () => {
  const at = 'scratch/build-0/source';
  const { licenses, failure, attribution } = await gather({
    files: {
      [`${at}/LICENSE`]: 'terms of Apache-2.0\n',
      [`${at}/server/main.go`]: '',
      'modules/module/vendor/a.b/api/main.go': '',
    },
    listed: [
      ['a.b/server', `$/${at}/server`, 'false', 'main.go||', 'a.b/server', '', 'true', '', ''],
      [
        'a.b/api',
        `$/${at}/server/vendor/a.b/api`,
        'false',
        'main.go||',
        'a.b/api',
        'v0.0.0',
        'false',
        '../api',
        '',
      ],
    ],
    programs: { server: ['mod\ta.b/server\t(devel)\t', 'dep\ta.b/api\tv0.0.0\t', '=>\t../api\t(devel)\t'] },
    builds: [{ ...build, module: 'server', vendors: true }],
  });
  assert.is(failure, undefined);
  assert.equal(Object.keys(licenses), ['LICENSES/a.b/api/LICENSE', 'LICENSES/a.b/server/LICENSE']);
  assert.match(attribution, '** a.b/api; version v3.2.1 --');
});

test('without modules, the checkout’s own vendor folder says what is linked', async () => {
  const at = '/home/prow/go/kube';
  const link = { gopath: asRelativePath('_output/go'), package: asRelativePath('a.b/kube') };
  const withLayout = {
    ...build,
    layout: { mode: 'gopath' as const, link, at },
    flags: [`-gcflags=all=-trimpath=${at} `],
  };
  const place = `scratch/build-0/source`;
  const found = `$/${place}/_output/go/src/a.b/kube`;
  const line = (path: string, below: string) => [
    path,
    `${found}/${below}`,
    'false',
    'a.go||',
    '',
    '',
    '',
    '',
    '',
  ];
  const { licenses, attribution, failure, commands } = await gather({
    files: {
      [`${place}/LICENSE`]: 'terms of Apache-2.0\n',
      [`${place}/go.mod`]: 'module a.b/kube\n\ngo 1.16\n',
      [`${place}/cmd/a.go`]: '',
      [`${place}/staging/a.b/api/LICENSE`]: 'terms of Apache-2.0\n',
      [`${place}/vendor/modules.txt`]:
        '# c.d/e v1.5.0\n## explicit\nc.d/e/f\n# a.b/api v0.0.0 => ./staging/a.b/api\na.b/api\n',
      [`${place}/vendor/c.d/e/LICENSE`]: 'terms of MIT\n',
      [`${place}/vendor/c.d/e/f/a.go`]: '',
      [`${place}/vendor/a.b/api/a.go`]: '',
    },
    listed: [
      line('a.b/kube/vendor/c.d/e/f', 'vendor/c.d/e/f'),
      line('a.b/kube/vendor/a.b/api', 'vendor/a.b/api'),
      line('a.b/kube/cmd', 'cmd'),
    ],
    programs: { kube: [] },
    builds: [withLayout],
  });
  assert.is(failure, undefined);
  assert.equal(Object.keys(licenses), [
    'LICENSES/a.b/api/LICENSE',
    'LICENSES/a.b/kube/LICENSE',
    'LICENSES/c.d/e/LICENSE',
  ]);
  assert.equal(
    attribution.split('\n').filter((each) => each.startsWith('** ')),
    ['** a.b/api; version v3.2.1 --', '** a.b/kube; version v3.2.1 --', '** c.d/e; version v1.5.0 --'],
  );
  const list = commands.find((command) => command.args[0] === 'list');
  assert.not.ok(
    JSON.stringify(list).includes(at),
    'it is listed where it is, and not where it would be seen',
  );
  assert.is(list?.env['GO111MODULE'], 'off');
});

test('the key has what packages are found by, and not where upstream had the checkout', () => {
  const key = (layout: LicensedBuild['layout']) => {
    const builds = [layout === undefined ? build : { ...build, layout }];
    return JSON.stringify(licensesInputs({ ...node, builds }, new Map()));
  };
  const link = { gopath: asRelativePath('_output/go'), package: asRelativePath('a.b/kube') };
  const elsewhere = { ...link, gopath: asRelativePath('go') };
  const layouts: LicensedBuild['layout'][] = [
    undefined,
    { mode: 'modules' },
    { mode: 'gopath' },
    { mode: 'gopath', link },
    { mode: 'gopath', link: elsewhere },
  ];
  assert.is(new Set(layouts.map(key)).size, layouts.length);
  assert.is(key({ mode: 'gopath', link, at: '/up/stream' }), key({ mode: 'gopath', link }));
});

test.run();
