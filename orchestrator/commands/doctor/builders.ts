import { failureHeadline } from '../../core/failure-headline.ts';
import type { Host } from '../../host.ts';
import type { Processes } from '../../run/wiring/tools.ts';
import { askBuilder, type Client, clientEnvironment, nameOf } from '../../tool/buildkit/client.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Check } from './check.ts';

/** Milliseconds. */
const patience = 5000;

/** Whether each builder that the settings name answers, and what it is. */
export async function builderChecks(
  { builders }: Workspace,
  { run }: Processes,
  host: Host,
): Promise<readonly Check[]> {
  const client: Client = {
    programs: { buildctl: 'buildctl', buildx: ['docker', 'buildx'] },
    environment: clientEnvironment(host.env),
    cwd: host.cwd,
    run,
    patience,
  };
  const checks: Check[] = [];
  for (const [platform, several] of Object.entries(builders)) {
    for (const builder of several) {
      const base = { name: 'builder', isNeeded: false };
      const facts = await askBuilder(builder, client, host.signal);
      const name = `${nameOf(builder)} for ${platform}`;
      if (facts.ok) {
        const found = `${name}: BuildKit ${facts.value.version ?? 'of an unknown version'}`;
        checks.push({ ...base, state: 'there', found });
      } else {
        const help = 'Start it, or name another one under "builders" in the settings.';
        checks.push({ ...base, state: 'limited', found: `${name}: ${failureHeadline(facts.error)}`, help });
      }
    }
  }
  return checks;
}
