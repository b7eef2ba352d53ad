import type { ComponentChildren, JSX } from 'preact';
import { countOf } from '../../core/numbers.ts';
import { goText } from '../go-text.ts';
import { countsText, Mark, MaybeLink, moodOf } from '../html/parts.tsx';
import { ownerOf, shared } from '../owner.ts';
import type { ProjectJson } from '../recorded-build.ts';
import type { ReportJson } from '../report-json.ts';
import { commitRead, lineLink, treeLink } from '../source-link.ts';
import type { Anchors } from './anchors.ts';
import { isOpen } from './failure-causes.ts';
import { FileDetails } from './file.tsx';
import { TaskDetails } from './tasks.tsx';

interface Shown {
  readonly report: ReportJson;
  readonly anchors: Anchors;
}

/** All files, by project; a project is open where one of its files is. */
export function FilesSection({ report, anchors }: Shown): JSX.Element {
  return (
    <section aria-labelledby="files">
      <h2 id="files">Files</h2>
      <FilterForm projects={report.projects} />
      {report.projects.map((project) => (
        <ProjectDetails key={project.name} report={report} project={project} anchors={anchors} />
      ))}
    </section>
  );
}

/** Only with JavaScript of any use, and only with it seen. */
function FilterForm({ projects }: Pick<ReportJson, 'projects'>): JSX.Element {
  const files = projects.flatMap((project) => project.files);
  return (
    <search aria-label="Files">
      <form id="filter" hidden>
        <label>
          Text <input type="search" name="text" autocomplete="off" spellcheck={false} />
        </label>
        <Choice label="Verdict" texts={files.map(({ verdict }) => verdict)} />
        <Choice label="Project" texts={projects.map(({ name }) => name)} />
        <Choice label="Platform" texts={files.map(({ platform }) => platform)} />
        <button type="reset">Clear</button>
        <output>{countOf(files.length, 'file')}</output>
      </form>
    </search>
  );
}

function Choice({
  label,
  texts,
}: {
  readonly label: string;
  readonly texts: readonly string[];
}): JSX.Element {
  return (
    <label>
      {label}{' '}
      <select name={label.toLowerCase()}>
        <option value="">all</option>
        {[...new Set(texts)].sort().map((text) => (
          <option key={text}>{text}</option>
        ))}
      </select>
    </label>
  );
}

function ProjectDetails({
  report,
  project,
  anchors,
}: Shown & { readonly project: ProjectJson }): JSX.Element {
  const { name, tag, totals, files } = project;
  const nodes = report.nodes.filter((node) => ownerOf(node) === name);
  return (
    <details class="project" id={anchors.project(project)} data-project={name} open={files.some(isOpen)}>
      <summary>
        <Mark mood={moodOf(totals)} /> <h3>{name}</h3> <span class="dim">{tag}</span>{' '}
        <span class={`counts ${moodOf(totals)}`}>{countsText(totals)}</span>
      </summary>
      <div class="files">
        {files.map((file) => (
          <FileDetails
            key={anchors.file(file)}
            report={report}
            project={project}
            file={file}
            anchors={anchors}
          />
        ))}
      </div>
      <h4>What it is made of</h4>
      <Facts release={report.release} project={project} />
      {nodes.length > 0 && <h4>Commands</h4>}
      {nodes.map((node) => (
        <TaskDetails key={node.id} node={node} anchors={anchors} />
      ))}
    </details>
  );
}

interface MadeOf {
  readonly release: ReportJson['release'];
  readonly project: ProjectJson;
}

function Facts({ release, project }: MadeOf): JSX.Element {
  const { repository, tag, commit, patches, userPatches, markers, overlay } = project;
  return (
    <dl>
      <dt>Source</dt>
      <dd>
        <MaybeLink to={treeLink(repository, tag)}>
          {repository} {tag}
        </MaybeLink>
        <br />
        <span class="hash dim">{commit}</span>
      </dd>
      <GoFacts release={release} project={project} />
      <Patches
        title="Patches"
        patches={patches}
        show={(path) => <ReadLink release={release} where={path} />}
      />
      <Patches title="Your patches" patches={userPatches} show={(path) => path} />
      {overlay !== undefined && (
        <>
          <dt>Overlay</dt>
          <dd>
            {overlay.because} <span class="dim">({overlay.file})</span>
          </dd>
        </>
      )}
      {markers.length > 0 && (
        <>
          <dt>Files beside it</dt>
          <dd>
            {markers.join(', ')}{' '}
            <span class="dim">(empty; for them, Go stamps the checkout as modified)</span>
          </dd>
        </>
      )}
    </dl>
  );
}

function GoFacts({ release, project: { go } }: MadeOf): JSX.Element | null {
  if (go === undefined) return null;
  return (
    <>
      <dt>Go</dt>
      <dd>
        {goText(go)}, read in <ReadLink release={release} where={go.read} />
        {go.origin !== undefined && (
          <>
            <br />
            <span class="dim">
              {go.flavour}: {go.origin}
            </span>
          </>
        )}
        {go.others.map((other) => (
          <>
            <br />
            <span class="dim">
              {other.version} in <ReadLink release={release} where={other.read} />
            </span>
          </>
        ))}
      </dd>
    </>
  );
}

function Patches({
  title,
  patches,
  show,
}: {
  readonly title: string;
  readonly patches: readonly { readonly path: string; readonly sha256: string }[];
  readonly show: (path: string) => ComponentChildren;
}): JSX.Element | null {
  if (patches.length === 0) return null;
  return (
    <>
      <dt>{title}</dt>
      <dd>
        <ol>
          {patches.map(({ path, sha256 }) => (
            <li key={path}>
              {show(path)}
              <br />
              <span class="hash dim">{sha256}</span>
            </li>
          ))}
        </ol>
      </dd>
    </>
  );
}

/** @param where a path in upstream's tree, with or without a line, or `<org>/<repo> <path>:<line>@<commit>`. */
function ReadLink({
  release,
  where,
}: {
  readonly release: ReportJson['release'];
  readonly where: string;
}): JSX.Element {
  const other = /^([\w.-]+\/[\w.-]+) (\S+)@([0-9a-f]{40})$/.exec(where);
  if (other === null)
    return <MaybeLink to={lineLink(release.repository, commitRead(release), where)}>{where}</MaybeLink>;
  const [, name = '', place = '', commit = ''] = other;
  const host = /^https:\/\/[^/]+\//.exec(release.repository)?.[0] ?? '';
  return (
    <MaybeLink to={lineLink(host + name, commit, place)}>
      {name} {place}
    </MaybeLink>
  );
}

/** What several projects share: toolchains. */
export function SharedSection({ report: { nodes }, anchors }: Shown): JSX.Element | null {
  const common = nodes.filter((node) => ownerOf(node) === shared);
  if (common.length === 0) return null;
  return (
    <section aria-labelledby="shared">
      <h2 id="shared">Shared by projects</h2>
      {common.map((node) => (
        <TaskDetails key={node.id} node={node} anchors={anchors} />
      ))}
    </section>
  );
}
