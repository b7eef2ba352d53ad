import { withoutUrlCredentials } from './credentials.ts';
import { renderDiagnostic } from './diagnostic.ts';
import type { Failure } from './failure.ts';
import { countOf } from './numbers.ts';
import { unreachable } from './unreachable.ts';
import { visible, visibleLines } from './visible.ts';

/** What may have lines of its own; all else stays on one. */
const withLines: ReadonlySet<string> = new Set(['message', 'help', 'detail', 'output']);

/** What a failure quotes came from anywhere: a compiler, a server, a file. */
function madeVisible<F extends Failure>(failure: F): F {
  const shown = Object.entries(failure).map(([name, value]) => {
    if (typeof value === 'string') {
      const text = withoutUrlCredentials(value);
      return [name, withLines.has(name) ? visibleLines(text) : visible(text)];
    }
    const isNames = Array.isArray(value) && value.every((each) => typeof each === 'string');
    return [name, isNames ? value.map(visible) : value];
  });
  return Object.fromEntries(shown) as F;
}

/** What happened, where, and what to do: plain text, without a trailing newline, possibly several lines. */
export function describeFailure(given: Failure): string {
  const failure = madeVisible(given);
  switch (failure.reason) {
    case 'usage':
      return `${failure.message}\n${failure.help}`;
    case 'configuration':
      return failure.diagnostics.map(renderDiagnostic).join('\n');
    case 'unknown-name': {
      const nearest = failure.nearest.length > 0 ? ` Nearest: ${failure.nearest.join(', ')}.` : '';
      return `There is no ${failure.what} "${failure.name}".${nearest} ${failure.help}`;
    }
    case 'missing-program':
      return `The program ${failure.program} is not on the PATH. ${failure.help}`;
    case 'no-builder':
      return `No builder answers for ${failure.what}: ${failure.detail}. ${failure.help}`;
    case 'program-too-old':
      return `${failure.program} ${failure.found} is too old: ${failure.needed} or newer is needed.`;
    case 'not-sandboxed':
      return `A sandbox is required, and this machine has not all of it: ${failure.missing.join('; ')}. "eksd-rebuild doctor" says how to get it.`;
    case 'network':
      return `The network failed while ${failure.what}: ${failure.detail}. Try again; what was finished is kept.${failure.help === undefined ? '' : `\n${failure.help}`}`;
    case 'rate-limited': {
      const { by = 'The server', what, detail, seconds } = failure;
      const wait =
        seconds === undefined
          ? 'It does not say for how long'
          : `It says to come again in ${inWords(seconds)}`;
      return `${by} limits how much it serves, and refused ${what}: ${detail}. ${wait}; what was finished is kept.`;
    }
    case 'fetch-failed':
      return `It failed while ${failure.what}, as another try would: ${failure.detail}\n${failure.help}`;
    case 'cluster':
      return `The cluster failed while ${failure.what}: ${failure.detail}. ${failure.help}`;
    case 'source-unavailable':
      return `${failure.wanted} is not in ${failure.repository}: ${failure.detail}. A release that names a source which is not public cannot be rebuilt; where it is kept elsewhere, "mirrors" of the settings says so.`;
    case 'moved-tag':
      return `Tag ${failure.tag} of ${failure.repository} points at ${failure.found}, the lock says ${failure.locked}. Find out who moved it; to accept the new commit, delete the lock and import again.`;
    case 'patch-failed': {
      const hunk = failure.hunk === undefined ? '' : `, hunk ${failure.hunk}`;
      const file = failure.file === undefined ? '' : ` at ${failure.file}${hunk}`;
      return `Patch ${failure.patch} does not apply${file}: ${failure.detail}`;
    }
    case 'toolchain-unavailable':
      return `Go ${failure.version} cannot be had: ${failure.detail}. Another source of it is named in the settings, toolchains.versions.${failure.version}: goroot, archive, source or rpms; another proxy by GOPROXY.`;
    case 'module-unavailable':
      return `Module ${failure.module} cannot be had: ${failure.detail}. Another proxy is named by GOPROXY; a module that is not public, by GOPRIVATE.`;
    case 'module-mismatch':
      return `Module ${failure.module} is not what its checksum says: ${failure.detail}`;
    case 'command-failed': {
      const how = failure.signal ? `was ended by ${failure.signal}` : `exited with ${failure.exitCode}`;
      return `${failure.command}\n${how}${failure.output ? `:\n${failure.output}` : ''}`;
    }
    case 'path-unavailable':
      return `The files hold the path that they were built at, ${failure.path}, and this machine cannot show the source there: ${failure.detail}. They cannot be compared here; run it as root, where user namespaces are allowed, or own a folder on the way there.`;
    case 'missing-output':
      return `The build made no ${failure.file}: ${failure.detail}`;
    case 'unsafe-path':
      return `Path "${failure.path}" in ${failure.where} ${failure.detail}; it was not used.${failure.help === undefined ? '' : ` ${failure.help}`}`;
    case 'digest-mismatch':
      return `${failure.what} has SHA-256 ${failure.found}, expected ${failure.expected}.${failure.help === undefined ? '' : ` ${failure.help}`}`;
    case 'disk-full':
      return `The disk is full: ${failure.path}. Free some room (eksd-rebuild cache gc) and run again; what was finished is kept.${failure.detail === undefined ? '' : ` ${failure.detail}`}`;
    case 'read-only':
      return `${failure.path} cannot be written. ${failure.help ?? 'Point the cache elsewhere (--cache, or EKSD_REBUILD_CACHE) or change its permissions.'}`;
    case 'unreadable':
      return `${failure.path} cannot be read by this user. ${failure.help ?? 'Use a cache of your own (--cache, or EKSD_REBUILD_CACHE), or have its owner give permission to read.'}`;
    case 'store-version':
      // Who deletes a folder on our word has to know that it is ours.
      return failure.found.startsWith('eksd-rebuild store ')
        ? `The store ${failure.path} was written by another version (${failure.found}; this one writes ${failure.expected}). Use another folder (--cache), or delete it.`
        : `${failure.path} looks like a store, and does not say of which version (${failure.found}; this one writes ${failure.expected}). Use another folder (--cache); only where you know that it holds nothing else, delete it.`;
    case 'store-damaged':
      if (failure.isReadOnly === true) {
        return `The store is damaged at ${failure.path}: ${failure.detail}. It cannot be written: use a cache of your own (--cache, or EKSD_REBUILD_CACHE), or have its owner run eksd-rebuild cache check.`;
      }
      return `The store is damaged at ${failure.path}: ${failure.detail}. Run eksd-rebuild cache check: it drops what is damaged, and the next run makes it again.`;
    case 'clone-damaged':
      return `${failure.object} is missing in the clone of ${failure.repository}, or damaged: ${failure.detail}. Delete ${failure.path}: it is cloned again.`;
    case 'system-error':
      return `The system refuses: ${failure.detail}. ${failure.help}`;
    case 'aborted':
      return 'Interrupted. What was finished is kept; the same command goes on from there.';
    default:
      return unreachable(failure);
  }
}

/** `6 hours`, `90 seconds`. */
function inWords(seconds: number): string {
  if (seconds < 120) return countOf(Math.ceil(seconds), 'second');
  return seconds < 7200
    ? countOf(Math.ceil(seconds / 60), 'minute')
    : countOf(Math.ceil(seconds / 3600), 'hour');
}
