import { createColors } from 'picocolors';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import type { ImageReport } from '../../../orchestrator/report/image-report.ts';
import { imageLines } from '../../../orchestrator/report/summary/images.ts';
import { renderSummary } from '../../../orchestrator/report/summary/summary.ts';
import { failedImage, imageReport, ociSha } from '../../rig/image-report.ts';
import { fileVerdict, runReport, sha } from '../../rig/verdicts.ts';

function lines(images: readonly ImageReport[], columns = 80, colour = false): string {
  return imageLines(images, columns, createColors(colour)).join('\n');
}

const lost: Failure = {
  reason: 'network',
  what: 'looking for eks/eks-distro-minimal-base:2024-04-01',
  detail: 'registry.example.com does not answer',
};
const different = { project: 'org/tool', file: 'tool', verdict: 'different', why: 'It differs.' } as const;

test('an image and its whole digest, then why some are not verified or not made, and how many are', () => {
  const images = [
    imageReport(),
    imageReport({
      image: 'org/changed',
      digest: ociSha('changed'),
      platforms: [{ platform: 'linux/amd64', digest: ociSha('x'), layers: [] }],
      unverified: [
        { ...different, platform: 'linux/amd64' },
        { ...different, platform: 'linux/arm64', verdict: 'stale-expectation' },
      ],
    }),
    failedImage({ image: 'org/lost', failure: lost }),
    failedImage({ image: 'org/second', failure: lost }),
  ];
  assert.is(
    lines(images),
    `
✔  org/tool:v1.2.3-eks-1-30-5     linux/amd64 linux/arm64
   org/tool@${ociSha('index')}
!  org/changed:v1.2.3-eks-1-30-5  linux/amd64
   org/changed@${ociSha('changed')}
✖  org/lost:v1.2.3-eks-1-30-5     not made
✖  org/second:v1.2.3-eks-1-30-5   not made
  org/changed: tool for linux/amd64 is different
  org/changed: tool for linux/arm64 is stale-expectation
  org/lost, org/second: The network failed while looking for
  eks/eks-distro-minimal-base:2024-04-01: registry.example.com does not answer.
  Try again; what was finished is kept.
  4 images, 1 of them holds only what was published`,
  );
});

test('where images were not made, that is the last word, and not that no file differs', () => {
  const images = [imageReport(), failedImage({ image: 'org/lost', failure: lost })];
  const report = runReport([fileVerdict({ verdict: 'identical', comparable: true })], { images });
  const last = renderSummary(report, { columns: 200, colour: false }).trimEnd().split('\n').slice(-2);
  assert.is(last[0], '✖ 1 image of 2 not made.');
  assert.match(last[1] ?? '', 'The network failed while looking for');
});

test('what was compiled here is told apart from what differs', () => {
  const compiled = { by: `registry.example.com/gcc@${ociSha('gcc')}`, sha256: sha('halt') };
  const halt = { project: 'org/tool', platform: 'linux/amd64', file: 'halt', compiled } as const;
  const usage: Failure = { reason: 'usage', message: 'No compiler is set.', help: 'Set one.' };
  const images = [
    imageReport({ programs: [halt, { ...halt, platform: 'linux/arm64' }] }),
    imageReport({ image: 'org/good' }),
    failedImage({ image: 'org/lost', failure: usage }),
  ];
  assert.equal(lines(images).split('\n').slice(1), [
    '·  org/tool:v1.2.3-eks-1-30-5  linux/amd64 linux/arm64',
    `   org/tool@${ociSha('index')}`,
    '✔  org/good:v1.2.3-eks-1-30-5  linux/amd64 linux/arm64',
    `   org/good@${ociSha('index')}`,
    '✖  org/lost:v1.2.3-eks-1-30-5  not made',
    "  org/tool: halt was compiled here. Upstream's own cannot come out again, and no",
    '  hash of it is published.',
    '  org/lost: No compiler is set. Set one.',
    '  3 images, 1 of them holds only what was published, 1 holds what nothing',
    '  published speaks of',
  ]);
});

test('platforms are left out where lines would be wider than the screen', () => {
  const image = 'kubernetes-csi/external-provisioner';
  const [row] = lines([imageReport({ image })], 60)
    .split('\n')
    .slice(1);
  assert.is(row, `✔  ${image}:v1.2.3-eks-1-30-5`);
  const [wide] = lines([imageReport({ image })], 110)
    .split('\n')
    .slice(1);
  assert.is(wide, `${row}  linux/amd64 linux/arm64`);
});

test('base images of our own are told, and which of them is another distribution', () => {
  const own = (from: 'al2' | 'al2023') => imageReport({ base: { from } });
  const told = (images: readonly ImageReport[]) =>
    lines(images)
      .split('\n')
      .slice(1 + 2 * images.length + 1);
  const al2 = '  On base images of our own: Amazon Linux 2.';
  assert.equal(told([own('al2'), own('al2')]), [al2]);
  assert.equal(told([own('al2023')]), [
    '  On base images of our own: Amazon Linux 2023, a variant: EKS Distro stands on Amazon Linux 2.',
  ]);
  assert.equal(told([imageReport()]), []);
});

test('nothing is said where no images were asked for', () => {
  assert.is(lines([]), '');
  const without = renderSummary(runReport([fileVerdict()]), { columns: 80, colour: false });
  assert.not.match(without, 'image');
  const images = [imageReport()];
  const summary = renderSummary(runReport([fileVerdict()], { images }), { columns: 80, colour: false });
  assert.match(summary, `\n\n${lines(images).slice(1)}\n`);
  assert.match(summary, /No comparable file differs\.\n$/);
});

test('marks have colours where the terminal has', () => {
  const images = [
    imageReport(),
    imageReport({ unverified: [{ ...different, platform: 'linux/amd64' }] }),
    failedImage({ failure: lost }),
  ];
  const { green, yellow, red } = createColors(true);
  const coloured = lines(images, 80, true);
  for (const mark of [green('✔'), yellow('!'), red('✖')]) assert.ok(coloured.includes(mark), mark);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours are made of.
  assert.is(coloured.replace(/\u001b\[[0-9;]*m/g, ''), lines(images));
});

test.run();
