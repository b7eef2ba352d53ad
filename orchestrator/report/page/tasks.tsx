import type { JSX } from 'preact';
import { countOf } from '../../core/numbers.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import { formatSeconds } from '../duration.ts';
import { Lines, Listed, MaybeLink } from '../html/parts.tsx';
import type { CommandJson, NodeJson } from '../recorded-build.ts';
import { lineLink } from '../source-link.ts';
import type { Anchors } from './anchors.ts';

/** A task with its commands, folded. */
export function TaskDetails({
  node,
  anchors,
}: {
  readonly node: NodeJson;
  readonly anchors: Anchors;
}): JSX.Element {
  const { id, kind, title, status, secondsWhenRun, commands, notes = [] } = node;
  const isBad = status === 'failed' || status === 'skipped' || status === 'aborted';
  return (
    <details class="task" id={anchors.node(id)}>
      <summary>
        <span class="kind">{kind}</span> <span class="title">{title}</span>{' '}
        <span class={isBad ? 'bad' : 'dim'}>
          {status}
          {secondsWhenRun !== undefined && `, took ${formatSeconds(secondsWhenRun)}`},{' '}
          {countOf(commands.length, 'command')}
        </span>
      </summary>
      {notes.length > 0 && (
        <p>
          To know:{' '}
          <Listed items={notes.map((note) => <a href={`#${anchors.note(node, note)}`}>how it was made</a>)} />
        </p>
      )}
      {!anchors.isWhole(node) && <NoRoom />}
      {'failure' in node && anchors.isWhole(node) && node.failure !== undefined && (
        <Lines text={node.failure.description} />
      )}
      {'because' in node && node.because !== undefined && (
        <p>
          It needs <NodeLink id={node.because} anchors={anchors} />, which failed.
        </p>
      )}
      {anchors.isWhole(node) && <TaskFacts node={node} anchors={anchors} />}
      {commands.length > 0 && (
        <ol class="commands">
          {commands.map((command, at) => (
            <CommandItem key={at} command={command} anchors={anchors} />
          ))}
        </ol>
      )}
    </details>
  );
}

/** Of what the page has no room for. */
export function NoRoom(): JSX.Element {
  return (
    <p class="dim">What is known of it is in the JSON file beside this page: here is no room for all.</p>
  );
}

function TaskFacts({
  node: { key, tree, patches, needs },
  anchors,
}: {
  readonly node: NodeJson;
  readonly anchors: Anchors;
}): JSX.Element {
  return (
    <dl>
      {key !== undefined && (
        <>
          <dt>Key</dt>
          <dd class="hash">{key}</dd>
        </>
      )}
      {tree !== undefined && (
        <>
          <dt>Output</dt>
          <dd class="hash">{tree}</dd>
        </>
      )}
      {patches !== undefined && (
        <>
          <dt>Patches</dt>
          <dd>
            <ol>
              {patches.map(({ path, sha256, repository, commit }) => (
                <li key={path}>
                  <MaybeLink to={lineLink(repository, commit, path)}>{path}</MaybeLink>
                  <br />
                  <span class="hash dim">{sha256}</span>
                </li>
              ))}
            </ol>
          </dd>
        </>
      )}
      {needs.length > 0 && (
        <>
          <dt>Needs</dt>
          <dd>
            <Listed
              items={needs.map((need) => <NodeLink key={need.node} id={need.node} anchors={anchors} />)}
            />
          </dd>
        </>
      )}
    </dl>
  );
}

export function NodeLink({ id, anchors }: { readonly id: string; readonly anchors: Anchors }): JSX.Element {
  const anchor = anchors.node(id);
  return <MaybeLink to={anchor === undefined ? undefined : `#${anchor}`}>{id}</MaybeLink>;
}

const isolations = {
  namespace: 'no network (namespace)',
  none: 'no network asked for, none kept away',
  allowed: 'network allowed',
} as const;

const sandboxes = { whole: 'in a sandbox', partial: 'in a part of a sandbox' } as const;

function CommandItem({
  command: { argv, cwd, env, exitCode, seconds, isolation, sandbox },
  anchors,
}: {
  readonly command: CommandJson;
  readonly anchors: Anchors;
}): JSX.Element {
  const end =
    exitCode === null ? 'ended by a signal' : exitCode === 0 ? undefined : `exited with ${exitCode}`;
  const environment = anchors.environment(env);
  return (
    <li>
      <Lines text={argv.map(shellQuote).join(' ')} />
      <p class="dim">
        in <code>{cwd}</code>, <a href={`#${environment?.anchor}`}>environment of {environment?.name}</a>,{' '}
        {isolations[isolation]}
        {sandbox !== undefined && `, ${sandboxes[sandbox]}`}, {formatSeconds(seconds)}
        {end !== undefined && (
          <>
            , <strong class="bad">{end}</strong>
          </>
        )}
      </p>
    </li>
  );
}
