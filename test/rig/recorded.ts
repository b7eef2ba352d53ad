import { type ReportJson, reportJson } from '../../orchestrator/report/report-json.ts';
import type { NodeReport } from '../../orchestrator/report/run-report.ts';
import type { CommandRecord } from '../../orchestrator/tool/process/process.ts';
import type { FileVerdict } from '../../orchestrator/verdict/verify/verdict.ts';
import { fileVerdict, runReport, sha } from './verdicts.ts';

const head = 'e'.repeat(40);
const [toolchain, source, modules, build] = [
  'toolchain go1.21.10',
  'source org/tool',
  'modules org/tool',
  'go-build org/tool linux/amd64',
] as const;
const go = `$TREE(${toolchain})/go/bin/go`;
const git = { GIT_CONFIG_GLOBAL: '/dev/null', HOME: '/dev/null', PATH: '/usr/bin:/bin', TZ: 'UTC' };
const fetching = {
  GOPROXY: 'https://proxy.example',
  HOME: "(the user's)",
  GOFLAGS: '-modcacherw',
  GOPATH: '$SCRATCH/gopath',
};

export function commandRecord(argv: readonly string[], given: Partial<CommandRecord> = {}): CommandRecord {
  return {
    argv,
    cwd: '$SCRATCH/source',
    env: git,
    exitCode: 0,
    seconds: 1,
    isolation: 'namespace',
    ...given,
  };
}

/** How `kinds` of tasks of org/tool are recorded when they run: two programs for two platforms. */
export function recordedNodes(): readonly NodeReport[] {
  const base = { title: '', projects: ['org/tool'], needs: [], notes: [], end: { status: 'ran' } } as const;
  const list = (GOARCH: string) =>
    commandRecord([go, 'list', '-mod=mod', '-deps', './cmd/tool', './cmd/other'], {
      env: { ...fetching, GOOS: 'linux', GOARCH },
      isolation: 'allowed',
    });
  const compile = [go, 'build', '-trimpath', '-mod=mod', '-ldflags', "-s -X 'a.b=c d'", '-o', '$OUTPUT/'];
  return [
    { ...base, id: toolchain, kind: 'toolchain', inputs: { source: 'module-proxy', version: '1.21.10' } },
    {
      ...base,
      id: source,
      kind: 'source',
      commands: [
        commandRecord(['git', 'clone', '--bare', 'x', 'y'], {
          isolation: 'allowed',
          env: { HOME: "(the user's)" },
        }),
        commandRecord(['git', '--git-dir=$SCRATCH/work.git', 'reset', '--hard', 'x']),
        commandRecord(
          ['git', '--git-dir=x', 'am', '--committer-date-is-author-date', '$SCRATCH/patches/0001-x.patch'],
          { env: { ...git, GIT_COMMITTER_NAME: "O'Neill", GIT_COMMITTER_EMAIL: 'o@example.com' } },
        ),
        commandRecord(['git', '--git-dir=x', 'read-tree', head]),
      ],
    },
    {
      ...base,
      id: modules,
      kind: 'modules',
      needs: [toolchain, source],
      commands: [list('amd64'), list('arm64')],
    },
    {
      ...base,
      id: build,
      kind: 'go-build',
      title: 'linux/amd64',
      needs: [toolchain, source, modules],
      commands: [
        commandRecord(['cp', '-a', `$TREE(${source})/source`, '$SCRATCH/source']),
        commandRecord([...compile, './cmd/tool', './cmd/other'], {
          env: {
            ...git,
            GOARCH: 'amd64',
            GOPATH: `$TREE(${modules})/gopath`,
            GOPROXY: 'off',
            GOCACHE: '$STORE/go-build',
          },
        }),
      ],
    },
  ].map((node) => ({ commands: [], ...node }));
}

/** The report of a run that came to these verdicts of org/tool, for linux/amd64, with its tasks recorded. */
export function recordedReport(
  verdicts: readonly Partial<FileVerdict>[] = [{ expected: sha('a'), found: sha('a') }],
  nodes: readonly NodeReport[] = recordedNodes(),
): ReportJson {
  const given = verdicts.map((verdict) => fileVerdict({ node: build, ...verdict }));
  const report = runReport(given, { nodes });
  const patches = [{ path: 'projects/org/tool/1-30/patches/0001-x.patch', sha256: sha('patch') }];
  const projects = report.projects.map((project) => ({
    ...project,
    patches,
    userPatches: [{ path: "patches/org/tool/it's mine.patch", sha256: sha('mine') }],
    markers: ['eks-distro-checkout-v1.2.3', 'eks-distro-patched'],
  }));
  return reportJson({ ...report, projects });
}
