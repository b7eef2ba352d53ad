/** A repository's place in the clone store: `github.com/etcd-io/etcd`. */
export function cloneName(repository: string): string {
  const { host, path } = split(repository);
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  const name = segments.join('/').replace(/\.git$/, '');
  return [host, ...name.split('/')].map(safeSegment).join('/');
}

/** Host and path of a URL, of `user@host:path`, or of a local path (host `local`). User names and passwords are dropped. */
function split(repository: string): { readonly host: string; readonly path: string } {
  const url = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?([^/]*)(\/.*)?$/i.exec(repository);
  if (url !== null) return { host: (url[1] || 'local').toLowerCase(), path: url[2] ?? '' };
  const remote = /^(?:[^@/:]+@)?([^/:]+):(.*)$/.exec(repository);
  if (remote !== null) return { host: (remote[1] ?? '').toLowerCase(), path: remote[2] ?? '' };
  return { host: 'local', path: repository };
}

/** One segment of a path below the clone store; unusual characters are percent-encoded, so that no two names meet. */
function safeSegment(segment: string): string {
  return segment.replace(/^\.+$|[^A-Za-z0-9._+-]/g, (text) =>
    [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

/**
 * What is read instead of a repository's URL: the longest key of `mirrors` that it starts with is replaced, as by git's
 * own `insteadOf`. The replacement may be a local path.
 */
export function mirrorUrl(repository: string, mirrors: Readonly<Record<string, string>>): string {
  const [longest] = Object.keys(mirrors)
    .filter((prefix) => repository.startsWith(prefix))
    .sort((a, b) => b.length - a.length);
  return longest === undefined ? repository : `${mirrors[longest]}${repository.slice(longest.length)}`;
}
