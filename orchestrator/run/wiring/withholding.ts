import { join } from 'node:path';
import { type Credential, credentialsIn, credentialsOf, withoutCredentials } from '../../core/credentials.ts';
import type { Host } from '../../host.ts';
import { readSource } from '../../tool/file/read-file.ts';
import { readGitConfiguration } from '../../tool/git/configuration.ts';
import { noIsolation } from '../../tool/process/isolation.ts';
import type { RunProcess } from '../../tool/process/process.ts';
import { createRunProcess } from '../../tool/process/run-process.ts';
import { remoteGitEnvironment } from './environment.ts';
import { once } from './once.ts';

/**
 * Has nothing that a command prints which fetches hold the user's passwords and tokens: a server may say back whatever it was told, and
 * from there it would come to the screen, into reports and into pages.
 */
export function withholding(run: RunProcess, host: Host): RunProcess {
  const ofUser = once(() => readCredentials(host));
  return async (command) => {
    if (command.network !== 'allowed') return run(command);
    const known = await ofUser();
    const shown = (text: string) => withoutCredentials(text, [...known, ...host.credentials.all()]);
    const { onLine } = command;
    const outcome = await run({
      ...command,
      ...(onLine === undefined ? {} : { onLine: (line: string) => onLine(shown(line)) }),
    });
    return { ...outcome, stdout: shown(outcome.stdout), stderr: shown(outcome.stderr) };
  };
}

/** What is known of them: those of the environment, of git's configuration, of `.netrc`. What a helper gives is not. */
async function readCredentials(host: Host): Promise<readonly Credential[]> {
  const env = remoteGitEnvironment({ ...host, credentials: { ...host.credentials, placed: () => [] } });
  const git = await readGitConfiguration(createRunProcess({ isolation: noIsolation, now: host.now }), env);
  const netrc = await readSource(env['NETRC'] ?? join(env['HOME'] ?? '/', '.netrc'));
  return [
    ...credentialsIn(host.env),
    ...git.values.flatMap(([name, value]) => {
      if (/^http\..*extraheader$/i.test(name)) return ofHeader(value);
      // Of ssh, a name alone is no secret.
      if (/^url\.https?:/i.test(name)) return credentialsOf(name.slice('url.'.length));
      return /proxy$/i.test(name) ? credentialsOf(value) : [];
    }),
    ...[...netrc.matchAll(/\bpassword\s+(\S+)/g)].map(([, password = '']) => secret(password)),
  ];
}

/** `Authorization: Basic <user:password in base64>`, `PRIVATE-TOKEN: <token>`. */
function ofHeader(header: string): readonly Credential[] {
  const word = header.trim().split(/\s+/).at(-1) ?? '';
  const [user = '', ...password] = Buffer.from(word, 'base64').toString('utf8').split(':');
  return [secret(word), ...(password.length > 0 ? [{ place: '', user, password: password.join(':') }] : [])];
}

const secret = (password: string): Credential => ({ place: '', user: '', password });
