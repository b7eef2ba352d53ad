import { execFileSync } from 'node:child_process';
import { copyFileSync, createReadStream, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join, normalize } from 'node:path';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { buildRpms, type RpmKey, type RpmSpec } from './rpms.ts';

/** What a distribution says about packages, for `updateinfo`. */
export interface AdvisorySpec {
  readonly id: string;
  readonly type: 'security' | 'bugfix';
  readonly severity?: string;
  readonly cves?: readonly string[];
  readonly packages: readonly Pick<RpmSpec, 'name' | 'version' | 'release' | 'epoch' | 'arch'>[];
}

export interface RepositoryContent {
  readonly packages: readonly RpmSpec[];
  readonly advisories?: readonly AdvisorySpec[];
  /** Signs every package. */
  readonly key?: RpmKey;
}

/** Lists those of the built packages whose file's name fits, in the place of what was listed before; they stay where they are. */
export type PublishPackages = (
  isListed: (file: string) => boolean,
  advisories?: readonly AdvisorySpec[],
) => void;

const architectures = ['x86_64', 'aarch64'] as const;

/**
 * Makes a distribution's repository as Amazon Linux 2 lays its own out, by rpmbuild and createrepo_c: below `folder`
 * `2/core/latest/<arch>/mirror.list`, `2/core/2.0/<arch>/<64 hex>/repodata/`, and the packages in `blobstore/<64 hex>/`, whose
 * place is told by paths that climb out of the repository.
 * @param url where `folder` will be served; it stands in the mirror lists.
 */
export function makePackageRepository(folder: string, url: string, content: RepositoryContent): void {
  buildPackages(folder, url, content)(() => true, content.advisories);
}

/** The same, with nothing listed yet. */
export function buildPackages(
  folder: string,
  url: string,
  content: Omit<RepositoryContent, 'advisories'>,
): PublishPackages {
  const built = buildRpms(join(folder, 'build'), content.packages, content.key);
  const blobs = built.map((file) => {
    const place = join(digestOf(readFileSync(file)), basename(file));
    mkdirSync(join(folder, 'blobstore', place, '..'), { recursive: true });
    copyFileSync(file, join(folder, 'blobstore', place));
    return place;
  });
  return (isListed, advisories) => {
    const listed = blobs.filter((place) => isListed(basename(place)));
    for (const arch of architectures) listPackages(folder, url, arch, listed, advisories);
  };
}

function listPackages(
  folder: string,
  url: string,
  arch: (typeof architectures)[number],
  blobs: readonly string[],
  advisories: readonly AdvisorySpec[] | undefined,
): void {
  const own = blobs.filter((place) => place.endsWith(`.${arch}.rpm`) || place.endsWith('.noarch.rpm'));
  const id = digestOf(JSON.stringify([own, advisories ?? []]));
  const place = join(folder, '2/core/2.0', arch, id);
  mkdirSync(place, { recursive: true });
  const list = join(folder, 'build', `${arch}.list`);
  writeFileSync(list, own.map((each) => `${each}\n`).join(''));
  run('createrepo_c', [
    ...['--quiet', '--no-database', '--revision', '1', '--set-timestamp-to-revision'],
    ...['--location-prefix', '../../../../../blobstore/', '--pkglist', list, '--outputdir', place],
    join(folder, 'blobstore'),
  ]);
  if (advisories !== undefined) {
    const file = join(folder, 'build', 'updateinfo.xml');
    writeFileSync(file, renderUpdateinfo(advisories));
    run('modifyrepo_c', ['--mdtype', 'updateinfo', file, join(place, 'repodata')]);
  }
  const listFolder = join(folder, '2/core/latest', arch);
  mkdirSync(listFolder, { recursive: true });
  writeFileSync(join(listFolder, 'mirror.list'), `${url}/2/core/2.0/${arch}/${id}/\n`);
}

function run(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function renderUpdateinfo(advisories: readonly AdvisorySpec[]): string {
  const updates = advisories.map(({ id, type, severity, cves = [], packages }) => {
    const references = cves.map(
      (cve) =>
        `<reference href="https://cve.example.com/${cve}" id="${cve}" type="cve" title="${cve}"></reference>`,
    );
    const fixed = packages.map(
      ({ name, version, release, epoch = 0, arch }) =>
        `<package arch="${arch}" name="${name}" epoch="${epoch}" version="${version}" release="${release}">` +
        `<filename>${name}-${version}-${release}.${arch}.rpm</filename></package>`,
    );
    return [
      `<update from="security@example.com" status="final" type="${type}" version="1">`,
      `<id>${id}</id><title>${id}</title><issued date="2024-01-01 00:00:00"/><updated date="2024-01-01 00:00:00"/>`,
      `<severity>${severity ?? ''}</severity><description>An update &amp; its reason</description>`,
      `<references>${references.join('')}</references>`,
      `<pkglist><collection short="tests"><name>tests</name>${fixed.join('')}</collection></pkglist></update>`,
    ].join('\n');
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<updates>\n${updates.join('\n')}\n</updates>\n`;
}

export interface ServedFolder {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  /** The paths that were asked for, in order. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/**
 * Serves a folder's files on a port of loopback; the folder may be filled later. It is served by this process: a program that
 * reads from it must not be waited for by `execFileSync`.
 */
export async function serveFolder(folder: string): Promise<ServedFolder> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    requests.push(path);
    const file = join(folder, path);
    const found = statSync(file, { throwIfNoEntry: false });
    if (!found?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-length': found.size });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
