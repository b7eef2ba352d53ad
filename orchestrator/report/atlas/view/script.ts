import { byCodeUnit } from '../../../core/canonical-json.ts';
import { numbersFirst } from '../order.ts';

export interface BuildOfScript {
  readonly digest: string;
  readonly project: string;
  readonly version: string;
  readonly go?: string;
  /** Whose Go. */
  readonly flavour?: string;
}

/** A script by which builds are done. */
export interface ScriptView {
  readonly page: 'script';
  readonly sha256: string;
  /** Whether a shell does all of it; else it is to be read. */
  readonly runs: boolean;
  readonly text: string;
  /** By project and version. */
  readonly builds: readonly BuildOfScript[];
}

/** What is said of a script as JSON: without its text, which the file beside its page is. */
export function scriptJson({ text: _, ...about }: ScriptView) {
  return about;
}

export function scriptView({ builds, ...about }: Omit<ScriptView, 'page'>): ScriptView {
  const sorted = [...builds].sort(
    (a, b) =>
      byCodeUnit(a.project, b.project) ||
      numbersFirst(a.version, b.version) ||
      numbersFirst(a.go ?? '', b.go ?? '') ||
      byCodeUnit(a.digest, b.digest),
  );
  return { page: 'script', ...about, builds: sorted };
}
