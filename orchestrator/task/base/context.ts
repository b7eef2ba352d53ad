import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import type { RootfsPart } from '../../config/base/base-image.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { BaseRootNode } from '../../plan/node-image.ts';
import { BadHeader, numberOf, readPackage, rpmTag } from '../../rpm/database/header.ts';
import { mergeRules } from './rules.ts';

/** What of a node says what is installed. */
type Installed = Pick<BaseRootNode, 'keys' | 'rootfs' | 'signatures'>;

/**
 * Lays out what the Dockerfile of base images installs from: packages, keys, what is there before them, and what is
 * extracted afterwards. Gives when the youngest package was built, in seconds since 1970; 0 where there is none.
 * @param rpms the output of an `rpms` task; undefined where nothing is installed.
 * Errors: `usage` where a package is none, or has no signature and needs one.
 */
export async function writeInstallContext(
  node: Installed,
  rpms: string | undefined,
  folder: string,
): Promise<Result<number, Failure>> {
  for (const each of ['rpms', 'keys', 'skeleton', 'nothing'])
    await mkdir(join(folder, each), { recursive: true });
  let youngest = 0;
  for (const name of rpms === undefined ? [] : (await readdir(join(rpms, 'rpms'))).sort()) {
    const from = join(rpms ?? '', 'rpms', name);
    const checked = checkPackage(await readFile(from), name, node.signatures);
    if (!checked.ok) return checked;
    youngest = Math.max(youngest, checked.value);
    await copyFile(from, join(folder, 'rpms', name));
  }
  for (const name of rpms === undefined ? [] : await readdir(join(rpms, 'keys'))) {
    await copyFile(join(rpms ?? '', 'keys', name), join(folder, 'keys', name));
  }
  const rules = mergeRules(node.rootfs);
  await writeSkeleton(rules, join(folder, 'skeleton'));
  const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');
  await writeFile(join(folder, 'import'), lines(rpms === undefined ? [] : node.keys));
  await writeFile(join(folder, 'trust'), lines(rules.trust.map(trustLine)));
  return ok(youngest);
}

/** What is said of a package that cannot be installed, or when it was built. */
function checkPackage(
  content: Buffer,
  name: string,
  signatures: Installed['signatures'],
): Result<number, Failure> {
  const refused = (why: string, help: string): Result<never, Failure> =>
    err({ reason: 'usage', message: `The package ${name} ${why}.`, help });
  try {
    const { isSigned, header } = readPackage(content);
    if (!isSigned && signatures === 'required') {
      // rpm itself lets it through: it checks the signatures that there are.
      return refused(
        'has no signature',
        'Amazon signs all of its packages: find out where this one comes from. Of a repository of your own it is declared in the settings: distributions, "signatures: absent".',
      );
    }
    return ok(numberOf(header, rpmTag.buildTime) ?? 0);
  } catch (error) {
    if (error instanceof BadHeader) {
      return refused(`cannot be read: ${error.message}`, 'Check the lock of the base image.');
    }
    throw error;
  }
}

/** Links, and the folders that they lead to: what a package puts below a link would have no place else. */
async function writeSkeleton({ linksFirst }: RootfsPart, skeleton: string): Promise<void> {
  for (const { path, to } of linksFirst) {
    await mkdir(join(skeleton, posix.resolve(dirname(path), to)), { recursive: true });
    await mkdir(join(skeleton, dirname(path)), { recursive: true });
    await symlink(to, join(skeleton, path));
  }
}

function trustLine({ path, format, filter, purpose, comments }: RootfsPart['trust'][number]): string {
  const options = [
    `--format=${format}`,
    `--filter=${filter}`,
    ...(purpose === undefined ? [] : [`--purpose=${purpose}`]),
    ...(comments ? ['--comment'] : []),
  ];
  return `${path}\t${options.join(' ')}`;
}
