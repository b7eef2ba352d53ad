import type { Failure } from '../../core/failure.ts';
import { readJson } from '../../core/json-text.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { readBytes, sizeLimit } from '../../tool/file/read-file.ts';
import { type RunProcess, succeeded } from '../../tool/process/process.ts';
import { type Credentials, identityTokenUser, type Login } from './credentials.ts';

export interface DockerCredentialsOptions {
  /** docker's `config.json`, or podman's `auth.json`, which has the same shape. It need not be there. Absolute; undefined: none. */
  readonly file: string | undefined;
  readonly run: RunProcess;
  /** The whole environment of a credential helper: PATH and HOME, and what the helper itself wants. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

interface DockerConfig {
  readonly auths?: Readonly<Record<string, DockerAuth>>;
  /** Host to the name of a helper. */
  readonly credHelpers?: Readonly<Record<string, string>>;
  /** The helper of all other hosts. */
  readonly credsStore?: string;
}

interface DockerAuth {
  /** Base64 of `user:password`. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/** The key of docker's own registry (docker/cli, cli/config). */
const dockerKey = 'https://index.docker.io/v1/';
const dockerNames = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];

/**
 * Logins out of docker's configuration: from the host's credential helper, then the store of all hosts, then the file.
 * Nothing of what a helper says gets into a failure. Errors: `usage`, `missing-program`, `aborted`.
 */
export function dockerCredentials(options: DockerCredentialsOptions): Credentials {
  return async (host) => {
    const config = await readConfig(options.file);
    if (!config.ok) return config;
    const key = dockerNames.includes(host) ? dockerKey : host;
    const { credHelpers = {}, credsStore, auths = {} } = config.value;
    const own = Object.keys(credHelpers).find((each) => isFor(each, host));
    const asked: readonly (readonly [string | undefined, string])[] = [
      [own === undefined ? undefined : credHelpers[own], own ?? key],
      [credsStore, key],
    ];
    for (const [helper, server] of asked) {
      const found = helper === undefined ? ok(undefined) : await askHelper(helper, server, options);
      if (!found.ok || found.value !== undefined) return found;
    }
    const entry = Object.keys(auths).find((each) => isFor(each, host));
    return ok(entry === undefined ? undefined : loginIn(auths[entry] ?? {}));
  };
}

async function readConfig(file: string | undefined): Promise<Result<DockerConfig, Failure>> {
  if (file === undefined) return ok({});
  // Nothing of the file is quoted: it holds passwords.
  const refuse = (help: string): Result<never, Failure> =>
    err({ reason: 'usage', message: `Cannot read the registry logins in ${file}.`, help });
  const text = await readBytes(file, { limit: sizeLimit.byHand });
  if (!text.ok) return refuse(`It ${text.error}.`);
  if (text.value === undefined) return ok({});
  const config = readJson(text.value.toString('utf8'));
  if (config.ok && isConfig(config.value)) return ok(config.value);
  return refuse(config.ok ? 'It is no JSON object that docker writes.' : `It ${config.error}.`);
}

/** Whether what is read of it is what docker has there: objects of texts, and of objects of texts. */
function isConfig(value: object): value is DockerConfig {
  const { auths = {}, credHelpers = {}, credsStore = '' }: { [Name in keyof DockerConfig]?: unknown } = value;
  const isOf = (map: unknown, holds: (member: unknown) => boolean) =>
    typeof map === 'object' && map !== null && Object.values(map).every(holds);
  const isText = (member: unknown) => typeof member === 'string';
  const isAuth = (member: unknown) =>
    isOf(member, () => true) &&
    ['auth', 'username', 'password', 'identitytoken'].every((name) => {
      const found = (member as Readonly<Record<string, unknown>>)[name];
      return found === undefined || isText(found);
    });
  return isText(credsStore) && isOf(credHelpers, isText) && isOf(auths, isAuth);
}

/** Whether an entry is for a host: `registry.example.com`, or the same as a URL of the old `/v1/`. */
function isFor(key: string, host: string): boolean {
  const name = key.replace(/^https?:\/\//, '').replace(/\/(v[12]\/?)?$/, '');
  return name === host || (dockerNames.includes(name) && dockerNames.includes(host));
}

function loginIn(entry: DockerAuth): Login | undefined {
  // docker pads what it encodes with NUL characters at times (docker/cli, configfile).
  const text = Buffer.from(entry.auth ?? '', 'base64')
    .toString('utf8')
    .replace(/\0+$/, '');
  const colon = text.indexOf(':');
  if (entry.identitytoken) return { username: identityTokenUser, password: entry.identitytoken };
  if (colon > 0) return { username: text.slice(0, colon), password: text.slice(colon + 1) };
  if (entry.username && entry.password) return { username: entry.username, password: entry.password };
  return undefined;
}

/** `docker-credential-<name> get`: the server on standard input, its login as JSON on standard output. */
async function askHelper(
  name: string,
  server: string,
  { run, env, cwd, signal }: DockerCredentialsOptions,
): Promise<Result<Login | undefined, Failure>> {
  const program = `docker-credential-${name}`;
  const refuse = (help: string): Result<never, Failure> => {
    return err({ reason: 'usage', message: `${program} gives no login for ${server}.`, help });
  };
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return refuse('Its name is no name of a program.');
  const outcome = await run({ program, args: ['get'], cwd, env, input: server, network: 'allowed', signal });
  if (outcome.aborted) return err({ reason: 'aborted' });
  if (outcome.spawnError !== undefined) {
    const help = `Docker's configuration names it for ${server}.`;
    return err({ reason: 'missing-program', program, help });
  }
  if (!succeeded(outcome)) {
    // The one message of the helpers' protocol that is no error (docker-credential-helpers, credentials/error.go).
    if (outcome.stdout.trim() === 'credentials not found in native keychain') return ok(undefined);
    return refuse(
      `It exited with ${outcome.exitCode ?? outcome.signal}. Try "docker login ${server}" again.`,
    );
  }
  try {
    const { Username, Secret } = JSON.parse(outcome.stdout) as { Username?: string; Secret?: string };
    if (Username && Secret) return ok({ username: Username, password: Secret });
    return ok(undefined);
  } catch {
    return refuse('What it wrote is no JSON.');
  }
}
