import { describeFailure } from './describe-failure.ts';
import { shownPlace } from './diagnostic.ts';
import type { Failure } from './failure.ts';
import { visible } from './visible.ts';

/** A failure on one line, for places that have no more: what happened, without the whole command or its whole output. */
export function failureHeadline(failure: Failure): string {
  return visible(headlineOf(failure));
}

function headlineOf(failure: Failure): string {
  switch (failure.reason) {
    case 'command-failed': {
      const words = failure.command.split(' ').filter((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
      const how = failure.signal ? `was ended by ${failure.signal}` : `exited with ${failure.exitCode}`;
      const detail = firstTelling(failure.output);
      return `${words.slice(0, 2).join(' ')} ${how}${detail === undefined ? '' : `: ${detail}`}`;
    }
    case 'configuration': {
      const [first] = failure.diagnostics;
      if (first === undefined) return 'The configuration is wrong.';
      const more = failure.diagnostics.length > 1 ? ` (and ${failure.diagnostics.length - 1} more)` : '';
      return `${shownPlace(first.location)}: ${first.message}${more}`;
    }
    default:
      return describeFailure(failure).split('\n', 1)[0] ?? '';
  }
}

/** go puts `# package` above its errors, and says what it downloads before them; BuildKit tells what was wrong at the end. */
function firstTelling(output: string): string | undefined {
  const lines = output.split('\n').map((line) => line.trim());
  const solved = lines.find((line) => line.startsWith('error: failed to solve: '));
  if (solved !== undefined) return solved.slice('error: '.length);
  return lines.find((line) => line !== '' && !line.startsWith('#') && !line.startsWith('go: downloading'));
}
