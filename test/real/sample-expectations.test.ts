import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unsparing } from '../rig/go-tools.ts';
import { warmBuildCache } from '../rig/warm.ts';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));

/** By project. */
function checksums(folder: string): Readonly<Record<string, string>> {
  const projects = join(folder, 'upstream/projects/sample');
  return Object.fromEntries(
    readdirSync(projects).map((name) => [name, readFileSync(join(projects, name, '1-0/CHECKSUMS'), 'utf8')]),
  );
}

test('the shell script makes the expectations that are committed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'expectations '));
  try {
    const copy = join(folder, 'examples');
    cpSync(examples, copy, { recursive: true });
    for (const project of Object.keys(checksums(copy))) {
      rmSync(join(copy, 'upstream/projects/sample', project, '1-0/CHECKSUMS'));
    }
    const buildCache = join(folder, 'go-build');
    await warmBuildCache(buildCache);
    // What a careless machine may have set; none of it may count.
    const env = {
      ...process.env,
      ...unsparing,
      // Where Go's own packages are, as the same flags compile them.
      GOCACHE: buildCache,
      GOFLAGS: '-buildvcs=false',
      CGO_ENABLED: '1',
      GOAMD64: 'v3',
      GIT_DIR: '/nowhere',
    };
    execFileSync('sh', [join(copy, 'expectations.sh')], { env, cwd: '/', timeout: 300_000, stdio: 'pipe' });
    assert.equal(checksums(copy), checksums(examples));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
