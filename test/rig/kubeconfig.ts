import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A kubeconfig of the test's, in a file. @returns it and the environment that names it. */
export function kubeconfigFor(server: string): { readonly env: Readonly<Record<string, string>> } {
  const folder = mkdtempSync(join(tmpdir(), 'eksd-kubeconfig-'));
  folders.push(folder);
  const [file, name] = [join(folder, 'config'), 'test'];
  writeFileSync(
    file,
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': name },
      clusters: [{ name, cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name, user: { token: 'a-token' } }],
      contexts: [{ name, context: { cluster: name, user: name, namespace: 'builds' } }],
    }),
  );
  return { env: { KUBECONFIG: file } };
}

const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
