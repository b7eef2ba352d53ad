import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Beside } from '../../../orchestrator/report/beside.ts';
import { renderPage } from '../../../orchestrator/report/page/page.tsx';
import { reportJson } from '../../../orchestrator/report/report-json.ts';
import { imageReport } from '../../rig/image-report.ts';
import { fileVerdict, runReport, sha } from '../../rig/verdicts.ts';

const nothing: Beside = { statements: [], packages: [], vex: [] };
const bill = 'statements/sha256/a/cyclonedx.intoto.json';
const document = 'vulnerabilities.openvex.json';

function pageOf(beside: Partial<Beside>): string {
  const report = runReport([fileVerdict({ found: sha('tool') })], { images: [imageReport()] });
  return renderPage(reportJson(report, { ...nothing, ...beside }));
}

function section(page: string, id: string): string {
  return new RegExp(`<section aria-labelledby="${id}">.*?</section>`, 's').exec(page)?.[0] ?? '';
}

function text(markup: string): string {
  const shown = markup.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  return shown.replaceAll('&lt;', '<').trim();
}

type Packages = Beside['packages'][number];
type Claim = Beside['vex'][number]['claims'][number];

function packages(given: Partial<Packages> = {}): Packages {
  return { subject: sha('amd64'), path: bill, rpms: [], modules: [], unread: [], ...given };
}

function claim(given: Partial<Claim> = {}): Claim {
  return {
    vulnerability: 'CVE-2024-1',
    aliases: [],
    status: 'affected',
    why: ['It is called.'],
    components: ['pkg:golang/lib@v1'],
    subjects: [sha('tool')],
    ...given,
  };
}

test('an image has its packages by platform, folded, with the bill that says so; no bill, no packages', () => {
  const rpms = [{ name: 'glibc', version: '2.26-64' }, { name: 'tzdata' }];
  const page = pageOf({
    packages: [packages({ rpms, modules: [{ name: 'stdlib', version: 'go1.21.10' }] })],
  });
  const [amd64 = '', arm64 = ''] = section(page, 'images').split('<dt>linux/arm64</dt>');
  assert.match(amd64, '<details class="packages"><summary>2 RPM packages, 1 Go module</summary>');
  assert.match(amd64, `As its <a href="${bill}">bill of materials</a> says.`);
  assert.match(text(amd64), 'RPM packages glibc 2.26-64 tzdata Go modules stdlib go1.21.10');
  assert.not.match(arm64, 'class="packages"');
  assert.not.match(pageOf({}), 'class="packages"');
});

test('packages that nobody could read are told, and an image without any is not said to be without', () => {
  const page = text(pageOf({ packages: [packages({ unread: ['/var/lib/dpkg/status'] })] }));
  assert.match(page, 'No package is known in it');
  assert.match(page, 'It holds more, of which nothing is known: /var/lib/dpkg/status.');
});

test('what is said of vulnerabilities stands by document, the gravest first, and leads to file and document', () => {
  const claims = [
    claim({
      vulnerability: 'CVE-2024-2',
      status: 'not_affected',
      justification: 'vulnerable_code_not_present',
      why: ['Not linked.'],
    }),
    claim({ aliases: ['GO-2024-1'], subjects: [sha('tool'), sha('amd64')] }),
    claim({ vulnerability: 'CVE-2024-3', status: 'under_investigation', subjects: [sha('arm64')] }),
  ];
  const page = pageOf({ vex: [{ path: document, claims }] });
  const said = section(page, 'vex');
  assert.match(
    said,
    `<details open><summary>1 affected, 1 not known, 1 not affected, by <a href="${document}">`,
  );
  assert.equal(said.split('<tr>').slice(2).map(text), [
    'CVE-2024-1 GO-2024-1 affected pkg:golang/lib@v1 tool linux/amd64 , image org/tool linux/amd64 It is called.',
    'CVE-2024-3 not known pkg:golang/lib@v1 image org/tool linux/arm64 It is called.',
    'CVE-2024-2 not affected pkg:golang/lib@v1 tool linux/amd64 vulnerable code not present. Not linked.',
  ]);
  assert.match(said, '<a href="#file-1">');
  assert.match(
    section(page, 'files'),
    '<dt>Vulnerabilities</dt><dd><a href="#vex">1 affected, 1 not affected</a>',
  );
  const images = text(section(page, 'images'));
  assert.match(images, 'Vulnerabilities, linux/amd64 1 affected');
  assert.match(images, 'Vulnerabilities, linux/arm64 1 not known');
});

test('where documents disagree, the gravest counts; nothing bad is folded', () => {
  const of = (path: string, given: Partial<Claim>) => ({ path, claims: [claim(given)] });
  const page = pageOf({ vex: [of('a.json', { status: 'fixed' }), of('b.json', {})] });
  assert.match(section(page, 'files'), '<a href="#vex">1 affected</a>');
  const [good, bad] = section(page, 'vex').match(/<details[^>]*>/g) ?? [];
  assert.equal([good, bad], ['<details>', '<details open>']);
});

test('however much there is and whatever it is called, the page has an end, and says what is left out', () => {
  const evil = (at: number) => `${at}<b>\u202e\u0007${'&"'.repeat(at % 20 === 0 ? 5000 : 150)}`;
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ name: evil(at), version: evil(at) }));
  const all = Array.from({ length: 60 }, (_, at) =>
    packages({
      subject: sha(at === 0 ? 'amd64' : `${at}`),
      path: evil(at),
      rpms: many(100),
      modules: many(600),
    }),
  );
  const claims = Array.from({ length: 3000 }, (_, at) =>
    claim({
      vulnerability: evil(at),
      aliases: [evil(at)],
      why: [evil(at), evil(at)],
      components: Array.from({ length: 20 }, (_, each) => evil(each)),
      subjects: Array.from({ length: 20 }, (_, each) => sha(each === 0 ? 'tool' : `${each}`)),
    }),
  );
  const page = pageOf({ packages: all, vex: [{ path: document, claims }] });
  assert.ok(page.length < 12_000_000, String(page.length));
  for (const raw of ['<b>', '\u202e', '\u0007']) assert.not.ok(page.includes(raw), JSON.stringify(raw));
  assert.match(text(section(page, 'images')), '100 RPM packages, 600 Go modules');
  assert.match(text(section(page, 'images')), '100 more in the bill');
  assert.match(text(section(page, 'vex')), 'and 2700 more in that document');
  assert.match(text(section(page, 'vex')), 'and 15 more');
  assert.match(text(section(page, 'files')), '3000 affected');
});

test.run();
