import { withoutUrlCredentials } from '../credentials.ts';
import { shellQuote } from '../shell-quote.ts';

/** What whoever mends a fault asks for first. */
export interface FaultCircumstances {
  /** `eksd-rebuild 0.1.0` */
  readonly version: string;
  /** `Node v22.1.0 on linux/amd64` */
  readonly machine: string;
  /** The words of the command line. */
  readonly argv: readonly string[];
  /** Where faults are told; undefined where the package does not say it. */
  readonly reportTo: string | undefined;
  /** A stack with places in the sources. */
  readonly inSources: (stack: string) => string;
}

/** What is said where this program itself is at fault: it meets what nobody expected. Several lines. */
export function describeFault(error: unknown, about: FaultCircumstances): string {
  const { version, machine, argv, reportTo, inSources } = about;
  const place = reportTo ?? 'as an issue of the repository that it came from';
  return withoutUrlCredentials(
    [
      'This is a fault of eksd-rebuild.',
      inSources(stackOf(error)),
      '',
      `version: ${version}, ${machine}`,
      `command: ${['eksd-rebuild', ...argv].map(shellQuote).join(' ')}`,
      `Please report it with all of these lines: ${place}. What was finished is kept.`,
    ].join('\n'),
  );
}

/** With its causes. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return `thrown: ${String(error)}`;
  const own = error.stack ?? String(error);
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackOf(error.cause)}`;
}

/** Of a package.json: where faults are told, or else where its sources are. */
export function reportPlaceOf(manifest: {
  readonly bugs?: unknown;
  readonly repository?: unknown;
}): string | undefined {
  const [place] = [manifest.bugs, manifest.repository].flatMap((each) => {
    const url = typeof each === 'object' && each !== null && 'url' in each ? each.url : each;
    return typeof url === 'string' ? [url] : [];
  });
  return place;
}
