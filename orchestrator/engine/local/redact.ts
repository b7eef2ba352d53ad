import { withoutUrlCredentials } from '../../core/credentials.ts';
import { withoutSecretFields } from '../../tool/process/secret-words.ts';

/** What stands for a value that is the user's affair. */
const withheld = "(the user's)";

/** What of a fetching command's environment a report may show: what this program sets, and where Go fetches from. */
const shown = /^(GO[A-Z0-9]*|CGO_ENABLED|GIT_TERMINAL_PROMPT|LC_ALL|TZ)$/;

/** A word without the credentials of the URLs in it, and without keys of BuildKit's caches. */
export function withoutCredentials(text: string): string {
  return withoutSecretFields(withoutUrlCredentials(text));
}

/** An environment that came from the user's, for a report: tokens, sockets, proxies and home folders stay at home. */
export function withoutUserValues(env: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(env).map(([name, value]) => [
    name,
    shown.test(name) ? withoutCredentials(value) : withheld,
  ]);
  return Object.fromEntries(entries);
}
