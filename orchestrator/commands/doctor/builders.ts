import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import type { Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { imagePlatforms } from '../../plan/image-nodes.ts';
import type { Processes } from '../../run/wiring/tools.ts';
import type { BuilderFacts } from '../../tool/buildkit/builder.ts';
import { askBuilder, type Client, clientEnvironment, nameOf } from '../../tool/buildkit/client.ts';
import { usualBuilder } from '../../tool/buildkit/fleet.ts';
import { succeeded } from '../../tool/process/process.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Check } from './check.ts';

/** Milliseconds. */
const patience = 5000;

/** Whether what `images` would build with answers: each builder that the settings name, and the usual one for the other platforms. */
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
  const others = imagePlatforms.filter((platform) => builders[platform] === undefined);
  const usual = others.length === 0 ? [] : [await usualCheck(others, client, host)];
  const checks: Check[] = [];
  for (const [platform, several] of Object.entries(builders)) {
    for (const builder of several) {
      const base = { name: 'builder', isNeeded: false };
      const facts = await askBuilder(builder, client, host.signal);
      const name = `${nameOf(builder)} for ${platform}`;
      if (facts.ok) checks.push({ ...base, state: 'there', found: `${name}: ${shown(facts)}` });
      else {
        const help = 'Start it, or name another one under "builders" in the settings.';
        checks.push({ ...base, state: 'limited', found: `${name}: ${failureHeadline(facts.error)}`, help });
      }
    }
  }
  return [...usual, ...checks];
}

/** The builder that is asked where the settings name none. */
async function usualCheck(platforms: readonly string[], client: Client, host: Host): Promise<Check> {
  const base = { name: 'images', isNeeded: false };
  const builder = usualBuilder(host.env);
  const facts = await askBuilder(builder, client, host.signal);
  const name = `${nameOf(builder)} for ${platforms.join(', ')}`;
  if (facts.ok) return { ...base, state: 'there', found: `${name}: ${shown(facts)}` };
  const way = (await isBuildxThere(client, host))
    ? 'Or have docker buildx build them: name one of its builders (docker buildx ls) under "builders" in the settings.'
    : 'Docker with buildx does as well, where its daemon runs, once the settings name a builder of it.';
  const help = `Not needed to rebuild and compare files. Install BuildKit with runc (buildctl, and a buildkitd that runs), or set BUILDKIT_HOST. ${way}`;
  return { ...base, state: 'limited', found: `${name}: ${failureHeadline(facts.error)}`, help };
}

/** Whether docker has buildx, and a daemon that answers it. */
async function isBuildxThere(
  { programs, environment, cwd, run }: Client,
  { signal }: Host,
): Promise<boolean> {
  const [program, ...words] = programs.buildx;
  const timeout = AbortSignal.timeout(patience);
  const outcome = await run({
    program,
    args: [...words, 'inspect'],
    ...{ cwd, env: environment, network: 'allowed' },
    signal: AbortSignal.any([signal, timeout]),
  });
  // It exits with 0 where only its list can be read, and says what is wrong in a line.
  return succeeded(outcome) && !/^Error:/m.test(outcome.stdout);
}

function shown(facts: Extract<Result<BuilderFacts, Failure>, { readonly ok: true }>): string {
  return `BuildKit ${facts.value.version ?? 'of an unknown version'}`;
}
