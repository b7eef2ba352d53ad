import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildctlBuild, readWorkers } from '../../../orchestrator/tool/buildkit/buildctl.ts';
import type { ImageBuild } from '../../../orchestrator/tool/buildkit/builder.ts';
import {
  buildxBuild,
  buildxEnvironment,
  readBuildxState,
} from '../../../orchestrator/tool/buildkit/buildx.ts';

const digest = `sha256:${'a'.repeat(64)}` as const;

const build: ImageBuild = {
  name: 'etcd-io/etcd',
  platform: 'linux/arm64',
  dockerfile: '/s/dockerfile',
  context: '/s/context',
  layouts: { base: { folder: '/s/base', digest } },
  buildArgs: { ZONE: 'a=b', EDITION: 'x' },
  labels: { 'org.example.a': 'b c' },
  epoch: 1700000000,
  output: '/s/built',
  work: '/s/work',
};

const none = { from: [], to: [] };

test('buildctl builds for one platform, dated, without a network, and on a base by its digest alone', () => {
  assert.equal(buildctlBuild(build, undefined, none), [
    ...['build', '--progress', 'plain', '--frontend', 'dockerfile.v0'],
    ...['--local', 'dockerfile=/s/dockerfile', '--local', 'context=/s/context'],
    ...['--opt', 'platform=linux/arm64', '--opt', 'force-network-mode=none'],
    ...['--opt', 'build-arg:EDITION=x', '--opt', 'build-arg:SOURCE_DATE_EPOCH=1700000000'],
    ...['--opt', 'build-arg:ZONE=a=b', '--opt', 'label:org.example.a=b c'],
    ...['--opt', `context:base=oci-layout://base@${digest}`, '--oci-layout', 'base=/s/base'],
    ...['--source-policy-file', '/s/work/source-policy.json', '--output'],
    'type=oci,tar=false,dest=/s/built,rewrite-timestamp=true,oci-mediatypes=true,compression=gzip',
  ]);
});

test('buildx is asked for the same, and to add nothing of its own', () => {
  assert.equal(buildxBuild(build, none), [
    ...['build', '--progress', 'plain', '--file', '/s/dockerfile/Dockerfile', '--platform', 'linux/arm64'],
    ...['--network', 'none', '--provenance=false', '--sbom=false', '--build-arg', 'EDITION=x'],
    ...['--build-arg', 'SOURCE_DATE_EPOCH=1700000000', '--build-arg', 'ZONE=a=b'],
    ...['--label', 'org.example.a=b c', '--build-context', `base=oci-layout:///s/base@${digest}`, '--output'],
    'type=oci,tar=false,dest=/s/built,rewrite-timestamp=true,oci-mediatypes=true,compression=gzip',
    '/s/context',
  ]);
  const env = buildxEnvironment('mine', '/s/work');
  assert.is(env['EXPERIMENTAL_BUILDKIT_SOURCE_POLICY'], '/s/work/source-policy.json');
  assert.is(env['BUILDX_BUILDER'], 'mine');
});

test('a folder with a comma stays one field of the output', () => {
  const plain = buildctlBuild({ ...build, output: '/a,b' }, undefined, none);
  assert.match(plain.at(-1) ?? '', 'type=oci,tar=false,"dest=/a,b",rewrite-timestamp=true');
  const words = buildctlBuild({ ...build, output: '/a,b"c' }, undefined, none);
  assert.match(words.at(-1) ?? '', 'type=oci,tar=false,"dest=/a,b""c",rewrite-timestamp=true');
});

test('caches come from the settings as they are, a name put in, and can be left alone', () => {
  const caches = {
    from: ['type=registry,ref=registry.example.com/cache:{name}'],
    to: ['type=local,dest=/c/{name}'],
    isOff: true,
  };
  const words = buildctlBuild(build, undefined, caches).join(' ');
  assert.match(
    words,
    '--import-cache type=registry,ref=registry.example.com/cache:etcd-io-etcd-linux-arm64 ',
  );
  assert.match(words, '--export-cache type=local,dest=/c/etcd-io-etcd-linux-arm64 --no-cache ');
  const other = buildxBuild(build, caches).join(' ');
  assert.match(other, '--cache-from type=registry,ref=registry.example.com/cache:etcd-io-etcd-linux-arm64 ');
  assert.match(other, '--cache-to type=local,dest=/c/etcd-io-etcd-linux-arm64 --no-cache ');
});

test('TLS goes before the command, only what there is of it', () => {
  const words = buildctlBuild(build, { ca: '/t/ca.pem', serverName: 'builder.example.com' }, none);
  assert.equal(words.slice(0, 5), [
    '--tlscacert',
    '/t/ca.pem',
    '--tlsservername',
    'builder.example.com',
    'build',
  ]);
});

test('a daemon says its version, or is of none', () => {
  const worker = (version: string) => JSON.stringify([{ id: 'x', buildkitVersion: { version } }]);
  assert.equal(readWorkers(worker('v0.25.1')), { version: 'v0.25.1' });
  assert.equal(readWorkers(worker('v0.0.0+unknown')), { version: undefined });
  assert.equal(readWorkers('[{}]'), { version: undefined });
  assert.equal(
    [readWorkers('[]'), readWorkers('null'), readWorkers('<html>')],
    [undefined, undefined, undefined],
  );
});

test('what buildx says of a builder is read', () => {
  const said = [
    'Name:          mine',
    'Driver:        remote',
    '',
    'Nodes:',
    'Name:             mine0',
    'Status:           running',
    'BuildKit version: v0.25.1',
    '',
  ];
  const state = { driver: 'remote', status: 'running', error: undefined, facts: { version: 'v0.25.1' } };
  assert.equal(readBuildxState(said.join('\n')), state);
  assert.is(readBuildxState('Status: inactive\nError:  no route\n').error, 'no route');
});

test.run();
