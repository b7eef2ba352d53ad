import type { JSX } from 'preact';
import { countOf } from '../../core/numbers.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import { Lines } from '../html/parts.tsx';
import type { NodeJson } from '../recorded-build.ts';

type Environment = Readonly<Record<string, string>>;

/** An environment that commands had. */
export interface NamedEnvironment {
  readonly anchor: string;
  /** By what it is for: `go-build: go build linux/amd64 go1.21.10`. No other has it. */
  readonly name: string;
  /** Kinds of the tasks that had it: `go-build`. */
  readonly group: string;
  readonly env: Environment;
}

/** Every environment once, by the text of `environmentKey`, in the order of the tasks. */
export function namedEnvironments(nodes: readonly NodeJson[]): ReadonlyMap<string, NamedEnvironment> {
  const uses = new Map<
    string,
    { readonly env: Environment; readonly kinds: Set<string>; readonly calls: Set<string> }
  >();
  for (const { kind, commands } of nodes) {
    for (const { env, argv } of commands) {
      const key = environmentKey(env);
      const use = uses.get(key) ?? { env, kinds: new Set(), calls: new Set() };
      use.kinds.add(kind);
      use.calls.add(callOf(argv));
      uses.set(key, use);
    }
  }
  const taken = new Map<string, number>();
  return new Map(
    [...uses].map(([key, { env, kinds, calls }], at) => {
      const group = [...kinds].join(' and ');
      const name = `${group}: ${[shortened([...calls]), ...purposeOf(env)].join(' ')}`;
      const before = taken.get(name) ?? 0;
      taken.set(name, before + 1);
      const own = before === 0 ? name : `${name} (${before + 1})`;
      return [key, { anchor: `environment-${at + 1}`, name: own, group, env }];
    }),
  );
}

export function environmentKey(env: Environment): string {
  return JSON.stringify(Object.entries(env).sort());
}

/** A program and its verb: `git clone`. */
function callOf([program = '', ...words]: readonly string[]): string {
  const verb = words.find((word) => !word.startsWith('-'));
  const name = program.slice(program.lastIndexOf('/') + 1);
  return verb !== undefined && /^[a-z][a-z-]*$/.test(verb) ? `${name} ${verb}` : name;
}

/** `git clone, git fetch and 2 more` */
function shortened(calls: readonly string[]): string {
  const more = calls.length - shownCalls;
  return more <= 0 ? calls.join(', ') : `${calls.slice(0, shownCalls).join(', ')} and ${more} more`;
}

const shownCalls = 2;

/** For which platform, and with which Go. */
function purposeOf(env: Environment): readonly string[] {
  const { GOOS, GOARCH, GOTOOLCHAIN = '' } = env;
  const told = /\$TREE\(toolchain ([^)]+)\)/.exec(Object.values(env).join(' '))?.[1];
  const go = told ?? (GOTOOLCHAIN.startsWith('go') ? GOTOOLCHAIN : undefined);
  return [...(GOOS === undefined ? [] : [`${GOOS}/${GOARCH}`]), ...(go === undefined ? [] : [go])];
}

/** All environments by what they are for, folded: whoever wants one comes by the link of its command. */
export function EnvironmentsSection({
  environments,
}: {
  readonly environments: readonly NamedEnvironment[];
}): JSX.Element | null {
  if (environments.length === 0) return null;
  const groups = new Map<string, NamedEnvironment[]>();
  for (const each of environments) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  return (
    <section aria-labelledby="environments">
      <details class="environments">
        <summary>
          <h2 id="environments">Environments</h2>{' '}
          <span class="dim">{countOf(environments.length, 'environment')} of commands</span>
        </summary>
        <p>
          The whole environment of each command: nothing is inherited. Names stand for folders:{' '}
          <code>$OUTPUT</code> for what a task makes, <code>$SCRATCH</code> for its own files,{' '}
          <code>$TREE(task)</code> for what it was given, <code>$STORE</code> for the store.
        </p>
        {[...groups].map(([group, own]) => (
          <>
            <h3>{group}</h3>
            {own.map((each) => (
              <EnvironmentDetails key={each.anchor} environment={each} />
            ))}
          </>
        ))}
      </details>
    </section>
  );
}

function EnvironmentDetails({
  environment: { anchor, name, env },
}: {
  readonly environment: NamedEnvironment;
}): JSX.Element {
  const lines = Object.entries(env).map(([variable, value]) => `${variable}=${shellQuote(value)}\n`);
  return (
    <details class="environment" id={anchor}>
      <summary>
        {name} <span class="dim">{countOf(Object.keys(env).length, 'variable')}</span>
      </summary>
      <Lines text={lines.join('')} />
    </details>
  );
}
