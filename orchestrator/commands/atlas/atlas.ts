import { join, resolve } from 'node:path';
import { whyStrangeUri } from '../../config/site-uri.ts';
import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { alikeDigests } from '../../report/atlas/alike.ts';
import { atlasTexts } from '../../report/atlas/atlas.ts';
import { digitsTold } from '../../report/atlas/places.ts';
import { readDocumentation } from '../../run/atlas/documentation.ts';
import { describeTroubles, gatherReleases } from '../../run/atlas/gather.ts';
import { knowPlans } from '../../run/atlas/known-plans.ts';
import { writeAtlas } from '../../run/atlas/write-atlas.ts';
import { readSource } from '../../tool/file/read-file.ts';
import { type GlobalOptions, openWorkspace } from '../../workspace/workspace.ts';
import { reportFailure } from '../words/report-failure.ts';

export interface AtlasOptions extends GlobalOptions {
  readonly output: string;
  readonly records?: string;
  readonly baseUrl?: string;
}

/** `eksd-rebuild atlas --output FOLDER`: what locks and records at hand say, as a site. Fetches and builds nothing. */
export async function atlas(options: AtlasOptions, host: Host): Promise<number> {
  const base = readBase(options.baseUrl);
  if (!base.ok) return reportFailure(base.error, host);
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const gathered = await gatherReleases(workspace.value, options.records, host);
  if (!gathered.ok) return reportFailure(gathered.error, host);
  if (gathered.value.releases.length === 0) return reportFailure(nothing, host);
  const alike = alikeDigests(gathered.value.releases);
  if (alike !== undefined) return reportFailure(onePlace(alike), host);
  const known = await knowPlans(gathered.value, workspace.value, host);
  host.stderr.write(describeTroubles(known.troubles));
  const schema = await readSource(join(host.packageFolder, schemaFile));
  const documentation = await readDocumentation(host.packageFolder);
  const texts = await atlasTexts(known.releases, {
    ...known.options,
    base: base.value,
    schema,
    documentation,
  });
  const written = await writeAtlas(texts, resolve(host.cwd, options.output), options.output, host);
  if (!written.ok) return reportFailure(written.error, host);
  const { files, fresh, bytes } = written.value;
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  const change = fresh === 0 ? 'as they were' : fresh === files ? 'all new' : `${fresh} of them new`;
  host.stdout.write(
    `${options.output}: ${countOf(known.releases.length, 'release')}, ${countOf(files, 'file')} (${size}), ${change}. Open index.html.\n`,
  );
  return exitCode.identical;
}

/** Below the package. */
const schemaFile = 'orchestrator/report/atlas/atlas.schema.json';

const nothing: Failure = {
  reason: 'usage',
  message: 'There is neither a lock nor a record at hand.',
  help: 'Run "eksd-rebuild import --all" first.',
};

/** @param alike differ, and begin with the same digits. */
function onePlace(alike: readonly [string, string]): Failure {
  return {
    reason: 'usage',
    message: `${alike.join(' and ')} begin with the same ${digitsTold} digits, by which an atlas has places for builds and files.`,
    help: 'That does not come by chance: look at the records that name them.',
  };
}

/** With one slash at its end. Errors: `usage`. */
function readBase(url: string | undefined): Result<string | undefined, Failure> {
  if (url === undefined) return ok(undefined);
  const base = url.replace(/\/$/, '');
  const why = whyStrangeUri(base);
  if (why === undefined) return ok(`${base}/`);
  const message = `--base-url takes where the atlas will be, and ${JSON.stringify(url)} ${why}.`;
  return err({ reason: 'usage', message, help: 'Name it as https://atlas.example.com/eks-distro.' });
}
