import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** A file of a release as a test wants it on a site. */
export interface SiteAsset {
  readonly component: string;
  /** Folder and version below `artifacts/`: `kit/v2.0.0`. */
  readonly folder: string;
  readonly name: string;
  readonly content: Uint8Array;
  readonly os?: string;
  readonly arch?: string;
  /** What the manifest says of it otherwise than it is. */
  readonly said?: { readonly uri?: string; readonly sha256?: string; readonly sha512?: string };
}

export interface SiteImage {
  readonly component: string;
  readonly name: string;
  readonly uri: string;
  readonly digest?: string;
}

/** The files of a site by their paths below its root. */
export type SiteFiles = Map<string, Uint8Array>;

const hash = (algorithm: string, content: Uint8Array) => createHash(algorithm).update(content).digest('hex');

/**
 * The site of release 6 of 1-30 as upstream lays it out: files, the sums beside them, and the manifest, put together here and not by the
 * program that reads them.
 */
export function siteFiles(
  baseUri: string,
  assets: readonly SiteAsset[],
  images: readonly SiteImage[] = [],
): SiteFiles {
  const files: SiteFiles = new Map();
  const artifacts = 'kubernetes-1-30/releases/6/artifacts';
  const lists = new Map<string, string>();
  for (const { folder, name, content } of assets) {
    const path = `${artifacts}/${folder}/${name}`;
    files.set(path, content);
    for (const algorithm of ['sha256', 'sha512']) {
      const line = `${hash(algorithm, content)}  ${name}\n`;
      files.set(`${path}.${algorithm}`, Buffer.from(line));
      const list = `${artifacts}/${folder}/${algorithm.toUpperCase()}SUM`;
      lists.set(list, (lists.get(list) ?? '') + line);
    }
  }
  for (const [path, text] of lists) {
    files.set(path, Buffer.from(text));
    const name = path.slice(path.lastIndexOf('/') + 1);
    for (const algorithm of ['sha256', 'sha512']) {
      files.set(`${path}.${algorithm}`, Buffer.from(`${hash(algorithm, Buffer.from(text))}  ${name}\n`));
    }
  }
  files.set('releasechannels/1-30.yaml', Buffer.from(channelText(6)));
  files.set('kubernetes-1-30/kubernetes-1-30-eks-6.yaml', Buffer.from(manifestOf(baseUri, assets, images)));
  return files;
}

/** The channel 1-30 as upstream writes it. */
export function channelText(latest: number): string {
  return `apiVersion: distro.eks.amazonaws.com/v1alpha1
kind: ReleaseChannel
metadata:
  name: 1-30
spec:
  snsTopicARN: arn:aws:sns:us-east-1:379412251201:eks-distro-updates
status:
  active: true
  latestRelease: ${latest}
`;
}

function manifestOf(baseUri: string, assets: readonly SiteAsset[], images: readonly SiteImage[]): string {
  const components = [...new Set([...assets, ...images].map(({ component }) => component))];
  const lines = components.flatMap((component) => [
    '  - assets:',
    ...assets
      .filter((asset) => asset.component === component)
      .flatMap(({ folder, name, content, os, arch, said }) => [
        '    - archive:',
        `        sha256: ${said?.sha256 ?? hash('sha256', content)}`,
        `        sha512: ${said?.sha512 ?? hash('sha512', content)}`,
        `        uri: ${said?.uri ?? `${baseUri}/kubernetes-1-30/releases/6/artifacts/${folder}/${name}`}`,
        `      description: ${name} of ${component}`,
        `      name: ${name}`,
        ...(os === undefined ? [] : [`      os: ${os}`]),
        ...(arch === undefined ? [] : ['      arch:', `      - ${arch}`]),
        '      type: Archive',
      ]),
    ...images
      .filter((image) => image.component === component)
      .flatMap(({ name, uri, digest }) => [
        '    - image:',
        ...(digest === undefined ? [] : [`        imageDigest: ${digest}`]),
        `        uri: ${uri}`,
        `      description: ${name} container image`,
        `      name: ${name}`,
        '      os: linux',
        '      type: Image',
      ]),
    `    name: ${component}`,
  ]);
  return `apiVersion: distro.eks.amazonaws.com/v1alpha1
kind: Release
metadata:
  creationTimestamp: null
  name: kubernetes-1-30-eks-6
spec:
  channel: 1-30
  number: 6
status:
  date: "2024-06-01T00:00:06Z"
  components:
${lines.join('\n')}
`;
}

/** Writes a site's files below a folder. */
export function writeSiteFiles(folder: string, files: SiteFiles): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** A site that is in a folder, as a server gets it. */
export function readSiteFiles(folder: string): SiteFiles {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path))]));
}

/** What GNU tar packs of files by path; `tar czf <file> -C <folder> .` as upstream calls it. */
export function packed(files: Readonly<Record<string, Uint8Array | string>>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
      chmodSync(join(folder, path), 0o755);
    }
    return execFileSync('tar', ['czf', '-', '-C', folder, '.', '--owner=0', '--group=0'], {
      maxBuffer: 2 ** 26,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What begins as a program for Linux on amd64 does: e_machine of ELF is 62. */
export function program(text: string): Buffer {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], 0);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(62, 18);
  return Buffer.concat([header, Buffer.from(text)]);
}
