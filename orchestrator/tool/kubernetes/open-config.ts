import { existsSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { delimiter, join } from 'node:path';
import { ApiException, KubeConfig, type RequestContext } from '@kubernetes/client-node';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { visible } from '../../core/visible.ts';
import { newAgentKeeper } from './kept-agent.ts';

/** Which cluster is meant, where the kubeconfig's own choice is not. */
export interface ClusterName {
  readonly context?: string | undefined;
  readonly namespace?: string | undefined;
}

/** Whose kubeconfig is meant. */
export interface ClusterUser {
  readonly env: Readonly<Record<string, string>>;
  readonly accountHome: string | undefined;
}

export interface OpenedConfig {
  readonly config: KubeConfig;
  readonly namespace: string;
}

/** Whose requests, of the client and of our own, take the connections of one another. */
class KeptConfig extends KubeConfig {
  readonly #keep = newAgentKeeper();

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    const agent = this.#keep(context.getAgent());
    if (typeof agent === 'object') context.setAgent(agent);
  }

  override async applyToHTTPSOptions(options: RequestOptions): Promise<void> {
    await super.applyToHTTPSOptions(options);
    options.agent = this.#keep(options.agent);
  }
}

/**
 * Opens what says where a cluster is, as kubectl would: KUBECONFIG, `~/.kube/config`, or in a pod its own. Nothing is asked yet. What it
 * names to sign in (`aws eks get-token`) is run by the client, when it is first needed.
 * Errors: `usage` where there is no such context.
 */
export function openConfig(
  name: ClusterName,
  { env, accountHome }: ClusterUser,
): Result<OpenedConfig, Failure> {
  const config = new KeptConfig();
  const home = env['HOME'] ?? accountHome;
  const own = home === undefined ? [] : [join(home, '.kube', 'config')];
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  const files = (named.length > 0 ? named : own).filter((file) => existsSync(file));
  try {
    for (const [index, file] of files.entries()) {
      const read = index === 0 ? config : new KubeConfig();
      read.loadFromFile(file);
      if (read !== config) config.mergeConfig(read, true);
    }
    if (files.length === 0 && env['KUBERNETES_SERVICE_HOST'] !== undefined) config.loadFromCluster();
  } catch (error) {
    return err(unusable(`The kubeconfig cannot be read: ${messageOf(error)}.`));
  }
  if (name.context !== undefined) {
    const names = config.getContexts().map((each) => each.name);
    if (!names.includes(name.context)) {
      const known = names.length === 0 ? 'It has none.' : `It has ${names.map(visible).join(', ')}.`;
      return err(unusable(`The kubeconfig has no context ${JSON.stringify(name.context)}. ${known}`));
    }
    config.setCurrentContext(name.context);
  }
  if (config.getCurrentCluster() === null) return err(unusable('No kubeconfig names a cluster.'));
  const ofContext = config.getContextObject(config.getCurrentContext())?.namespace;
  return ok({ config, namespace: name.namespace ?? ofContext ?? 'default' });
}

function unusable(message: string): Failure {
  const help = 'kubernetes.context of the settings names one, KUBECONFIG the file.';
  return { reason: 'usage', message, help };
}

class Late extends Error {}

/** Milliseconds: an answer that takes longer does not come. */
const patience = 30_000;

/** Calls the API. Gives undefined where it answers with one of `expected`. Errors: `cluster`. @param what is done, for the failure. */
export async function call<T>(
  what: string,
  ask: () => Promise<T>,
  expected: readonly number[] = [],
): Promise<Result<T | undefined, Failure>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late('no answer came')), patience);
  });
  try {
    return ok(await Promise.race([ask(), late]));
  } catch (error) {
    if (error instanceof ApiException && expected.includes(error.code)) return ok(undefined);
    return err(failureOf(what, error));
  } finally {
    clearTimeout(timer);
  }
}

/** Who is sent away for what was asked is sent away again: but not where there are too many, or where the server is ill. */
function failureOf(what: string, error: unknown): Failure {
  const code = error instanceof ApiException ? error.code : undefined;
  // What the client itself complains of, a kubeconfig that it cannot use say, has none of these.
  const isAway = error instanceof Late || (error as { code?: unknown; type?: unknown }).code !== undefined;
  const isPassing = code === undefined ? isAway : code === 408 || code === 429 || code >= 500;
  const help =
    code === 401 || code === 403
      ? '"--on kubernetes --policy" prints the Role that it takes.'
      : 'Try again; what was finished is kept.';
  const detail =
    error instanceof ApiException ? `it answers ${error.code}: ${bodyOf(error)}` : messageOf(error);
  return { reason: 'cluster', what, detail: visible(detail).slice(0, 2000), help, isPassing };
}

/** The API's own words, a `Status`. */
function bodyOf({ body }: ApiException<unknown>): string {
  const message =
    typeof body === 'string'
      ? (/"message":"((?:[^"\\]|\\.)*)"/.exec(body)?.[1]?.replaceAll('\\"', '"') ?? body)
      : (body as { message?: unknown } | undefined)?.message;
  return String(message ?? 'no word')
    .trim()
    .replace(/\.$/, '');
}

function messageOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  const cause = (error as { cause?: { code?: string } }).cause?.code;
  return (message || code || cause || String(error)).replace(/\.$/, '');
}
