import { defined } from '../../core/defined.ts';
import { digestOf } from '../../core/digest.ts';
import type { AtlasRow, AtlasUse } from './data.ts';
import type { Inputs } from './inputs.ts';
import { sortedBy } from './order.ts';
import { buildPage } from './page/build.tsx';
import { scriptPage } from './page/script.tsx';
import { type AtlasText, pair } from './pair.ts';
import { places } from './places.ts';
import { type BuildSteps, buildView, lastUse } from './view/build.ts';
import { type BuildOfScript, scriptJson, scriptView } from './view/script.ts';

/** How a build is done. */
interface ToldSteps extends Pick<BuildSteps, 'release' | 'confirmed'> {
  /** Lines for a POSIX shell. */
  readonly script: string;
  /** What the script takes: then a shell does all of it. Absent: its lines are to be read. */
  readonly values?: string | undefined;
}

export type StepsOf = (use: AtlasUse, digest: string) => Promise<ToldSteps | undefined>;

interface Told {
  readonly text: string;
  readonly runs: boolean;
  readonly builds: BuildOfScript[];
}

/** A page for each distinct build, and for each distinct script by which they are done: most builds are done alike. */
export async function buildTexts(
  rows: readonly AtlasRow[],
  inputs: Inputs,
  stepsOf: StepsOf,
): Promise<readonly AtlasText[]> {
  const built = rows.filter(({ file }) => file.said?.build !== undefined);
  const scripts = new Map<string, Told>();
  const texts: AtlasText[] = [];
  for (const [place, own] of sortedBy(built, ({ file }) => places.build(file.said?.build ?? ''))) {
    const { digest, ...use } = lastUse(own);
    const told = await stepsOf(use, digest);
    const { name, version, go, flavour } = use.project;
    const steps =
      told && keep(told, { digest, project: name, version, ...defined({ go, flavour }) }, scripts);
    const of = inputs.uses(own);
    texts.push(...pair(place, of, { view: () => buildView(own, steps), page: buildPage }));
    const values = told?.values;
    if (values !== undefined) texts.push({ path: `${place}.values`, of, text: () => values });
  }
  return [...texts, ...[...scripts].sort().flatMap(([sha256, told]) => scriptTexts(sha256, told))];
}

function keep(
  { release, confirmed, script, values }: ToldSteps,
  build: BuildOfScript,
  scripts: Map<string, Told>,
): BuildSteps {
  const sha256 = digestOf(script);
  const runs = values !== undefined;
  const known = scripts.get(sha256) ?? { text: script, runs, builds: [] };
  known.builds.push(build);
  scripts.set(sha256, known);
  return { release, confirmed, script: sha256, runs };
}

function scriptTexts(sha256: string, { text, runs, builds }: Told): readonly AtlasText[] {
  const place = places.script(sha256);
  const view = scriptView({ sha256, runs, text, builds });
  return [
    ...pair(place, digestOf(JSON.stringify(view)), { view: () => view, page: scriptPage, json: scriptJson }),
    ...(runs ? [{ path: `${place}.sh`, text: () => text }] : []),
  ];
}
