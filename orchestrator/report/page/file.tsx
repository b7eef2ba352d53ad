import type { JSX } from 'preact';
import { unreachable } from '../../core/unreachable.ts';
import type { Explanation } from '../../verdict/verify/explanation.ts';
import { Lines, Mark, MaybeLink, type Mood } from '../html/parts.tsx';
import type { FileJson, ProjectJson } from '../recorded-build.ts';
import type { ReportJson } from '../report-json.ts';
import { reproduceScript } from '../reproduce/script.ts';
import { commitRead, lineLink } from '../source-link.ts';
import type { Anchors } from './anchors.ts';
import { isOpen } from './failure-causes.ts';
import { NodeLink } from './tasks.tsx';

interface ShownFile {
  readonly report: ReportJson;
  readonly project: ProjectJson;
  readonly file: FileJson;
  readonly anchors: Anchors;
}

/** One file: a line, and folded behind it all that is known of it. What somebody has to look at is open. */
export function FileDetails({ report, project, file, anchors }: ShownFile): JSX.Element {
  const { platform, name, verdict, comparable, expected, found, why, node, failedNode, explanation } = file;
  const mood = moodOfFile(file);
  return (
    <details
      class={`file ${mood}`}
      id={anchors.file(file)}
      data-verdict={verdict}
      data-platform={platform}
      open={isOpen(file)}
    >
      <summary>
        <Mark mood={mood} /> <span class="name">{name}</span> <span class="platform">{platform}</span>{' '}
        <span class={`verdict ${mood}`}>{verdict}</span>{' '}
        <span class="short hash">{(found ?? expected)?.slice(0, 12)}</span>
      </summary>
      <dl>
        <dt>Expected</dt>
        <dd>
          <Expectation report={report} file={file} />
        </dd>
        <dt>Came</dt>
        <dd>
          {found === undefined ? (
            'nothing'
          ) : found === expected ? (
            'the same'
          ) : (
            <span class="hash">{found}</span>
          )}
        </dd>
        <dt>Verdict</dt>
        <dd>
          <strong class={mood}>{verdict}</strong>
          {!comparable && ', not comparable'}. {why}
        </dd>
        {node !== undefined && (
          <>
            <dt>Built by</dt>
            <dd>
              <NodeLink id={node} anchors={anchors} />
              {failedNode !== undefined && failedNode !== node && (
                <>
                  ; failed: <NodeLink id={failedNode} anchors={anchors} />
                </>
              )}
            </dd>
          </>
        )}
      </dl>
      <FailurePart file={file} anchors={anchors} />
      {explanation !== undefined && <ExplanationPart explanation={explanation} />}
      <ScriptPart script={reproduceScript(report, project, file)} />
    </details>
  );
}

/** A failure that several files share is told once, among the causes; `why` has its gist. */
function FailurePart({ file, anchors }: Pick<ShownFile, 'file' | 'anchors'>): JSX.Element | null {
  if (file.failure === undefined) return null;
  const told = anchors.cause(file);
  if (told === undefined || told.cause.files.length < 2) return <Lines text={file.failure.description} />;
  return (
    <p>
      <a href={`#${told.anchor}`}>The failure, and what else it hit</a>
    </p>
  );
}

function moodOfFile({ verdict }: FileJson): Mood {
  switch (verdict) {
    case 'identical':
    case 'equivalent':
      return 'good';
    case 'explained':
    case 'different':
    case 'build-failed':
    case 'infra-failed':
      return 'bad';
    case 'source-unavailable':
    case 'toolchain-unavailable':
    case 'stale-expectation':
      return 'warn';
    case 'no-expectation':
    case 'not-built':
      return 'quiet';
    default:
      return unreachable(verdict);
  }
}

const authorities = {
  built: undefined,
  unchecked: 'Nobody compared it when it was published.',
  copied: 'It was copied from elsewhere.',
  absent: undefined,
} as const;

function Expectation({
  report: { release },
  file: { expected, where, authority },
}: Pick<ShownFile, 'report' | 'file'>): JSX.Element {
  if (expected === undefined) return <>No published hash speaks of it.</>;
  const address = where === undefined ? undefined : lineLink(release.repository, commitRead(release), where);
  const trust = authorities[authority];
  return (
    <>
      <span class="hash">{expected}</span>
      {where !== undefined && (
        <>
          <br />
          in <MaybeLink to={address}>{where}</MaybeLink>
        </>
      )}
      {trust !== undefined && (
        <>
          <br />
          {trust}
        </>
      )}
    </>
  );
}

function ExplanationPart({
  explanation: { cause, evidence, confidence, fix, override, tried },
}: {
  readonly explanation: Explanation;
}): JSX.Element {
  const sure = confidence === 'confirmed' ? 'confirmed by a rebuild' : `confidence: ${confidence}`;
  return (
    <div class="explanation">
      <h4>Cause</h4>
      <p>
        {cause} <span class="dim">({sure})</span>
      </p>
      {evidence.length > 0 && (
        <ul>
          {evidence.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
      <p>
        <strong>What to do:</strong> {fix}
      </p>
      {override !== undefined && <Lines text={JSON.stringify(override, null, 2)} />}
      {tried.length > 0 && (
        <details class="tried">
          <summary>What was tried</summary>
          <ol>
            {tried.map(({ rule, what, result }, at) => (
              <li key={at}>
                {what} <span class="dim">({rule})</span>: {tries[result]}
              </li>
            ))}
          </ol>
        </details>
      )}
    </div>
  );
}

const tries = { published: 'the published bytes', different: 'other bytes', failed: 'nothing came' } as const;

function ScriptPart({ script }: { readonly script: string | undefined }): JSX.Element {
  if (script === undefined) return <p class="dim">No command that compiles it was run.</p>;
  return (
    <details class="script">
      <summary>Script that builds it without this program</summary>
      <Lines text={script} copies />
    </details>
  );
}
