import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nextSteps } from '../../orchestrator/report/next-steps.ts';
import type { RunReport } from '../../orchestrator/report/run-report.ts';
import { verdictNames } from '../../orchestrator/verdict/verify/verdict.ts';
import { buildFailure } from '../rig/events.ts';
import { failedImage, imageReport } from '../rig/image-report.ts';
import { fileVerdict, runReport, sha } from '../rig/verdicts.ts';

const moods = (report: RunReport) =>
  nextSteps(report).map(({ mood, section }) => `${mood} ${section ?? ''}`.trim());
const lines = (report: RunReport) =>
  nextSteps(report).flatMap(({ commands }) => commands.map(({ line }) => line));

const different = fileVerdict({ verdict: 'different', expected: sha('a'), found: sha('b') });
const explanation = {
  rule: 'go',
  cause: 'Another Go.',
  evidence: [],
  confidence: 'low',
  fix: 'Look.',
  tried: [],
} as const;

test('where all is as published, what it leads on to is told, and images are not made twice', () => {
  const made = nextSteps(runReport([fileVerdict()]));
  assert.equal(
    made.map(({ mood, what }) => [mood, what]),
    [['good', 'Every comparable file is as published.']],
  );
  assert.ok(lines(runReport([fileVerdict()])).includes('eksd-rebuild images v1-30-eks-5'));
  const withImages = runReport([fileVerdict()], { images: [imageReport()] });
  assert.not.ok(lines(withImages).includes('eksd-rebuild images v1-30-eks-5'));
});

test('the gravest comes first, whatever the order of files, and nothing is praised', () => {
  const verdicts = verdictNames.map((verdict) => {
    return fileVerdict({
      verdict,
      name: verdict,
      ...(verdict === 'build-failed' ? { failure: buildFailure } : {}),
    });
  });
  const order = [
    ...['bad build-failed', 'bad infra-failed', 'bad different', 'bad explained', 'warn source-unavailable'],
    ...['warn toolchain-unavailable', 'warn stale-expectation', 'quiet no-expectation', 'quiet not-built'],
  ];
  assert.equal(moods(runReport(verdicts)), order);
  assert.equal(moods(runReport([...verdicts].reverse())), order);
});

test('a difference nobody looked at is to be explained; one without a sure cause to be compared; a confirmed one accepted', () => {
  assert.equal(lines(runReport([different])), [
    'eksd-rebuild explain v1-30-eks-5',
    'eksd-rebuild explain v1-30-eks-5 --project org/tool --platform linux/amd64 --report part.json',
    'eksd-rebuild build v1-30-eks-5 --output built/',
  ]);
  assert.ok(
    lines(runReport([{ ...different, explanation }])).includes(
      'eksd-rebuild explain v1-30-eks-5 --project org/tool --platform linux/amd64 --report part.json --published FILE',
    ),
  );
  const sure = {
    ...different,
    verdict: 'explained',
    explanation: { ...explanation, confidence: 'confirmed' },
  } as const;
  assert.ok(
    lines(runReport([sure])).includes(
      'eksd-rebuild explain v1-30-eks-5 --project org/tool --platform linux/amd64 --report part.json --accept',
    ),
  );
});

test('of failures the reasons are told, five of many, and all of them are counted', () => {
  const failed = (at: number) =>
    fileVerdict({
      name: `tool-${at}`,
      verdict: 'build-failed',
      failure: {
        reason: 'command-failed',
        command: 'go build',
        exitCode: 1,
        signal: undefined,
        output: `main.go:${at}:1: undefined: x`,
      },
      failedNode: `go-build ${at}`,
    });
  const [step] = nextSteps(runReport(Array.from({ length: 7 }, (_, at) => failed(at))));
  assert.is(step?.what, 'Build failed: 7 files not built, for 7 reasons.');
  assert.is(step?.reasons.length, 5);
  assert.match(step?.reasons[0] ?? '', 'go-build 0: ');
  assert.equal(
    step?.commands.map(({ line }) => line),
    ['eksd-rebuild verify v1-30-eks-5 --project org/tool --platform linux/amd64 --report part.json'],
  );
});

test('what a name holds cannot leave its word of a command line', () => {
  const [, line = ''] = lines(runReport([{ ...different, project: "org/x'; rm -rf $HOME" }]));
  assert.match(line, `--project 'org/x'\\''; rm -rf $HOME'`);
});

test('images that were not made come with why, and a sandbox that is not whole is told', () => {
  const images = [imageReport(), failedImage({ failure: buildFailure })];
  const report = runReport([fileVerdict()], { images, unprotected: ['no namespaces'] });
  assert.equal(moods(report), ['bad', 'quiet']);
  assert.ok(lines(report).includes('eksd-rebuild images v1-30-eks-5 --image org/tool'));
  assert.ok(lines(report).includes('eksd-rebuild doctor'));
});

test('a run of which something failed is not told to go on and publish, though all that could be compared is as published', () => {
  const own = { verdict: 'build-failed', comparable: false, failure: buildFailure } as const;
  const report = runReport([fileVerdict(), fileVerdict({ ...own, project: 'org/patched' })]);
  assert.equal(report.totals, { identical: 1, comparable: 1, all: 2 });
  assert.equal(moods(report), ['bad build-failed']);
  assert.not.match(lines(report).join('\n'), /attest|vulns|images/);
  const stopped = { verdict: 'infra-failed', comparable: false, failure: { reason: 'aborted' } } as const;
  assert.equal(moods(runReport([fileVerdict(), fileVerdict({ ...stopped, name: 'other' })])), [
    'warn stopped',
  ]);
  // explain ends with the exit code of the files that it was asked for.
  assert.equal(moods({ ...report, exitCode: 0 }), ['bad build-failed']);
  const moved = { reason: 'moved-tag', repository: 'r', tag: 'v1', locked: 'a', found: 'b' } as const;
  const movedTag = fileVerdict({
    verdict: 'source-unavailable',
    comparable: false,
    name: 'x',
    failure: moved,
  });
  assert.equal(moods(runReport([fileVerdict(), movedTag])), ['warn source-unavailable']);
  // What cannot be had is nobody's failure here.
  const gone = fileVerdict({ verdict: 'source-unavailable', comparable: false, name: 'gone' });
  assert.equal(moods(runReport([fileVerdict(), gone])), ['warn source-unavailable', 'good']);
});

test('where nothing could be compared nothing is verified', () => {
  const [first] = nextSteps(runReport([fileVerdict({ verdict: 'not-built', comparable: false })]));
  assert.is(first?.what, 'Nothing could be compared, so nothing is verified.');
});

test('what goes on from a part of a release is about no more than that part, in the words that chose it', () => {
  const asked = { projects: ['org/*', '!org/other'], platforms: ['linux/amd64'] };
  const part = "v1-30-eks-5 --project 'org/*' --project '!org/other' --platform linux/amd64";
  const linesOf = (...given: Parameters<typeof runReport>) =>
    nextSteps(runReport(given[0], { asked, ...given[1] })).flatMap(({ commands }) =>
      commands.map(({ line }) => line),
    );
  assert.equal(linesOf([fileVerdict()]), [
    `eksd-rebuild build ${part} --output built/`,
    `eksd-rebuild images ${part}`,
    `eksd-rebuild attest ${part}`,
    `eksd-rebuild vulns ${part}`,
  ]);
  assert.equal(linesOf([fileVerdict({ verdict: 'different' })]), [
    `eksd-rebuild explain ${part}`,
    'eksd-rebuild explain v1-30-eks-5 --project org/tool --platform linux/amd64 --report part.json',
    `eksd-rebuild build ${part} --output built/`,
  ]);
  const many = ['a', 'b', 'c', 'd', 'e'].map((name) =>
    fileVerdict({ project: `org/${name}`, verdict: 'build-failed' }),
  );
  assert.equal(linesOf(many), [`eksd-rebuild verify ${part}`]);
});

test('where a patch of the user is in the way it is named: the one that does not apply, or all of those on what does not compile', () => {
  const patches = ['patches/org/tool/0001-a.patch', 'patches/org/tool/0002-b.patch'] as const;
  const todoOf = (failure: typeof buildFailure, userPatches: readonly string[]) => {
    const report = runReport([fileVerdict({ verdict: 'build-failed', comparable: false, failure })]);
    const projects = report.projects.map((project) => ({
      ...project,
      userPatches: userPatches.map((path) => ({ path, sha256: sha(path) })),
    }));
    return nextSteps({ ...report, projects })[0]?.todo ?? '';
  };
  const refused = (patch: string) =>
    ({ reason: 'patch-failed', patch, file: 'main.go', hunk: 1, detail: 'no' }) as const;
  assert.match(todoOf(refused(patches[1]), patches), /^Mend or remove patches\/org\/tool\/0002-b\.patch\. /);
  assert.match(todoOf(buildFailure, patches), `Mend or remove ${patches.join(', ')}, whichever is at fault.`);
  // The release's own patches are not the user's to mend.
  assert.not.match(todoOf(refused('projects/org/tool/patches/0001.patch'), patches), 'Mend');
  assert.not.match(todoOf(buildFailure, []), 'Mend');
});

test.run();
