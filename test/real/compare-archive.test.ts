import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { compareBytes, gnuTar, readBytesAsArchive, releaseFolder, told } from '../rig/archives.ts';
import { suite } from '../rig/suite.ts';

/** Archives of Python's tarfile, which knows formats that GNU tar writes otherwise, and what it says of them. */
const test = suite<{ parent: string; folder: string }>('archives of Python');

test.before.each((context) => {
  context.parent = mkdtempSync(join(tmpdir(), 'python-archives-'));
  context.folder = releaseFolder(context.parent);
});

test.after.each(({ parent }) => rmSync(parent, { recursive: true }));

function python(script: string, ...words: readonly string[]): string {
  return execFileSync('python3', ['-c', script, ...words], { encoding: 'utf8' });
}

const pack = `
import sys, tarfile
folder, file, form = sys.argv[1:]
formats = {'ustar': tarfile.USTAR_FORMAT, 'gnu': tarfile.GNU_FORMAT, 'pax': tarfile.PAX_FORMAT}
with tarfile.open(file, 'w:gz', format=formats[form]) as archive:
    archive.add(folder, arcname='.')
`;

for (const format of ['gnu', 'pax']) {
  test(`equivalent to GNU tar's: ${format}`, async ({ parent, folder }) => {
    const file = join(parent, 'a.tar.gz');
    python(pack, folder, file, format);
    const compared = await compareBytes(parent, readFileSync(file), gnuTar(folder, '--sort=name'));
    assert.equal([compared.verdict, compared.members], ['equivalent', []], JSON.stringify(told(compared)));
  });
}

const list = `
import hashlib, json, sys, tarfile
members = {}
with tarfile.open(sys.argv[1]) as archive:
    for each in archive:
        content = archive.extractfile(each).read() if each.isfile() or each.islnk() else None
        path = '' if each.name == '.' else each.name.removeprefix('./')
        members[path] = [oct(each.mode), each.uid, each.gid, each.uname, each.gname, each.linkname, each.isdir(),
            None if content is None else hashlib.sha256(content).hexdigest()]
print(json.dumps(members))
`;

test('what is read of each member is what Python reads', async ({ parent, folder }) => {
  for (const words of [
    ['--format=ustar', './bin', './ATTRIBUTION.txt'],
    ['--format=gnu'],
    ['--format=pax'],
    ['--format=v7', './bin'],
  ]) {
    const content = gnuTar(folder, ...words);
    const file = join(parent, `${createHash('sha256').update(content).digest('hex')}.tar`);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(file, content);
    const expected = JSON.parse(python(list, file)) as Record<string, readonly unknown[]>;
    const { members } = await readBytesAsArchive(parent, content);
    const found = Object.fromEntries(
      [...members].map(([path, { mode, uid, gid, uname, gname, target, kind, sha256 }]) => [
        path,
        [`0o${mode.toString(8)}`, uid, gid, uname, gname, target ?? '', kind === 'folder', sha256 ?? null],
      ]),
    );
    assert.equal(found, expected, words.join(' '));
  }
});

test.run();
