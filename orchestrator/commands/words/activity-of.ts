import type { Say } from '../../core/event.ts';
import type { Host } from '../../host.ts';
import { createActivityLine } from '../../report/live/activity-line.ts';

/** What goes on in a command without a graph, on standard error. */
export function activityOf(host: Host): Say {
  return createActivityLine(host.stderr, () => host.now() / 1000);
}

/** Does something that may take long, and says so meanwhile. Nothing is written before it is over. */
export async function telling<T>(host: Host, text: string, body: () => Promise<T>): Promise<T> {
  const say = activityOf(host);
  say(text);
  try {
    return await body();
  } finally {
    say('');
  }
}
