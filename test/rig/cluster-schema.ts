import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goTools } from './go-tools.ts';

/** The program of `cluster-schema/`, which decodes kubeadm's configuration by Kubernetes' own types: its absolute path. */
export async function clusterSchema(): Promise<string> {
  const source = readFileSync(join(import.meta.dirname, 'cluster-schema', 'main.go'));
  const hash = createHash('sha256').update(source).digest('hex');
  // The name of no variable: it only makes another program out of another source.
  const tools = await goTools('cluster-schema', ['cluster-schema'], `-X main.source=${hash}`);
  return tools['cluster-schema'] ?? '';
}
