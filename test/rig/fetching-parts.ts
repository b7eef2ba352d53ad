import { join } from 'node:path';
import { asDigest } from '../../orchestrator/core/digest.ts';
import type { Failure } from '../../orchestrator/core/failure.ts';
import type { Result } from '../../orchestrator/core/result.ts';
import { parseEcrHost } from '../../orchestrator/oci/ecr/host.ts';
import { accountOfAlias } from '../../orchestrator/oci/ecr/public.ts';
import { resolveTag } from '../../orchestrator/oci/registry/pull.ts';
import { fetchText } from '../../orchestrator/rpm/repository/metadata.ts';
import { lsRemote } from '../../orchestrator/tool/git/remote.ts';
import { download } from '../../orchestrator/tool/http/download.ts';
import { openTestRegistry } from '../oci/registry/rig.ts';
import type { OutsideAnswer } from './answering.ts';
import { clientsOf } from './ecr.ts';
import { environment, fetchGo, fetchModule, type OutsideWorld, run, send, signal } from './outside-world.ts';

/** Everything that fetches: what it makes of a server that answers so to whatever it is asked. */
export const parts: Readonly<
  Record<
    string,
    (context: OutsideWorld, url: string, answer: OutsideAnswer) => Promise<Result<unknown, Failure>>
  >
> = {
  git: (_, url) => {
    const git = { run, env: { ...environment, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' }, signal };
    return lsRemote(git, `${url}/org/repo.git`, { repository: `${url}/org/repo.git`, what: 'tag v1' });
  },
  toolchain: (context, url) => fetchGo(context, { GOPROXY: url }),
  'toolchain archive': (context, url) => {
    const from = `${url}/go1.99.0.tar.gz`;
    return fetchGo(context, {}, [{ kind: 'archive', from, sha256: asDigest('0'.repeat(64)) }]);
  },
  'toolchain packages': (context, url) => {
    const files = [{ from: `${url}/golang.rpm`, sha256: asDigest('0'.repeat(64)) }];
    return fetchGo(context, {}, [{ kind: 'rpms', files }]);
  },
  'toolchain source': (context, url) => {
    const from = { repository: `${url}/go.git`, commit: '0'.repeat(40) };
    return fetchGo(context, { GOPROXY: context.served }, [{ kind: 'source', from, bootstrap: '1.99.0' }]);
  },
  module: (context, url) => fetchModule(context, { GOPROXY: url, GOSUMDB: 'off' }),
  'checksum database, of a toolchain': (context, url) =>
    fetchGo(context, { GOPROXY: context.proxy, GOSUMDB: `sum.golang.org ${url}` }),
  'checksum database, of a module': (context, url) =>
    fetchModule(context, { GOPROXY: context.proxy, GOSUMDB: `sum.golang.org ${url}` }),
  'package repository': ({ folder }, url) =>
    fetchText(`${url}/repodata/repomd.xml`, { folder: join(folder, 'rpm'), mirrors: {}, send, signal }),
  download: ({ folder }, url) => download(`${url}/a.tar.gz`, join(folder, 'downloads'), { send, signal }),
  registry: (_, url, answer) => {
    const { host } = new URL(url);
    const insecure = answer === 'tls' ? 'never' : 'loopback';
    return resolveTag(openTestRegistry(host, { insecure }).registry, 'eks-distro/base', 'latest');
  },
  AWS: (_, url) => {
    const host = parseEcrHost('public.ecr.aws');
    if (host?.kind !== 'public') throw new Error('it is not the public one');
    return accountOfAlias(clientsOf(url), host, 'alias');
  },
};
