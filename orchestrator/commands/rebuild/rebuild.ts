import { resolve } from 'node:path';
import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { readPlace } from '../../core/registry-place.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { materialsOf } from '../../run/deliver/materials.ts';
import { proseOn } from '../../run/deliver/reporter.ts';
import { siteFiles } from '../../run/deliver/site-files.ts';
import type { ImageOptions } from '../../run/prepare/images.ts';
import type { CallRelease } from '../../run/prepare/prepare.ts';
import { type RebuildOptions, type Rebuilt, rebuild } from '../../run/rebuild.ts';
import { builtProjects, type StatedBuild, type StatedImages } from '../../statement/read-provenance.ts';
import { reportFailure } from '../words/report-failure.ts';
import { builtAgain } from './built-again.ts';
import { checkPrepared } from './check-prepared.ts';
import { describeOutcome } from './describe-outcome.ts';
import { differingFields } from './differing-fields.ts';
import { checkOutputOf, layOutBuilt } from './lay-out-built.ts';
import { readStated } from './read-stated.ts';
import { statedRelease } from './stated-release.ts';

export interface RebuildStatedOptions extends Omit<RebuildOptions, 'project' | 'platform' | 'method'> {
  readonly from: string;
  readonly output?: string;
}

/**
 * `eksd-rebuild rebuild --from STATEMENT`: builds one file or image again of what a provenance says alone, by the recipes of this program,
 * and says whether the same bytes come out. The exit code is of that, whatever was published.
 */
export async function rebuildStated(options: RebuildStatedOptions, host: Host): Promise<number> {
  const stated = await readStated(resolve(host.cwd, options.from), host);
  if (!stated.ok) return reportFailure(stated.error, host);
  const release = statedRelease(stated.value);
  if (!release.ok) return reportFailure(release.error, host);
  const { lock, method, platforms, what, images } = stated.value;
  const output = options.output === undefined ? undefined : resolve(host.cwd, options.output);
  const free = output === undefined ? ok(undefined) : await checkOutputOf(stated.value, output, host);
  if (!free.ok) return reportFailure(free.error, host);
  let came: boolean | undefined;
  const use = async (rebuilt: Rebuilt): Promise<Result<void, Failure>> => {
    const [materials, files] = [await materialsOf(rebuilt, host), await siteFiles(rebuilt)];
    if (!materials.ok) return materials;
    if (!files.ok) return files;
    const made = { ...rebuilt, materials: materials.value };
    const again = builtAgain(stated.value, made, files.value);
    if (again === undefined) return ok(undefined);
    const fields = differingFields(stated.value.statement.predicate, again.predicate);
    came = again.digest === stated.value.subject.digest['sha256'];
    proseOn(options.log, host).write(describeOutcome(stated.value, again.digest, fields));
    if (output === undefined) return ok(undefined);
    return await layOutBuilt(stated.value, { rebuilt, files: files.value }, output, host);
  };
  const built = builtProjects(stated.value);
  // Of projects that are asked for by name, each has to have scripts where these are asked for.
  const some = built.length < Object.keys(lock.projects).length ? { project: built } : {};
  const asked = { ...options, method, platform: platforms, ...some };
  const result = await rebuild(lock.release, asked, host, {
    ...{ stated: release.value, use },
    ...(images === undefined ? {} : { images: imageOptions(images) }),
    call: () => calledBy(what),
    check: (prepared) => checkPrepared(stated.value, prepared, host),
  });
  if (!result.ok) return reportFailure(result.error, host);
  if (came === undefined) {
    host.stderr.write(`Nothing was built that ${stated.value.subject.name} could be compared with.\n`);
    return result.value === exitCode.identical ? exitCode.nothingCompared : result.value;
  }
  return came ? exitCode.identical : exitCode.different;
}

function imageOptions({ names, bases }: StatedImages): ImageOptions {
  const own = bases.find((base) => base !== 'scratch' && !('reference' in base));
  const base = own === undefined || own === 'scratch' ? 'published' : own.from;
  return { image: names, base: base === 'settings' ? 'published' : base };
}

/** What it was called, which tars of images and tags have in them. */
function calledBy(what: StatedBuild['what']): ReturnType<CallRelease> {
  if (what.kind === 'file') return ok({});
  if (what.kind === 'image') return ok({ release: what.called });
  const { registry: place, ...release } = what.site;
  const registry = readPlace(place);
  return registry.ok ? ok({ release, archives: { registry: registry.value } }) : registry;
}
