import type { Failure } from '../../core/failure.ts';
import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { RunProcess } from '../process/process.ts';
import { secretsIn } from '../process/secret-words.ts';
import type { BuildCaches, BuildCircumstances, Builder, ImageBuild } from './builder.ts';
import { type Client, clientEnvironment, startIt } from './client.ts';
import { dateInputs } from './date-inputs.ts';
import { BuilderPool, isUp, type Member } from './pool.ts';
import { runBuild } from './run.ts';

/** Builders by platform. A platform that is not there has the default one: BUILDKIT_HOST, or where BuildKit listens. */
export type Builders = Readonly<Partial<Record<Platform, readonly Builder[]>>>;

export interface FleetOptions {
  readonly builders: Builders;
  readonly caches: BuildCaches;
  /** The user's environment, of which BuildKit's clients get what they need. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs questions to builders, of which there is no record. */
  readonly run: RunProcess;
  /** A folder to ask them from. */
  readonly cwd: string;
  /** Milliseconds, of a clock that only goes forward. */
  readonly now: () => number;
  readonly programs?: Partial<Client['programs']>;
  readonly times?: Partial<FleetTimes>;
}

/** Milliseconds. */
export interface FleetTimes {
  /** How long a builder may take for an answer. */
  readonly patience: number;
  /** How often a builder is asked whether it is there while it builds; one that does not answer twice is lost. */
  readonly watch: number;
  /** How long one that failed is left alone, where there are others. */
  readonly holdOff: number;
}

const usualTimes: FleetTimes = { patience: 5000, watch: 15_000, holdOff: 30_000 };

/** Where a daemon of BuildKit listens when nothing else is said. */
const usualAddress = 'unix:///run/buildkit/buildkitd.sock';

/** The builder of platforms that the settings name none for. @param environment the user's. */
export function usualBuilder(environment: Readonly<Record<string, string>>): Builder {
  return { address: environment['BUILDKIT_HOST'] || usualAddress };
}

/** Daemons that build images together: each platform's share its work, and stand in for one that is lost. */
export interface Fleet {
  /**
   * Builds on the least busy builder of the platform, on another one where that is lost meanwhile. Gives what a reader
   * should know of it. Errors: `command-failed` for what is wrong with the build; `network` or `no-builder` where none is left;
   * `missing-program`, `program-too-old`, `aborted`. @throws system errors of the work folder.
   */
  build(build: ImageBuild, circumstances: BuildCircumstances): Promise<Result<readonly string[], Failure>>;
  /** Why nothing could be built for a platform just now: an error as of `build`. Undefined where a builder answers. */
  whyNone(platform: Platform, signal: AbortSignal): Promise<Failure | undefined>;
  /** What no image may hold: the keys of caches, the passwords of addresses. */
  readonly secrets: readonly string[];
}

export function createFleet(options: FleetOptions): Fleet {
  const { builders, caches, environment } = options;
  const times = { ...usualTimes, ...options.times };
  const client: Client = {
    programs: { buildctl: 'buildctl', buildx: ['docker', 'buildx'], ...options.programs },
    environment: clientEnvironment(environment),
    cwd: options.cwd,
    run: options.run,
    patience: times.patience,
  };
  const pool = new BuilderPool({ client, now: options.now, holdOff: times.holdOff });
  const fallback = usualBuilder(environment);
  const addresses = [...Object.values(builders).flat(), fallback].map((each) => each?.address ?? '');

  const membersFor = (platform: Platform) =>
    (builders[platform] ?? [fallback]).map((builder) => pool.memberOf(builder));
  const isSet = (platform: Platform) => builders[platform] !== undefined;

  return {
    secrets: secretsIn([...addresses, ...caches.from, ...caches.to]),
    async whyNone(platform, signal) {
      const all = membersFor(platform);
      const up = await Promise.all(all.map((member) => pool.isThere(member, signal)));
      if (up.includes(true)) return undefined;
      if (signal.aborted) return { reason: 'aborted' };
      return noneLeft({ name: 'images', platform }, all, new Map(), isSet(platform));
    },
    async build(build, circumstances) {
      const { signal, progress } = circumstances;
      await dateInputs(build);
      const all = membersFor(build.platform);
      const lost = new Map<Member, string>();
      const notes: string[] = [];
      for (;;) {
        const left = all.filter((member) => !lost.has(member));
        const member = await pool.take(left, signal);
        if (member === undefined) {
          return err(
            signal.aborted ? { reason: 'aborted' } : noneLeft(build, all, lost, isSet(build.platform)),
          );
        }
        progress(`building ${build.platform} on ${member.name}`);
        const outcome = await runBuild({ builder: member.builder, build, caches, client }, circumstances, {
          isThere: () => pool.isThere(member, signal),
          interval: times.watch,
        }).finally(() => pool.release(member));
        if (outcome.kind === 'failed') return err(outcome.failure);
        if (outcome.kind === 'built') return ok([...notes, ...versionNote(member)]);
        lost.set(member, outcome.why);
        // It may be there again: the next who wants it asks.
        if (isUp(member)) member.state = { kind: 'unknown' };
        const note = `${member.name} was lost while it built ${build.name} for ${build.platform}: ${outcome.why}.`;
        notes.push(note);
        progress(note);
      }
    },
  };
}

function versionNote({ state }: Member): readonly string[] {
  const version = state.kind === 'up' ? state.facts.version : undefined;
  return version === undefined ? [] : [`Built by BuildKit ${version}.`];
}

/** What it means that no builder can be had. What is not the network's fault comes first: no other try mends it. */
function noneLeft(
  { name, platform }: Pick<ImageBuild, 'name' | 'platform'>,
  all: readonly Member[],
  lost: ReadonlyMap<Member, string>,
  isSet: boolean,
): Failure {
  const failures = all.flatMap(({ state }) => (state.kind === 'down' ? [state.failure] : []));
  const other = failures.find(({ reason }) => reason !== 'network' && reason !== 'no-builder');
  if (other !== undefined) return other;
  const said = all.map((member) => {
    const { state } = member;
    const failure = state.kind === 'down' && isSilence(state.failure) ? state.failure : undefined;
    return `${member.name}: ${lost.get(member) ?? failure?.detail ?? 'not reachable'}`;
  });
  const unset = `no builder is set for ${platform}: "builders" of the settings, or BUILDKIT_HOST`;
  const what = `building ${name} for ${platform}`;
  const detail = [...said, ...(isSet ? [] : [unset])].join('; ');
  // One that was lost may come again, and so may a network.
  const isHere =
    lost.size === 0 && failures.length > 0 && failures.every(({ reason }) => reason === 'no-builder');
  return isHere ? { reason: 'no-builder', what, detail, help: startIt } : { reason: 'network', what, detail };
}

type Silence = Extract<Failure, { readonly reason: 'network' | 'no-builder' }>;

function isSilence(failure: Failure): failure is Silence {
  return failure.reason === 'network' || failure.reason === 'no-builder';
}
