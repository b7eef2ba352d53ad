import type { Failure } from '../core/failure.ts';
import type { ReleaseChannel } from './manifest/channel.ts';
import type { Site } from './read-site.ts';
import type { Leftover } from './s3/read.ts';
import type { ObjectState } from './s3/state.ts';
import type { Condition } from './s3/write.ts';
import type { SiteFile } from './site-file.ts';

/** A channel's file where a site is to go. */
export interface ChannelThere {
  readonly etag: string;
  readonly channel: ReleaseChannel;
  /** Whether it has the bytes of the site's. */
  readonly isSame: boolean;
}

/** What is where a site is to go. */
export interface PlaceState {
  /** Of all files of the site but the channel's, by path. */
  readonly files: ReadonlyMap<string, ObjectState>;
  readonly channel: ChannelThere | undefined;
  /** Objects beside the release's files that the site has not. */
  readonly strangers: readonly string[];
  /** Uploads of this release's files that were broken off. */
  readonly leftovers: readonly Leftover[];
}

type ObjectKind = 'crd' | 'artifact' | 'changelog' | 'manifest' | 'channel';

/** What becomes of a file of the site: a plan with a refusal is not carried out, no part of it. */
export type Fate =
  | { readonly action: 'upload' | 'replace'; readonly condition: Condition; readonly note?: string }
  | { readonly action: 'there' }
  | { readonly action: 'keep'; readonly note: string }
  | { readonly action: 'refuse'; readonly note: string };

export type PlannedObject = { readonly kind: ObjectKind; readonly file: SiteFile } & Fate;

/** What publishing a site would do, in this order: what points comes after what is pointed at. */
export interface PublishPlan {
  readonly objects: readonly PlannedObject[];
  readonly leftovers: readonly Leftover[];
  readonly strangers: readonly string[];
  readonly bytes: { readonly upload: number; readonly there: number };
}

/**
 * What to do for each file of a site. A manifest is never replaced, nor is what one names; without a manifest, artifacts are where
 * `overwrite` asks for it. CRDs are shared by all releases, and a changelog says what whoever makes it knows: another one stays unless
 * `overwrite` asks for ours.
 */
export function planPublication(
  { files, channel }: Pick<Site, 'files' | 'channel'>,
  state: PlaceState,
  { overwrite }: { readonly overwrite: boolean },
): PublishPlan {
  const stateOf = (file: SiteFile): ObjectState => {
    const found = state.files.get(file.path);
    if (found === undefined) throw new Error(`nobody asked for ${file.path}`);
    return found;
  };
  const hasManifest = stateOf(files.manifest).is !== 'absent';
  const artifact = (there: ObjectState): Fate => {
    if (there.is !== 'different') return plain(there);
    if (hasManifest)
      return refuse('is there with other bytes, and a manifest names it: it is never replaced');
    if (!overwrite)
      return refuse('is there with other bytes; --overwrite replaces it, since no manifest names it yet');
    return { action: 'replace', condition: { etag: there.etag } };
  };
  const manifest = (there: ObjectState): Fate =>
    there.is === 'different'
      ? refuse('is there with other bytes: a manifest is never replaced; publish under another number')
      : plain(there);
  const shared = (there: ObjectState): Fate => {
    if (there.is !== 'different') return plain(there);
    return overwrite
      ? { action: 'replace', condition: { etag: there.etag } }
      : { action: 'keep', note: 'another one is there, and stays; --overwrite replaces it' };
  };
  const objects: readonly PlannedObject[] = [
    ...files.crds.map((file) => ({ kind: 'crd' as const, file, ...shared(stateOf(file)) })),
    ...files.artifacts.map((file) => ({ kind: 'artifact' as const, file, ...artifact(stateOf(file)) })),
    ...(files.changelog === undefined ? [] : [files.changelog]).map((file) => ({
      ...{ kind: 'changelog' as const, file },
      ...shared(stateOf(file)),
    })),
    { kind: 'manifest', file: files.manifest, ...manifest(stateOf(files.manifest)) },
    { kind: 'channel', file: files.channel, ...planChannel(channel, state.channel, overwrite) },
  ];
  const sizeOf = (actions: readonly Fate['action'][]) =>
    objects.reduce((sum, { action, file }) => sum + (actions.includes(action) ? file.size : 0), 0);
  return {
    objects,
    leftovers: state.leftovers,
    strangers: state.strangers,
    bytes: { upload: sizeOf(['upload', 'replace']), there: sizeOf(['there', 'keep']) },
  };
}

/** A channel only moves forward; what else it says goes with its latest release. */
export function planChannel(own: ReleaseChannel, there: ChannelThere | undefined, overwrite: boolean): Fate {
  if (there === undefined) return { action: 'upload', condition: 'absent' };
  if (there.isSame) return { action: 'there' };
  const { channel, etag } = there;
  if (channel.name !== own.name) return refuse(`is there as that of ${channel.name}`);
  const [before, now] = [channel.latestRelease, own.latestRelease];
  if (before > now)
    return { action: 'keep', note: `its latest release is ${before}: it does not go back to ${now}` };
  if (before === now && !overwrite) {
    return {
      action: 'keep',
      note: `names ${now} already, and says something else beside; --overwrite replaces it`,
    };
  }
  return { action: 'replace', condition: { etag }, note: `from release ${before} to ${now}` };
}

/** Why a plan is not to be carried out: `usage` with all that is refused. Undefined where nothing is. */
export function refusalOf({ objects }: PublishPlan, shown: (path: string) => string): Failure | undefined {
  const refused = objects.flatMap((each) =>
    each.action === 'refuse' ? [`${shown(each.file.path)} ${each.note}`] : [],
  );
  if (refused.length === 0) return undefined;
  const most = 20;
  const more = refused.length > most ? [`and ${refused.length - most} more`] : [];
  return {
    reason: 'usage',
    message: `Nothing was published: it would replace what is there.\n${[...refused.slice(0, most), ...more].map((line) => `  ${line}`).join('\n')}`,
    help: 'Whoever has read a release relies on its bytes: give changed ones a number of their own.',
  };
}

function plain(there: ObjectState): Fate {
  return there.is === 'absent' ? { action: 'upload', condition: 'absent' } : { action: 'there' };
}

function refuse(note: string): Fate {
  return { action: 'refuse', note };
}
