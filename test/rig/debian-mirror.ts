import { execFileSync } from 'node:child_process';

/** Where this machine has Debian's packages from: a URL. @throws where it is no Debian. */
export function debianMirror(): string {
  const words = ['indextargets', '--format', '$(REPO_URI) $(CODENAME)', 'Created-By: Packages'];
  const lines = execFileSync('apt-get', words, { encoding: 'utf8' }).split('\n');
  const [mirror] = lines.find((line) => /\/debian\/? \w+$/.test(line))?.split(' ') ?? [];
  if (mirror === undefined) throw new Error('this machine has no packages of Debian');
  return mirror;
}
