import { join, resolve } from 'node:path';
import { defined } from '../../core/defined.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { createEcrClients, type EcrClients } from '../../oci/ecr/clients.ts';
import { createEcrCredentials, requestLogin } from '../../oci/ecr/credentials.ts';
import type { Credentials } from '../../oci/registry/credentials.ts';
import { dockerCredentials } from '../../oci/registry/docker-credentials.ts';
import type { Insecure } from '../../oci/registry/endpoint.ts';
import { openRegistry, type Registry, type SentRequest } from '../../oci/registry/registry.ts';
import { readText, sizeLimit } from '../../tool/file/read-file.ts';
import type { HostTls } from '../../tool/http/http-client.ts';
import { proxiesOf } from '../../tool/http/proxy.ts';
import type { RunProcess } from '../../tool/process/process.ts';
import { userFolders } from '../../workspace/user-folders.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { fetchEnvironment } from './environment.ts';

/** How registries are reached from here: with the user's logins, and what the settings say of each. */
export interface Registries {
  readonly ecr: EcrClients;
  /**
   * A client of a registry. Errors: `usage` where a file that the settings name cannot be read.
   * @param insecure what the command line says of it, where that says anything.
   */
  open(host: string, options?: OpenOptions): Promise<Result<Registry, Failure>>;
}

interface OpenOptions {
  readonly insecure?: Insecure;
  readonly onRequest?: (request: SentRequest) => void;
}

/** @param pushes whether it is to be pushed: then a login to the public ECR is asked for, which reading does without. */
export function openRegistries(
  workspace: Workspace,
  run: RunProcess,
  host: Host,
  { pushes }: { readonly pushes: boolean },
): Registries {
  const { endpoints } = workspace.ecr;
  const findProxy = proxiesOf(host.env);
  const ecr = createEcrClients({ env: host.env, endpoints, findProxy, signal: host.signal });
  const credentials: Credentials = ecrOrDocker(
    createEcrCredentials({
      request: (each) => requestLogin(ecr, each),
      now: host.now,
      signsInToPublic: pushes,
    }),
    dockerCredentials({
      file: dockerConfig(host),
      run,
      env: fetchEnvironment(host),
      cwd: host.cwd,
      signal: host.signal,
    }),
  );
  return {
    ecr,
    async open(name, { insecure, onRequest } = {}) {
      const tls = await readTls(workspace);
      if (!tls.ok) return tls;
      const registry = openRegistry(name, {
        credentials,
        insecure: insecure ?? workspace.registries[name]?.insecure ?? 'never',
        tls: tls.value,
        findProxy,
        clock: { now: host.now, random: host.random, wait: host.wait },
        signal: host.signal,
        ...defined({ onRequest }),
      });
      return ok(registry);
    },
  };
}

/** AWS's own login comes first; who has no AWS credentials here may have signed in by docker. */
function ecrOrDocker(ecr: Credentials, docker: Credentials): Credentials {
  return async (host) => {
    const own = await ecr(host);
    if (own.ok && own.value !== undefined) return own;
    const other = await docker(host);
    return own.ok || (other.ok && other.value !== undefined) ? other : own;
  };
}

/** Where docker keeps logins (`docker help`, DOCKER_CONFIG; that it is empty counts as unset: docker/cli, cli/config). */
function dockerConfig(host: Host): string | undefined {
  const { home } = userFolders(host);
  const folder = host.env['DOCKER_CONFIG'] || (home && join(home, '.docker'));
  return folder && resolve(host.cwd, folder, 'config.json');
}

async function readTls(workspace: Workspace): Promise<Result<Readonly<Record<string, HostTls>>, Failure>> {
  const all: Record<string, HostTls> = {};
  for (const [name, files] of Object.entries(workspace.registries)) {
    const read: { ca?: string; cert?: string; key?: string } = {};
    for (const part of ['ca', 'cert', 'key'] as const) {
      const file = files[part];
      if (file === undefined) continue;
      const text = await readText(file, { limit: sizeLimit.byHand }, file);
      if (!text.ok || text.value === undefined) return err(unreadable(name, part, file, text));
      read[part] = text.value;
    }
    all[name] = read;
  }
  return ok(all);
}

function unreadable(name: string, part: string, file: string, read: Result<unknown, Diagnostic>): Failure {
  const message = `Cannot read ${file}, the ${part} of the registry ${name}.`;
  const why = read.ok ? '' : `It ${read.error.message}. `;
  return {
    reason: 'usage',
    message,
    help: `${why}See "registries" in the settings: it names a file in PEM.`,
  };
}
