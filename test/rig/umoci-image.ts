import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Runs a program to its end. Gives what it printed. */
export function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Three layers by umoci, with all that can happen between two of them. Gives a layout with the image alone. */
export function makeImage(folder: string): string {
  const layout = join(folder, 'umoci');
  run('umoci', 'init', '--layout', layout);
  run('umoci', 'new', '--image', `${layout}:work`);
  const bundle = join(folder, 'bundle');
  run('umoci', 'unpack', '--image', `${layout}:work`, bundle);
  const root = join(bundle, 'rootfs');
  const write = (path: string, content: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const repack = () => run('umoci', 'repack', '--refresh-bundle', '--image', `${layout}:work`, bundle);

  for (const name of ['kept', 'gone', 'changed', 'retyped']) write(`usr/share/${name}/file`, name);
  write(`${'a-long-folder-name/'.repeat(8)}with-a-file-at-its-end-in-umlauts-äöü`, 'long');
  write('usr/bin/tool', 'x'.repeat(100_000));
  chmodSync(join(root, 'usr/bin/tool'), 0o4755);
  chownSync(join(root, 'usr/share/kept'), 1234, 3_000_000);
  linkSync(join(root, 'usr/bin/tool'), join(root, 'usr/bin/other-name'));
  symlinkSync('../../../outside', join(root, 'usr/bin/leads-out'));
  symlinkSync('usr/bin', join(root, 'bin'));
  symlinkSync('kept', join(root, 'usr/share/turned'));
  run('mkfifo', join(root, 'pipe'));
  run('mknod', join(root, 'null'), 'c', '1', '3');
  const capability =
    'import os,sys; os.setxattr(sys.argv[1], "security.capability", bytes.fromhex(sys.argv[2]))';
  write('usr/bin/ping', 'ping');
  run('python3', '-c', capability, join(root, 'usr/bin/ping'), '01000002800a00000000000000000000ff000000');
  repack();

  rmSync(join(root, 'usr/share/gone'), { recursive: true });
  write('usr/share/changed/file', 'changed content');
  write('usr/share/changed/more', 'more');
  // Not a link in its place at once: umoci would white the file out below that link, and engines differ on what that means.
  rmSync(join(root, 'usr/share/retyped'), { recursive: true });
  rmSync(join(root, 'usr/share/turned'));
  write('usr/share/turned/again', 'a folder now');
  chmodSync(join(root, 'usr/bin'), 0o711);
  repack();

  symlinkSync('kept', join(root, 'usr/share/retyped'));
  rmSync(join(root, 'usr/bin/tool'));
  repack();
  run('skopeo', '--insecure-policy', 'copy', `oci:${layout}:work`, `oci:${join(folder, 'image')}:work`);
  return join(folder, 'image');
}

/** What a folder holds, in the words of a view. Times of what a program may set: whole seconds. */
export function walk(root: string): readonly string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    const full = join(root, path);
    const stat = lstatSync(full);
    const kind = stat.isDirectory()
      ? 'folder'
      : stat.isSymbolicLink()
        ? 'symbolic-link'
        : stat.isFIFO()
          ? 'fifo'
          : stat.isCharacterDevice()
            ? 'character-device'
            : 'file';
    const sha256 =
      kind === 'file' ? createHash('sha256').update(readFileSync(full)).digest('hex') : undefined;
    const facts = [
      path,
      kind,
      kind === 'symbolic-link' ? 0 : stat.mode & 0o7777,
      `${stat.uid}:${stat.gid}`,
      kind === 'file' ? stat.size : 0,
      Math.floor(stat.mtimeMs / 1000),
      sha256,
      kind === 'symbolic-link' ? readlinkSync(full) : undefined,
      kind === 'character-device' ? `${stat.rdev >> 8}:${stat.rdev & 0xff}` : undefined,
    ];
    found.push(JSON.stringify(facts));
    if (kind === 'folder') for (const name of readdirSync(full)) visit(join(path, name));
  };
  visit('/');
  return found.sort();
}
