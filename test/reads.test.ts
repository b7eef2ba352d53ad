import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filesBelow, read } from './rig/imports.ts';

/**
 * What reads a file by itself, and whose files those are. All else is opened by `tool/file/read-file.ts`: of a file that a user,
 * upstream or a registry made, nobody knows whether it is one, how long it is and whether it is text.
 */
const own = `
cli.ts | the program's own files
commands/compare/image-platforms.ts | a blob that was received within a limit
oci/push/push.ts | a tree of the store
oci/registry/blobs.ts | what is being received
oci/registry/body.ts | a blob of a tree of the store
oci/registry/pull.ts | a blob that was received within a limit
publish/check/without-encoding.ts | what was received within a limit
publish/hash-copy.ts | files of the store, and of a site that was made here
rpm/database/sqlite.ts | what it wrote itself
rpm/repository/metadata.ts | what was received within a limit
run/outcome/version.ts | the program's own files
run/sample/repositories.ts | the program's own files
run/sbom/platform.ts | a tree of the store
run/upstream/go-downloads.ts | what was received within a limit
run/upstream/open-upstream.ts | what a git of ours wrote
run/wiring/script-tools.ts | a program that the system runs
store/durable.ts | a tree of the store, to make it durable
store/errno.ts | none: it tries whether it could
store/hash-file.ts | files of the store
store/list.ts | files of the store
store/process-life.ts | the system's own
store/remote/folder-modes.ts | none: it opens a folder, to give it permissions
store/take-in.ts | what a task made
task/archive/source-archive.ts | what a git of ours wrote
task/base/archive.ts | what it wrote itself
task/base/context.ts | a tree of the store
task/base/root.ts | a tree of the store
task/image/image.ts | what a BuildKit of ours wrote
task/licenses/memory.ts | files that the go command lists
task/source/facts.ts | a tree of the store
task/source/stamp-objects.ts | what a git of ours wrote
task/toolchain/fetch.ts | what a go command of ours wrote
task/toolchain/patch-goroot.ts | a tree of the store
tool/file/read-file.ts | files of everybody
tool/go/helper.ts | the program's own files
tool/process/limits.ts | the system's own
tool/process/long-output.ts | what a program of ours wrote
tool/process/path-link.ts | a journal of ours
tool/process/program-parts.ts | a program that is run, of which no more than its first bytes are read
tool/process/run-process.ts | what is being written
tool/tar/pack-tar.ts | trees of the store, of which each file was looked at
tool/tar/read-archive.ts | archives of everybody, opened with the same care
verdict/inspect/gobinary.ts | what a program of ours wrote, and a file, of which no more than its first bytes are read
verdict/inspect/published.ts | a file, of which no more than its first bytes are read
verdict/inspect/version-text.ts | a file, of which no more than a limit is read
vulnerability/scan/scanner.ts | what a program of ours wrote
workspace/decoded.ts | what this program keeps, opened with the same care
workspace/write-file.ts | what is to be written, and is as long as it
`;

const permitted = own
  .trim()
  .split('\n')
  .map((line) => `orchestrator/${line.split(' | ')[0]}`);

/** What of `node:fs` gives a file's content. */
const reading = /\b(createReadStream|open|openSync|openAsBlob|readFile|readFileSync|readv?Sync)\b/;

function readsByItself(text: string): boolean {
  const imported = [...text.matchAll(/import (?!type )([^;]*) from 'node:fs(?:\/promises)?'/g)];
  return imported.some(
    ([, names = '']) => reading.test(names) || names.startsWith('*') || !names.startsWith('{'),
  );
}

test('files of others are read by the one reader', () => {
  const found = filesBelow('orchestrator').filter((file) => readsByItself(read(file)));
  assert.equal(
    found.filter((file) => !permitted.includes(file)),
    [],
    'opens a file by itself, and this list does not say whose',
  );
  assert.equal(
    permitted.filter((file) => !found.includes(file)),
    [],
    'is permitted what it does not do',
  );
});

test('a planted read of any form is seen', () => {
  for (const form of [
    "import { readFile } from 'node:fs/promises';",
    "import {\n  mkdir,\n  readFileSync as get,\n} from 'node:fs';",
    "import * as fs from 'node:fs';",
    "import fs from 'node:fs';",
  ]) {
    assert.ok(readsByItself(form), form);
  }
  assert.not.ok(readsByItself("import { mkdir, readdir } from 'node:fs/promises';"));
});

test.run();
