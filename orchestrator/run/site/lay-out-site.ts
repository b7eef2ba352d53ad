import { isUpstreamChannel } from '../../config/settings/release.ts';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { type InsecureOptions, insecureOf } from '../../oci/registry/endpoint.ts';
import { readCommit } from '../../plan/subject.ts';
import { releaseResourceName, upstreamBaseUri } from '../../publish/layout.ts';
import { writeSite } from '../../publish/site.ts';
import type { SiteContent } from '../../publish/site-content.ts';
import { namesOf } from '../../publish/site-folder.ts';
import type { ReleaseDifference } from '../../release/difference/difference.ts';
import { changelogText } from '../../report/difference/changelog.ts';
import type { Allowance } from '../../statement/allowance.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { describeUnpublished } from '../deliver/describe-push.ts';
import type { FindSigner } from '../deliver/find-signer.ts';
import type { Rebuilt } from '../rebuild.ts';
import { type Annotated, annotationsOf } from './annotations.ts';
import { componentsOf } from './components.ts';
import { holdToLists } from './expected.ts';
import type { Identity } from './identity.ts';
import { type FoundImages, findImages } from './image-digests.ts';
import { judgeFiles, judgeImage } from './judged-files.ts';
import { whyUnverified } from './refusal.ts';
import type { signFiles } from './sign-files.ts';
import { isWhole } from './whole.ts';

/** What the command line says of a site. */
export interface AskedSite {
  /** Absolute; undefined: where all that comes of the release goes. */
  readonly output?: string | undefined;
  readonly allowances: readonly Allowance[];
  readonly insecure: InsecureOptions;
}

/**
 * Lays out the site of a release that was rebuilt, and says so. Errors: why not all of it was made, or may go out; those of asking the
 * registry; those of `writeSite`.
 */
export async function layOutSite(
  rebuilt: Rebuilt,
  identity: Identity,
  asked: AskedSite & {
    readonly output: string;
    readonly changes: ReleaseDifference | undefined;
    readonly findSigner: FindSigner;
  },
  host: Host,
): Promise<Result<void, Failure>> {
  const made = isWhole(rebuilt, host);
  if (!made.ok) return made;
  const files = await judgeFiles(rebuilt);
  if (!files.ok) return files;
  const leftOut = holdToLists(rebuilt.prepared, files.value);
  if (!leftOut.ok) return leftOut;
  const all: readonly Annotated[] = [
    ...files.value.map(({ path: name, ...judged }) => ({ name, ...judged })),
    ...made.value.map((image) => {
      return { name: `${image.image}:${image.tag}`, ...judgeImage(image, rebuilt.report) };
    }),
  ];
  const refused = whyUnverified(all, asked.allowances);
  if (refused !== undefined) return err(refused);
  const insecure = insecureOf(identity.registry.host, asked.insecure);
  if (!insecure.ok) return insecure;
  const images = await findImages(made.value, identity, insecure.value, rebuilt, host);
  if (!images.ok) return images;
  const signer = await asked.findSigner(rebuilt.prepared.workspace);
  if (!signer.ok) return signer;
  const bundles =
    signer.value === undefined
      ? ok(undefined)
      : await signedOf(files.value, rebuilt, identity, asked.output, signer.value, host);
  if (!bundles.ok) return bundles;
  const { channel, number, date, baseUri, snsTopicArn } = identity;
  const site: SiteContent = {
    ...{ channel, number, date, baseUri, ...defined({ snsTopicArn }) },
    annotations: annotationsOf(rebuilt, all, leftOut.value, asked.allowances),
    components: await componentsOf(rebuilt),
    files: files.value,
    images: images.value.images,
    ...defined({ bundles: bundles.value }),
    changelog: changelogOf(rebuilt, identity, asked.changes),
  };
  const shown = shownPath(asked.output, host.cwd);
  rebuilt.say(`laying out ${countOf(site.files.length, 'file')}`);
  const written = await rebuilt.store.withLock(`site ${asked.output}`, host.signal, () =>
    writeSite(site, asked.output, shown, host.signal, host),
  );
  rebuilt.say('');
  if (!written.ok) return written;
  host.stderr.write(describeUnpublished(made.value));
  if (bundles.value !== undefined) {
    const signed = countOf(bundles.value.size, 'file');
    host.stderr.write(`How ${signed} came about is signed by ${signer.value?.shown}, beside them.\n`);
  }
  if (leftOut.value.length > 0) {
    const count = countOf(leftOut.value.length, 'file');
    host.stderr.write(`Left out, as of images or with such in them: ${count}; the manifest names them.\n`);
  }
  for (const note of notesOn(identity, images.value, asked.changes)) host.stderr.write(`${note}\n`);
  const name = releaseResourceName(channel, number);
  const { files: count, isNew } = written.value;
  const what = `${countOf(count, 'file')} and ${countOf(site.images.length, 'image')}`;
  host.stderr.write(
    isNew ? `${name}: ${what} in ${shown}\n` : `${name}: ${shown} has this very site already: ${what}\n`,
  );
  return ok(undefined);
}

/** What signs is loaded only then. */
async function signedOf(...given: Parameters<typeof signFiles>): ReturnType<typeof signFiles> {
  return (await import('./sign-files.ts')).signFiles(...given);
}

function changelogOf(
  { lock }: Pick<Rebuilt, 'lock'>,
  { channel, number }: Identity,
  changes: ReleaseDifference | undefined,
): string {
  const [name] = namesOf(channel, number);
  const { repository } = lock.upstream;
  const subject = { name, of: lock.release, repository, commit: readCommit(lock)?.commit };
  return changelogText(subject, changes);
}

/** What is to be known of a site that is not where its manifest says, or not yet. */
function notesOn(
  identity: Identity,
  { absent }: FoundImages,
  changes: ReleaseDifference | undefined,
): readonly string[] {
  const { registry, isRegistryNamed, baseUri, channel, number } = identity;
  const named = isUpstreamChannel(channel) ? '' : ` --channel ${channel} --number ${number}`;
  const notes: string[] = [];
  notes.push(
    changes === undefined
      ? 'Its changelog says nothing of a release before it: no lock of one is at hand. --since names another.'
      : `Its changelog says what changed since ${changes.before.release}.`,
  );
  if (baseUri === upstreamBaseUri) {
    notes.push(
      `The manifest says that its files are at ${baseUri}, where upstream has its own: --base-uri says where these are.`,
    );
  }
  if (absent.length > 0) {
    const place = [registry.host, registry.prefix].filter((part) => part !== '').join('/');
    notes.push(
      isRegistryNamed
        ? `${countOf(absent.length, 'image')} not at ${place} yet: ${absent.join(', ')}. "eksd-rebuild push${named}" brings them there.`
        : `The manifest says that its images are at ${place}, where upstream has its own: --registry says where these are.`,
    );
  }
  return notes;
}
