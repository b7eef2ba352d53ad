import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readPrimary } from '../../../orchestrator/rpm/repository/primary.ts';
import { readUpdateinfo } from '../../../orchestrator/rpm/repository/updateinfo.ts';
import { cutElements, parseXml } from '../../../orchestrator/rpm/repository/xml.ts';

/** A text in pieces of so many bytes. */
async function* pieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const entry = (name: string, arch: string, version: string, more = ''): string => `<package type="rpm">
<name>${name}</name><arch>${arch}</arch><version epoch="0" ver="${version}" rel="1"/>
<checksum type="sha256" pkgid="YES">${'a'.repeat(64)}</checksum><description>&lt;/package&gt; &amp; é</description>
<size package="7" installed="9" archive="9"/><location href="../x/${name}.rpm"/>
<format><rpm:provides><rpm:entry name="${name}" flags="EQ" epoch="0" ver="${version}" rel="1"/></rpm:provides>
<rpm:requires><rpm:entry name="a &lt;b" pre="1"/></rpm:requires>${more}<file>/usr/bin/${name}</file></format>
</package>`;

const primary = `<?xml version="1.0"?><metadata xmlns:rpm="x" packages="5">
${entry('one', 'x86_64', '1')}${entry('one', 'x86_64', '10')}${entry('one', 'x86_64', '9')}
${entry('one', 'i686', '99')}${entry('two', 'noarch', '1')}</metadata>`;

test('elements are cut out wherever the text is cut', async () => {
  for (const size of [1, 2, 7, 100, 10_000]) {
    const found: string[] = [];
    const text = '<list><a x="1">one</a><ab>no</ab><a>é</a>\n<a\n>three</a></list>';
    for await (const element of cutElements(pieces(text, size), 'a')) found.push(element.toString());
    assert.equal(found, ['<a x="1">one</a>', '<a>é</a>', '<a\n>three</a>'], `pieces of ${size}`);
  }
});

test('what is copied of a long element grows with its length', async () => {
  const text = `<a>${'x'.repeat(1_000_000)}</a>`;
  const { concat } = Buffer;
  let copied = 0;
  Buffer.concat = (list, ...more) => {
    copied += list.reduce((sum, { length }) => sum + length, 0);
    return concat(list, ...more);
  };
  try {
    let length = 0;
    for await (const element of cutElements(pieces(text, 1000), 'a')) length += element.length;
    assert.is(length, text.length);
  } finally {
    Buffer.concat = concat;
  }
  assert.ok(copied >= text.length && copied < 4 * text.length, String(copied));
});

test('an element that is not whole is complained of', () => {
  assert.equal(parseXml('<a><b></a>').ok, false);
  assert.equal(parseXml('').ok, false);
  const read = parseXml('<p:a q="&quot;"> x <![CDATA[<]]></p:a>');
  assert.equal(read.ok && read.value, { name: 'a', attributes: { q: '"' }, children: [], text: 'x <' });
});

test('every version of a name, for one processor, and which names there are', async () => {
  const read = await readPrimary(pieces(primary, 50), 'x86_64', { kind: 'names', names: new Set(['one']) });
  if (!read.ok) throw new Error(read.error);
  assert.equal(
    read.value.packages.map(({ name, arch, version }) => `${name} ${arch} ${version}`),
    ['one x86_64 1', 'one x86_64 10', 'one x86_64 9'],
  );
  assert.equal([...read.value.names], ['one', 'two']);
  const [first] = read.value.packages;
  assert.equal(first?.requires, [{ name: 'a <b' }]);
  assert.equal(first?.provides, [{ name: 'one', relation: 'EQ', epoch: 0, version: '1', release: '1' }]);
  assert.equal([first?.href, first?.size, first?.files], ['../x/one.rpm', 7, ['/usr/bin/one']]);
});

test('the newest of every name, and those that hold a text', async () => {
  const newest = await readPrimary(pieces(primary, 9999), 'x86_64', { kind: 'newest' });
  assert.equal(newest.ok && newest.value.packages.map(({ name, version }) => `${name} ${version}`), [
    'one 10',
    'two 1',
  ]);
  const wanted = { kind: 'containing', texts: ['<file>/usr/bin/two</file>'] } as const;
  const holding = await readPrimary(pieces(primary, 9999), 'aarch64', wanted);
  assert.equal(holding.ok && holding.value.packages.map(({ name }) => name), ['two']);
});

test('a package without SHA-256 is refused', async () => {
  const own = entry('one', 'x86_64', '1').replace('type="sha256"', 'type="sha1"');
  const text = `<metadata packages="1">${own}</metadata>`;
  const read = await readPrimary(pieces(text, 99), 'x86_64', { kind: 'newest' });
  assert.equal(read, { ok: false, error: 'one has no SHA-256' });
});

test('advisories', async () => {
  const text = `<updates><update from="x" type="security" version="1"><id>ALAS-1</id><severity>medium</severity>
<references><reference href="h" id="CVE-1" type="cve"/><reference href="h" id="B" type="bugzilla"/>
<reference id="CVE-1" type="cve"/></references>
<pkglist><collection short="c"><name>c</name><package name="a" arch="noarch" epoch="1" version="2" release="3"><filename>f</filename></package>
</collection></pkglist></update></updates>`;
  const packages = [{ name: 'a', arch: 'noarch', epoch: 1, version: '2', release: '3' }];
  assert.equal(await readUpdateinfo(pieces(text, 11)), {
    ok: true,
    value: [{ id: 'ALAS-1', type: 'security', severity: 'medium', cves: ['CVE-1'], packages }],
  });
});

test.run();
