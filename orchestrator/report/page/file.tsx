import type { JSX } from 'preact';
import { shellQuote } from '../../core/shell-quote.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { Explanation } from '../../verdict/verify/explanation.ts';
import { Lines, Mark, MaybeLink, type Mood } from '../html/parts.tsx';
import type { FileJson, ProjectJson } from '../recorded-build.ts';
import type { ReportJson } from '../report-json.ts';
import { partReport } from '../section-step.ts';
import { commitRead, lineLink } from '../source-link.ts';
import type { Anchors } from './anchors.ts';
import { isOpen } from './failure-causes.ts';
import { CommandLines } from './next.tsx';
import { StatementFacts } from './statements.tsx';
import { NodeLink, NoRoom } from './tasks.tsx';
import { VexFacts } from './vex.tsx';

interface ShownFile {
  readonly report: ReportJson;
  readonly project: ProjectJson;
  readonly file: FileJson;
  readonly anchors: Anchors;
}

/** One file: a line, and folded behind it all that is known of it. What somebody has to look at is open. */
export function FileDetails({ report, project, file, anchors }: ShownFile): JSX.Element {
  const { platform, name, verdict, expected, found } = file;
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
      {anchors.isWhole(file) ? (
        <FileBody report={report} project={project} file={file} anchors={anchors} />
      ) : (
        <NoRoom />
      )}
    </details>
  );
}

function FileBody({ report, project, file, anchors }: ShownFile): JSX.Element {
  const { verdict, comparable, expected, found, why, node, failedNode } = file;
  const mood = moodOfFile(file);
  const isDifferent = expected !== undefined && found !== undefined && found !== expected;
  return (
    <>
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
        <StatementFacts beside={report.beside} digests={[found, expected]} />
        <VexFacts counts={anchors.vexCounts(found)} />
      </dl>
      <FailurePart file={file} anchors={anchors} />
      {isDifferent && <DifferencePart file={file} />}
      {isOpen(file) && (
        <>
          <h4>To do it again</h4>
          <CommandLines commands={linesFor(report.release.name, project, file)} />
        </>
      )}
      <ScriptPart script={anchors.script(file)} />
    </>
  );
}

/** From the store nothing is taken: it is compiled anew. */
function linesFor(release: string, { name }: ProjectJson, { platform, found }: FileJson) {
  const only = `--project ${shellQuote(name)} --platform ${shellQuote(platform)}`;
  const fresh = found === undefined ? '' : ' --fresh';
  return [{ aim: 'By this program', line: `eksd-rebuild verify ${release} ${only}${fresh}${partReport}` }];
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

/** What differs inside, why, and how that is known. */
function DifferencePart({ file: { explanation } }: Pick<ShownFile, 'file'>): JSX.Element {
  if (explanation === undefined) {
    return <p class="dim">Nobody has looked for the cause yet, nor into the two files.</p>;
  }
  const { cause, evidence, confidence, fix, override, tried, inside } = explanation;
  return (
    <div class="explanation">
      <h4>Cause</h4>
      <p>
        {cause} <span class="dim">({confidences[confidence]})</span>
      </p>
      {evidence.length > 0 && (
        <ul>
          {evidence.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
      <InsidePart inside={inside} />
      <p>
        <strong>What to do:</strong> {fix}
      </p>
      {override !== undefined && <Lines text={JSON.stringify(override, null, 2)} copies />}
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

const confidences = {
  confirmed: 'confirmed by a rebuild',
  high: 'confidence: high',
  medium: 'confidence: medium',
  low: 'confidence: low',
} as const;

const extents = {
  identical: 'nothing',
  'build-id': 'the build id alone',
  bookkeeping: 'only what does not matter when it runs',
  data: 'data, by the same instructions',
  code: 'instructions',
} as const;

function InsidePart({ inside }: { readonly inside: Explanation['inside'] | undefined }): JSX.Element {
  if (inside === undefined)
    return <p class="dim">The published file was not at hand, so nobody looked at what differs inside.</p>;
  const { extent, differences } = inside;
  return (
    <>
      <h4>What differs inside: {extent === undefined ? 'build information' : extents[extent]}</h4>
      <ul class="inside">
        {differences.map(({ kind, text }) => (
          <li key={text} data-kind={kind}>
            {text}
          </li>
        ))}
      </ul>
    </>
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
