import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goTools } from './go-tools.ts';

/**
 * What the library that kubeadm migrates a Corefile by says of upgrades of CoreDNS: nothing, or why not.
 * @param upgrades what runs, and what it becomes: `['v1.11.1', 'v1.12.1']`.
 */
export async function migrateCorefile(
  upgrades: readonly (readonly [from: string, to: string])[],
): Promise<readonly (string | undefined)[]> {
  const source = readFileSync(join(import.meta.dirname, 'corefile-migration', 'main.go'));
  const hash = createHash('sha256').update(source).digest('hex');
  // The name of no variable: it only makes another program out of another source.
  const tools = await goTools('corefile-migration', ['corefile-migration'], `-X main.source=${hash}`);
  const pairs = upgrades.map((pair) => pair.join(','));
  const lines = execFileSync(tools['corefile-migration'] ?? '', pairs, { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
  return lines.map((line) => (JSON.parse(line) as { readonly error?: string }).error);
}
