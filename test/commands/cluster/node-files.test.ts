import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import type { ClusterRelease } from '../../../orchestrator/cluster/cluster-release.ts';
import { filesOfKops } from '../../../orchestrator/cluster/kops-files.ts';
import { checkNodeFiles } from '../../../orchestrator/commands/cluster/node-files.ts';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import { releaseOf } from '../../cluster/eras.ts';
import { testHost } from '../../rig/host.ts';
import { suite } from '../../rig/suite.ts';

const kubelet = 'kubernetes/v1.30.1/bin/linux/amd64/kubelet';
const [known, other] = ['a', 'b'].map((digit) => asDigest(digit.repeat(64)));

interface Context {
  readonly server: Server;
  readonly files: Map<string, string>;
  readonly release: ClusterRelease;
}

const test = suite<Context>('the files that kOps takes');

test.before.each(async (context) => {
  const files = new Map<string, string>();
  const server = createServer((request, response) => {
    const text = files.get(request.url ?? '');
    response.writeHead(text === undefined ? 404 : text === 'broken' ? 500 : 200);
    response.end(request.method === 'HEAD' ? undefined : text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { artifacts } = releaseOf('v1-30-eks-5');
  const sums = [{ path: kubelet, sha256: known as NonNullable<typeof known>, from: 'published' as const }];
  const url = `http://127.0.0.1:${port}/eks`;
  const release = releaseOf('v1-30-eks-5', { artifacts: { ...artifacts, url, sums } });
  for (const file of filesOfKops(release)) {
    files.set(`/eks/${file.path}`, file.kind === 'text' ? `${file.text}\n` : 'content');
    if (file.kind === 'with-sum')
      files.set(`/eks/${file.path}.sha256`, `${file.sha256 ?? other}  ${file.path}\n`);
  }
  Object.assign(context, { server, files, release });
});

test.after.each(({ server }) => {
  server.closeAllConnections();
  server.close();
});

async function check({ release }: Context) {
  let said = '';
  const stderr = {
    write: (text: string) => {
      said += text;
    },
    ...{ draw: () => {}, isTerminal: false, columns: 100, rows: 24, hasColours: false },
  };
  const host = testHost({ cwd: '/', packageFolder: '/', env: {}, stderr });
  const done = await checkNodeFiles(release, host);
  return { code: done.ok ? done.value : done.error.reason, said };
}

test('all are there, and say what they are to say', async (context) => {
  assert.equal(await check(context), {
    code: 0,
    said: `✔ ${context.release.artifacts.url} has all 22 files that kOps takes.\n`,
  });
});

test('what is missing is named: a file, its sum, a tag', async (context) => {
  const folder = 'kubernetes/v1.30.1/bin/linux';
  const gone = [
    ...[`${folder}/amd64/kubectl.sha256`, `${folder}/arm64/kube-proxy.tar`],
    `${folder}/arm64/kube-scheduler.docker_tag`,
  ];
  for (const path of gone) context.files.delete(`/eks/${path}`);
  const { code, said } = await check(context);
  assert.is(code, 1);
  assert.match(said, `has not 3 of 22 files that kOps takes, as they are to be:\n`);
  for (const path of gone) assert.match(said, `\n  ${path} is not there\n`);
});

test('what says something else than lock and registry is told with both', async (context) => {
  const tag = `${kubelet.replace('kubelet', 'kube-proxy')}.docker_tag`;
  context.files.set(`/eks/${kubelet}.sha256`, `${other}\n`);
  context.files.set(`/eks/${tag}`, 'v1.30.1-eks-1-30-4');
  const plugins = 'plugins/v1.4.0/cni-plugins-linux-arm64-v1.4.0.tar.gz';
  context.files.set(`/eks/${plugins}.sha256`, '<html>');
  const { code, said } = await check(context);
  assert.is(code, 1);
  assert.match(said, `\n  ${kubelet}.sha256 says ${other}, not ${known}\n`);
  assert.match(said, `\n  ${tag} says "v1.30.1-eks-1-30-4", not v1.30.1-eks-1-30-5\n`);
  assert.match(said, `\n  ${plugins}.sha256 holds no SHA-256\n`);
});

test('a server in trouble, or none, is no missing file', async (context) => {
  context.files.set(`/eks/${kubelet}`, 'broken');
  assert.equal(await check(context), { code: 'network', said: '' });
  context.server.closeAllConnections();
  context.server.close();
  assert.equal(await check(context), { code: 'network', said: '' });
});

test.run();
