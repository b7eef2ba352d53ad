import type { Failure } from '../../core/failure.ts';
import { proxiesNamed } from '../../core/network-words.ts';
import { failureOf, isDiskFull, lastLines } from '../process/command-failure.ts';
import { fetchFailureOf, isNetworkTrouble } from '../process/fetch-failure.ts';
import type { Command, ProcessOutcome } from '../process/process.ts';

export const elsewhere =
  'Where it is read from is said by "mirrors" in the settings, and by your git configuration (insteadOf).';

/** What a person wanted from where, for the words of a failure. */
export interface Wanted {
  /** The repository by its own name, not by its mirror's. */
  readonly repository: string;
  /** `the repository`, `tag v1.2.3`. */
  readonly what: string;
}

/** Git's words (LC_ALL=C) for a repository that is not there, or not for this user. */
const unavailable = [
  /could not read (Username|Password) for/,
  /Authentication failed/,
  /Permission denied \((publickey|password|keyboard)/,
  /\b(Repository|repository|project)\b.* not found/i,
  /ERROR: Repository not found/,
  /does not appear to be a git repository/,
  /repository '.*' does not exist/,
  /remote: .*(not found|access denied|forbidden)/i,
  /(returned error|HTTP) ?:? ?(401|403|404|410)\b/,
  /detected dubious ownership/,
  /unable to read (sha1 file|tree|blob)|missing (blob|tree|commit) object/,
];

/** Git's words, and curl's of proxies, for trouble on the way that `fetchFailureOf` does not know. */
const network = [
  /RPC failed(?!; HTTP 4)|unexpected disconnect|remote end hung up/,
  /Less than .* bytes\/sec/,
  /from proxy after CONNECT|CONNECT tunnel failed|returned error: (407|408)/,
];

/** Words for a helper program of git's that is not installed. */
const missingHelper = /Unable to find remote helper for '([a-z]+)'|cannot run (ssh|[a-z-]+): No such file/;

/** What it means that a clone, a fetch or an ls-remote did not succeed. */
export function fetchFailure(command: Command, noisy: ProcessOutcome, wanted: Wanted): Failure {
  const text = withoutProgress(noisy.stderr);
  const outcome = { ...noisy, stderr: text };
  const detail = lastLines(text, 4);
  if (outcome.aborted || outcome.spawnError !== undefined || isDiskFull(text))
    return failureOf(command, outcome);
  if (
    /Read-only file system|could not create .*: Permission denied|unable to create .*: Permission denied/.test(
      text,
    )
  ) {
    return { reason: 'read-only', path: command.cwd };
  }
  const helper = missingHelper.exec(text);
  if (helper !== null) {
    const program = helper[1] === undefined ? (helper[2] ?? 'ssh') : `git-remote-${helper[1]}`;
    return { reason: 'missing-program', program, help: `Git needs it to read ${wanted.repository}.` };
  }
  // A proxy that refuses says 403 as well, and that says nothing of the repository.
  const isProxy = /from proxy after CONNECT|CONNECT tunnel failed/.test(text);
  if (!isProxy && unavailable.some((words) => words.test(text))) {
    return { reason: 'source-unavailable', repository: wanted.repository, wanted: wanted.what, detail };
  }
  const what = `reading ${wanted.repository}`;
  if (network.some((words) => words.test(text)) && !/\b429\b/.test(text)) {
    return { reason: 'network', what, detail, help: `${elsewhere}${proxiesNamed(command.env)}` };
  }
  // 128 is what it ends with where it could not fetch.
  if (outcome.exitCode === 1 && !isNetworkTrouble(text)) return failureOf(command, outcome);
  return fetchFailureOf(command, outcome, {
    what,
    absent: (said) => ({
      reason: 'source-unavailable',
      repository: wanted.repository,
      wanted: wanted.what,
      detail: said,
    }),
    elsewhere,
  });
}

/** Git's progress overwrites its own line again and again, and would push the error out of the last lines. */
function withoutProgress(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/\s*\r$/, '').replace(/^.*\r/, ''));
  const isProgress =
    /^(remote: )?(Cloning into|Enumerating|Counting|Compressing|Receiving|Resolving|Updating|Total) /;
  return lines.filter((line) => !isProgress.test(line)).join('\n');
}
