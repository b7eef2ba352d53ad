import type { JSX } from 'preact';
import { Lines, Mark } from '../html/parts.tsx';
import type { ReportJson } from '../report-json.ts';
import type { Anchors } from './anchors.ts';

/** What to do now, the gravest first; each step with the lines that do it. */
export function NextSection({
  next,
  anchors,
}: Pick<ReportJson, 'next'> & { readonly anchors: Anchors }): JSX.Element | null {
  if (next.length === 0) return null;
  return (
    <section aria-labelledby="next">
      <h2 id="next">What to do next</h2>
      <ol class="next">
        {next.map((step) => (
          <Step key={step.what} step={step} anchors={anchors} />
        ))}
      </ol>
    </section>
  );
}

function Step({
  step: { mood, section, what, reasons, todo, commands },
  anchors,
}: {
  readonly step: ReportJson['next'][number];
  readonly anchors: Anchors;
}): JSX.Element {
  const told = section === undefined ? undefined : anchors.section(section);
  return (
    <li>
      <p>
        <Mark mood={mood} /> <strong class={mood}>{what}</strong> {todo}{' '}
        {told !== undefined && <a href={`#${told}`}>Which, and why</a>}
      </p>
      {reasons.length > 0 && (
        <ul>
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <CommandLines commands={commands} />
    </li>
  );
}

/** Lines for a shell, each with what it is for. */
export function CommandLines({ commands }: Pick<ReportJson['next'][number], 'commands'>): JSX.Element | null {
  if (commands.length === 0) return null;
  return (
    <dl class="lines">
      {commands.map(({ aim, line }) => (
        <div key={line}>
          <dt>{aim}:</dt>
          <dd>
            <Lines text={line} copies />
          </dd>
        </div>
      ))}
    </dl>
  );
}
