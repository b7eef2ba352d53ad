import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { compareImage } from '../../orchestrator/commands/compare/compare-image.ts';
import type { ImageComparison } from '../../orchestrator/oci/image/comparison.ts';
import { type Ran, testHost } from './host.ts';

/** What `compare image` came to, told for people and for programs. */
export interface Compared {
  readonly code: number;
  readonly text: string;
  readonly json: ImageComparison;
}

/** Compares two images below a folder. Fails where they cannot be, and where something is left behind. */
export async function compareCommand(
  folder: string,
  a: string,
  b: string,
  platform?: readonly string[],
): Promise<Compared> {
  const text = await runCompare(folder, a, b, { platform });
  const json = await runCompare(folder, a, b, { platform, json: true });
  assert.equal([text.stderr, json.stderr], ['', '']);
  return { code: text.code, text: text.stdout, json: JSON.parse(json.stdout) as ImageComparison };
}

/** Runs the command, whatever comes of it. Fails where something is left behind. */
export async function runCompare(
  folder: string,
  a: string,
  b: string,
  { platform, json = false }: { readonly platform?: readonly string[] | undefined; readonly json?: boolean },
): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
    draw: () => {},
    isTerminal: false,
    columns: 80,
    rows: 24,
    hasColours: false,
  });
  const host = testHost({
    cwd: folder,
    packageFolder: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
    stdout: output('stdout'),
    stderr: output('stderr'),
  });
  const options = { cache: join(folder, 'cache'), json, ...(platform === undefined ? {} : { platform }) };
  const code = await compareImage(a, b, options, host);
  assert.equal(readdirSync(join(folder, 'cache')), []);
  return { code, ...written };
}
