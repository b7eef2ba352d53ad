import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { openImageSource } from '../../oci/image/open-source.ts';
import type { Published } from '../../verdict/inspect/published.ts';
import type { Side, Subject } from '../../vulnerability/finding.ts';
import { publishedImages, upstreamImages } from '../../vulnerability/upstream-images.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { asReference, type createElsewhere, type OtherImage } from './elsewhere.ts';
import type { Ours, OwnImage, OwnProgram } from './ours.ts';
import type { Scanning } from './scanning.ts';

/** What `--against` names. */
export type Against =
  | { readonly kind: 'none' }
  | { readonly kind: 'upstream' }
  | { readonly kind: 'release'; readonly release: string; readonly ours: Ours }
  | { readonly kind: 'image'; readonly image: OtherImage }
  | { readonly kind: 'programs'; readonly place: string; readonly published: Published };

/** What the other builds are looked for by. */
export interface Comparing {
  readonly workspace: Pick<Workspace, 'vulnerabilities'>;
  readonly scanning: Scanning;
  readonly elsewhere: ReturnType<typeof createElsewhere>;
  readonly against: Against;
  /** `--published` */
  readonly published: Published | undefined;
}

/** What a word of `--against` is, where it is neither a release nor a word of its own; undefined where it is nothing. */
export async function placeOf(
  word: string,
  scratch: string,
  { cwd, signal }: Host,
): Promise<'programs' | OtherImage | undefined> {
  const path = resolve(cwd, word);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere) {
    const image = await openImageSource(path, { name: word, scratch, signal });
    return image.ok ? { place: { path }, version: undefined } : 'programs';
  }
  if (/^https?:\/\//.test(word)) return 'programs';
  const reference = asReference(word);
  return reference === undefined ? undefined : { place: { reference }, version: undefined };
}

/** Ours with the other builds beside them. Errors: those of `Scanning.look`; `aborted`. */
export async function besideOthers(
  { programs, images }: Pick<Ours, 'programs' | 'images'>,
  comparing: Comparing,
): Promise<Result<readonly Subject[], Failure>> {
  const subjects: Subject[] = [];
  for (const program of programs) {
    const { project, name, platform } = program.verdict;
    const published = await publishedProgram(program, comparing);
    if (!published.ok) return published;
    const against = await otherProgram(program, images, comparing);
    if (!against.ok) return against;
    subjects.push({
      ...{ kind: 'program', project, name, platform },
      sides: sidesOf(program.side, published.value, against.value),
    });
  }
  for (const image of images) {
    const { project, image: name, platform } = image;
    const published = await publishedImage(image, comparing);
    if (!published.ok) return published;
    const against = await otherImage(image, images, comparing);
    if (!against.ok) return against;
    subjects.push({
      ...{ kind: 'image', project, name, platform },
      sides: sidesOf(image.side, published.value, against.value),
    });
  }
  return ok(subjects);
}

type Found = Promise<Result<Side | undefined, Failure>>;

function sidesOf(ours: Side, published: Side | undefined, against: Side | undefined): Subject['sides'] {
  return { ours, ...(published && { published }), ...(against && { against }) };
}

const unknown = (why: string) => ok<Side>({ known: false, why });

/** The same bytes as ours where they came out; else the file that was given. */
async function publishedProgram({ verdict, version, side }: OwnProgram, comparing: Comparing): Found {
  const { against, published } = comparing;
  if (against.kind === 'none') return ok(undefined);
  if (verdict.verdict === 'identical' && side.known)
    return ok({ ...side, from: 'published, of the same bytes as ours' });
  if (verdict.expected === undefined) return unknown('No published hash speaks of it.');
  if (published === undefined)
    return unknown('It has other bytes than ours; --published names where it is at hand.');
  return givenProgram({ verdict, version }, published, verdict.expected, comparing.scanning);
}

async function givenProgram(
  { verdict, version }: Pick<OwnProgram, 'verdict' | 'version'>,
  published: Published,
  expected: string | undefined,
  scanning: Scanning,
): Found {
  const file = await published.find(verdict);
  if (!file.ok && file.error.reason === 'aborted') return file;
  if (!file.ok) return unknown(failureHeadline(file.error));
  if (file.value === undefined) return unknown('It is not in what was given.');
  const { path, where, build } = file.value;
  if (build !== undefined) return unknown(`${where} is a text about it, and not the program.`);
  const { digestOfFile } = await import('../../tool/file/read-file.ts');
  const sha256 = await digestOfFile(path);
  if (!sha256.ok) return unknown(`${where} ${sha256.error}.`);
  if (expected !== undefined && sha256.value !== expected)
    return unknown(`${where} is not the published one: it has SHA-256 ${sha256.value}.`);
  const looked = await scanning.look({
    ...{ sha256: sha256.value, from: where, version },
    file: async () => ok(path),
  });
  return looked.ok ? ok(looked.value.side) : looked;
}

async function publishedImage({ image, tag, platform, version }: OwnImage, comparing: Comparing): Found {
  if (comparing.against.kind === 'none') return ok(undefined);
  const prefix = comparing.workspace.vulnerabilities.published ?? publishedImages;
  return look(`${prefix}/${image}:${tag}`, version, platform, comparing);
}

async function look(
  text: string,
  version: string | undefined,
  platform: OwnImage['platform'],
  { elsewhere }: Comparing,
): Found {
  const reference = asReference(text);
  if (reference === undefined) return unknown(`${text} is no image's name.`);
  const found = await elsewhere.look({ place: { reference }, version }, platform);
  return found.ok ? ok(found.value.image) : found;
}

/** The public image that an image of ours stands for. */
function upstreamOf({ image, version }: OwnImage, { workspace }: Comparing): OtherImage | undefined {
  const text = workspace.vulnerabilities.upstream?.[image] ?? upstreamImages[image];
  const reference = text === undefined ? undefined : asReference(text.replaceAll('{tag}', version ?? ''));
  return reference === undefined ? undefined : { place: { reference }, version };
}

async function otherProgram(program: OwnProgram, images: readonly OwnImage[], comparing: Comparing): Found {
  const { against, elsewhere, scanning } = comparing;
  const { project, platform, name } = program.verdict;
  switch (against.kind) {
    case 'none':
      return ok(undefined);
    case 'release': {
      const other = against.ours.programs.find(({ verdict: each }) => {
        return each.project === project && each.platform === platform && each.name === name;
      });
      return other === undefined ? unknown(`${against.release} has none such.`) : ok(other.side);
    }
    case 'programs':
      return givenProgram(
        { verdict: program.verdict, version: undefined },
        against.published,
        undefined,
        scanning,
      );
    case 'image':
    case 'upstream': {
      const candidates =
        against.kind === 'image'
          ? [against.image]
          : images
              .filter((each) => each.project === project && each.platform === platform)
              .flatMap((each) => upstreamOf(each, comparing) ?? []);
      let why = 'No public image of it is known; "vulnerabilities.upstream" in the settings names one.';
      for (const image of candidates) {
        const found = await elsewhere.look(image, platform);
        if (!found.ok) return found;
        const side = found.value.programs.get(name.replace(/\.exe$/, ''));
        if (side !== undefined) return ok(side);
        why = found.value.image.known ? 'It is not in the image.' : found.value.image.why;
      }
      return unknown(why);
    }
  }
}

async function otherImage(image: OwnImage, all: readonly OwnImage[], comparing: Comparing): Found {
  const { against, elsewhere } = comparing;
  switch (against.kind) {
    case 'none':
    case 'programs':
      return ok(undefined);
    case 'release': {
      const other = against.ours.images.find(
        (each) => each.image === image.image && each.platform === image.platform,
      );
      return other === undefined ? unknown(`${against.release} has none such.`) : ok(other.side);
    }
    case 'upstream':
    case 'image': {
      // One image stands for one of ours alone.
      if (against.kind === 'image' && new Set(all.map((each) => each.image)).size > 1) return ok(undefined);
      const other = against.kind === 'image' ? against.image : upstreamOf(image, comparing);
      if (other === undefined)
        return unknown(
          'No public image of it is known; "vulnerabilities.upstream" in the settings names one.',
        );
      const found = await elsewhere.look(other, image.platform);
      return found.ok ? ok(found.value.image) : found;
    }
  }
}

/** Errors: `usage`, for a word that is nothing. */
export function unknownAgainst(word: string): Result<never, Failure> {
  const message = `--against ${JSON.stringify(word)} is no release with a lock, no file or folder, and no image's name.`;
  return err({ reason: 'usage', message, help: 'Give upstream, none, a release, HOST/NAME:TAG, or a path.' });
}
