import { partOfLock } from '../../config/lock/lock-part.ts';
import type { Json } from '../../core/canonical-json.ts';
import { digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { basesOf, recipesOf } from '../../run/deliver/materials.ts';
import { packageVersion } from '../../run/outcome/version.ts';
import type { Prepared } from '../../run/prepare/prepare.ts';
import { dockerfileUri } from '../../statement/image-parts.ts';
import type { StatedBuild } from '../../statement/read-provenance.ts';
import { describeFields } from './describe-outcome.ts';
import { type Differing, differingFields } from './differing-fields.ts';

/** What only the machine has, and has to have as it was: nothing else says how it is built. */
const ofMachine = /^urn:eksd-rebuild:(recipe|dockerfile|base):/;

/**
 * Says of each thing that the statement needs, and that this machine has otherwise, what it is: before anything is built. Another version of this
 * program, or another lock of the release, is told; another recipe ends it. Errors: `usage`.
 */
export async function checkPrepared(
  stated: StatedBuild,
  prepared: Prepared,
  host: Host,
): Promise<Result<void, Failure>> {
  const here = await recipesHere(prepared, host);
  if (!here.ok) return here;
  const version = await packageVersion(host.packageFolder);
  const notes = [...versionField(stated, version), ...lockFields(stated, prepared)];
  if (notes.length > 0)
    host.stderr.write(`This machine is not as the statement says:\n${describeFields(notes)}`);
  const wanted = stated.dependencies.filter(
    ({ uri = '', digest }) => ofMachine.test(uri) && digest !== undefined,
  );
  const unlike = wanted.flatMap(({ uri = '', digest }): readonly Differing[] => {
    const [sha256, own] = [digest?.['sha256'], here.value.get(uri)];
    return sha256 === own ? [] : [{ field: uri, stated: sha256, here: own }];
  });
  if (unlike.length === 0) return ok(undefined);
  const made = statedVersion(stated);
  return err({
    reason: 'usage',
    message: `It was built by other recipes than this machine has:\n${describeFields(unlike).trimEnd()}`,
    help: `Use the program that made the statement${made === undefined ? '' : `, eksd-rebuild ${made}`}, or put its recipes into the root.`,
  });
}

async function recipesHere(
  prepared: Prepared,
  host: Host,
): Promise<Result<ReadonlyMap<string, string>, Failure>> {
  const [recipes, bases] = [await recipesOf(prepared, host), await basesOf(prepared, host)];
  if (!recipes.ok) return recipes;
  if (!bases.ok) return bases;
  const here = new Map<string, string>();
  for (const [project, files] of recipes.value)
    for (const { path, sha256 } of files) here.set(`urn:eksd-rebuild:recipe:${project}#${path}`, sha256);
  for (const node of prepared.plan.graph.nodes.values())
    if (node.kind === 'image') here.set(dockerfileUri(node.image), digestOf(node.dockerfile));
  for (const [name, files] of bases.value) {
    const choice = prepared.planInput.images?.bases.get(name);
    if (choice?.kind !== 'built') continue;
    for (const { path, sha256 } of files)
      here.set(`urn:eksd-rebuild:base:${choice.distribution}#${path}`, sha256);
  }
  return ok(here);
}

function statedVersion({ statement }: StatedBuild): string | undefined {
  const { runDetails } = statement.predicate as {
    readonly runDetails: { readonly builder: { readonly version?: Readonly<Record<string, string>> } };
  };
  return runDetails.builder.version?.['eksd-rebuild'];
}

function versionField(stated: StatedBuild, here: string): readonly Differing[] {
  const made = statedVersion(stated);
  return made === here ? [] : [{ field: 'eksd-rebuild', stated: made, here }];
}

/** What this machine has as the lock of that release, where it has one. */
function lockFields({ lock }: StatedBuild, { ownLock }: Prepared): readonly Differing[] {
  if (ownLock === undefined || ownLock.digest === lock.digest) return [];
  const bases = lock.baseImages.map(({ name }) => name);
  const part = (of: typeof lock) => partOfLock(of, Object.keys(lock.projects), bases) as unknown as Json;
  const whole = { field: `the lock of ${lock.release}`, stated: lock.digest, here: ownLock.digest };
  return [whole, ...differingFields(part(lock), part(ownLock))];
}
