import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ImageReport } from '../../../orchestrator/report/image-report.ts';
import { renderPage } from '../../../orchestrator/report/page/page.tsx';
import { reportJson } from '../../../orchestrator/report/report-json.ts';
import { failedImage, imageReport, ociSha } from '../../rig/image-report.ts';
import { fileVerdict, runReport } from '../../rig/verdicts.ts';

/** The section of images, or nothing. */
function section(images: readonly ImageReport[] | undefined): string {
  const report = runReport([fileVerdict()], images === undefined ? {} : { images });
  const page = renderPage(JSON.parse(JSON.stringify(reportJson(report))));
  return /<section aria-labelledby="images">.*?<\/section>/s.exec(page)?.[0] ?? '';
}

function text(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

const unverified = [
  { project: 'org/tool', platform: 'linux/amd64', file: 'tool', verdict: 'different', why: 'It differs.' },
] as const;

test('one that is verified is folded, with its digests', () => {
  const shown = section([imageReport()]);
  assert.match(shown, '<details class="image">');
  assert.is(
    text(shown),
    [
      'Images ✔ org/tool v1.2.3-eks-1-30-5 verified',
      `Stands on eks-distro-minimal-base (registry.example.com/eks/eks-distro-minimal-base:2024-04-01@${ociSha('base')})`,
      `Index ${ociSha('index')}`,
      ...['amd64', 'arm64'].flatMap((arch) => [
        `linux/${arch} ${ociSha(arch)} 2 layers, 30.0 MB`,
        `${ociSha(`base ${arch}`)} 30.0 MB ${ociSha(`program ${arch}`)} 1.2 kB`,
      ]),
      'Programs tool of org/tool (linux/amd64)',
    ].join(' '),
  );
});

test('what was compiled here is told, with what compiled it', () => {
  const by = `registry.example.com/gcc@${ociSha('gcc')}`;
  const halt = { project: 'org/tool', platform: 'linux/amd64', file: 'halt', compiled: { by } } as const;
  const shown = text(section([imageReport({ programs: [halt] })]));
  assert.match(shown, 'org/tool v1.2.3-eks-1-30-5 nothing to verify it by');
  assert.match(shown, `halt, linux/amd64 Compiled by ${by} . Upstream`);
});

test('one that is not verified is open, and says which program is not what was published', () => {
  const shown = section([imageReport({ unverified, base: { from: 'al2' } })]);
  assert.match(shown, '<details class="image" open>');
  assert.match(
    text(shown),
    'v1.2.3-eks-1-30-5 not verified Stands on eks-distro-minimal-base (our own, al2)',
  );
  assert.match(text(shown), /tool, linux\/amd64 different\. It differs\.$/);
});

test('one that was not made is open, and says why in a line', () => {
  const failure = { reason: 'usage', message: 'There is no base.', help: 'Name another.' } as const;
  const shown = section([failedImage({ failure })]);
  assert.match(shown, '<details class="image" open>');
  assert.match(text(shown), /not made Stands on eks-distro-minimal-base Why not There is no base\.$/);
  assert.not.match(shown, 'Index');
  assert.not.match(shown, 'undefined');
});

test('there is no section where no images were asked for, or none are there', () => {
  assert.is(section(undefined), '');
  assert.is(section([]), '');
});

test('nothing of an image is markup', () => {
  const evil = `<img src=x onerror="alert(1)">'"&`;
  const shown = section([
    imageReport({ image: evil, tag: evil, standsOn: evil, base: { from: 'settings', reference: evil } }),
    imageReport({ unverified: [{ ...unverified[0], file: evil, why: evil }] }),
    failedImage({ failure: { reason: 'usage', message: evil, help: evil } }),
  ]);
  assert.not.match(shown, '<img');
  assert.ok(shown.includes('&lt;img'));
});

test.run();
