import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  credentialsIn,
  newCredentials,
  partPlace,
  partWord,
  splitUrl,
  withoutCredentials,
  withoutPrivateKeys,
  withoutUrlCredentials,
} from '../../orchestrator/core/credentials.ts';
import { locate, renderDiagnostic } from '../../orchestrator/core/diagnostic.ts';

const urls = [
  [
    'https://u:S3cret@git.test.example/a/{org}/{repo}.git',
    'https://git.test.example/a/{org}/{repo}.git',
    'https://git.test.example/a/',
    'u',
    'S3cret',
  ],
  ['https://token@git.test.example', 'https://git.test.example', 'https://git.test.example/', 'token', ''],
  [
    'http://u:p%40ss@h.test.example:8080/x.git?y#z',
    'http://h.test.example:8080/x.git?y#z',
    'http://h.test.example:8080/',
    'u',
    'p@ss',
  ],
  ['https://u:a@b:c@h.test.example/', 'https://h.test.example/', 'https://h.test.example/', 'u', 'a@b:c'],
  ['HTTPS://u:%zz@H.test.example:443/x', 'https://h.test.example/x', 'https://h.test.example/', 'u', '%zz'],
] as const;

for (const [url, place, scope, user, password] of urls) {
  test(`taken apart: ${url}`, () => {
    assert.equal(splitUrl(url), { place, credential: { place: scope, user, password } });
  });
}

const body = 'MC4CAQAwBQYDK2VwBCIEIKj0Vn5w/mTK6vCle1uf1uLy';
const pem = (kind: string) =>
  `-----BEGIN ${kind}-----\n${body}\n${body.slice(0, 9)}=\n-----END ${kind}-----\n`;

test('a private key is in no text, whole or in part, in whatever file it stands', () => {
  for (const kind of ['PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'OPENSSH PRIVATE KEY']) {
    const text = `sign: x\n${pem(kind)}more: ${body}\n`;
    const shown = withoutPrivateKeys(text);
    assert.equal(
      shown.split('\n').map(({ length }) => length),
      text.split('\n').map(({ length }) => length),
    );
    assert.is(shown.split(body).length, 2, kind);
    assert.match(shown, `more: ${body}\n`);
    assert.is(withoutCredentials(text, []), shown);
    const diagnostic = {
      severity: 'error',
      message: 'bad',
      location: locate('f', text, text.indexOf(body)),
    } as const;
    assert.not.match(renderDiagnostic(diagnostic), body.slice(0, 9));
  }
  const oneLine = `sign: {key: "${pem('PRIVATE KEY').replaceAll('\n', '\\n')}"}`;
  assert.not.match(withoutPrivateKeys(oneLine), body);
  assert.not.match(withoutPrivateKeys(`-----BEGIN PRIVATE KEY-----\n${body}`), body);
  assert.is(withoutPrivateKeys(pem('PUBLIC KEY')), pem('PUBLIC KEY'));
});

test('what is no such URL stays as it is', () => {
  for (const url of [
    'https://h.test.example/a@b',
    'ssh://git@h.test.example/x',
    'git@h.test.example:x/y',
    '/a/b@c',
    '../x',
    '',
  ])
    assert.equal(splitUrl(url), { place: url });
});

test('texts: passwords and tokens of URLs go, places and digests stay', () => {
  for (const [before, after] of [
    [
      "fatal: unable to access 'https://u:p@h.test.example/x/': 403",
      "fatal: unable to access 'https://h.test.example/x/': 403",
    ],
    ['ssh://git@h/x ssh://git:p@h/x', 'ssh://git@h/x ssh://git@h/x'],
    [
      'oci-layout://name@sha256:ab and docker://r.test.example/n@sha256:ab',
      'oci-layout://name@sha256:ab and docker://r.test.example/n@sha256:ab',
    ],
    ['proxy http://u:p@proxy.test.example:3128', 'proxy http://proxy.test.example:3128'],
  ])
    assert.is(withoutUrlCredentials(before ?? ''), after);
});

test('the longest place counts; all forms of a password are withheld', () => {
  const credentials = newCredentials();
  credentials.add({ place: 'https://h.test.example/', user: 'a', password: 'first-password' });
  credentials.add({ place: 'https://h.test.example/team/', user: 'b', password: 'p@ss/word' });
  assert.is(credentials.for('https://h.test.example/team/x.git')?.user, 'b');
  assert.is(credentials.for('https://h.test.example/other')?.user, 'a');
  assert.is(credentials.for('https://h.test.example.evil/'), undefined);
  const basic = Buffer.from('b:p@ss/word').toString('base64');
  assert.is(
    withoutCredentials(`p@ss/word p%40ss%2Fword ${basic} first-password`, credentials.all()),
    '*** *** *** ***',
  );
});

test('a complaint shows the place of a URL, and its squiggle stands under it', () => {
  const text = 'sources: https://u:secret@h/x no';
  const location = { file: 'f', line: 1, column: text.indexOf('no') + 1, length: 2, text };
  const [, line = '', under = ''] = renderDiagnostic({ severity: 'error', message: 'm', location }).split(
    '\n',
  );
  assert.not.match(line, 'secret');
  assert.is(under.indexOf('~~'), line.lastIndexOf('no'));
});

test('a password ends at the last @ before the path, whatever is in it', () => {
  for (const userInfo of ["u:it's", 'u:p@ss', "u:p@'s", 'u:a:b', "to'ken"]) {
    for (const scheme of ['http', 'https']) {
      const text = `Get "${scheme}://${userInfo}@h.test.example:80/x@y": 403, of ${scheme}://h.test.example/a@b`;
      assert.is(
        withoutUrlCredentials(text),
        `Get "${scheme}://h.test.example:80/x@y": 403, of ${scheme}://h.test.example/a@b`,
      );
    }
  }
  assert.is(withoutUrlCredentials("ssh://git:it's@h/x"), 'ssh://git@h/x');
});

test('nor is a token in a query shown', () => {
  assert.is(
    withoutUrlCredentials(
      "https://h/x.git?a=b&private_token=S3'cret&c=d and https://h/y?X-Amz-Signature=ab#z",
    ),
    'https://h/x.git?a=b&private_token=&c=d and https://h/y?X-Amz-Signature=#z',
  );
});

test('those of an environment are known, whether their addresses have a scheme or not', () => {
  const found = credentialsIn({
    HTTPS_PROXY: 'http://u:p%40ss@proxy.test.example:3128',
    http_proxy: 'v:plain@proxy.test.example:3128',
    GOPROXY: 'https://w:first@a.test.example,https://token@b.test.example|direct',
    GOSUMDB: 'sum.golang.org https://x:second@c.test.example',
    NO_PROXY: 'h.test.example',
    PATH: '/a:/b@c',
  });
  assert.equal(
    found.map(({ user, password }) => [user, password]),
    [
      ['u', 'p@ss'],
      ['v', 'plain'],
      ['w', 'first'],
      ['token', ''],
      ['x', 'second'],
    ],
  );
});

test('a place is parted from what stands before its host, whatever its scheme; what is none stays as it is', () => {
  const hex = 'a'.repeat(64);
  for (const [word, text, password] of [
    ['u:secret@registry.test.example/eks', '***@registry.test.example/eks', 'secret'],
    [
      '--registry=u:sec/r@et@registry.test.example:5000/eks',
      '--registry=***@registry.test.example:5000/eks',
      'sec/r@et',
    ],
    ['ssh://u:secret@[::1]:22/x', 'ssh://***@[::1]:22/x', 'secret'],
    ['u:secret@localhost', '***@localhost', 'secret'],
    ['u:secret@registry:5000/x', '***@registry:5000/x', 'secret'],
    ['git:secret@git.test.example:org/x.git', '***@git.test.example:org/x.git', 'secret'],
    ['https://u:p%2Fq@h.test.example/x', 'https://h.test.example/x', 'p/q'],
    ['--files=https://u:p/q@h.test.example/x', '--files=https://h.test.example/x', 'p/q'],
    [
      'https://h.test.example/x?private_token=secret',
      'https://h.test.example/x?private_token=secret',
      'secret',
    ],
  ] as const) {
    const parted = partWord(word);
    assert.is(parted.text, text);
    assert.ok(
      parted.credentials.some((each) => each.password === password),
      word,
    );
  }
  for (const word of [
    `registry.test.example:5000/a/b:v1@sha256:${hex}`,
    `etcd:v3.5@sha256:${hex}`,
    'http://h.test.example:8080/mod@v1.2.3/x.zip',
    'git@github.com:org/repo.git',
    './a:b@c.d/e',
    'linux/arm64',
    '--reason=see mail of a@b.example',
    '{"Principal":"a:b@c.example"}',
    '',
  ])
    assert.equal(partWord(word), { text: word, credentials: [], isMisplaced: false });
});

test('URLs of one place are one, however they are spelt', () => {
  for (const [url, plain] of [
    ['HTTP://Example.COM:80/A', 'http://example.com/A'],
    ['https://example.com:443', 'https://example.com'],
    ['https://bücher.example/ä', 'https://xn--bcher-kva.example/ä'],
    ['https://example.com./x', 'https://example.com./x'],
    ['https://example.com:8443/{org}/{repo}.git', 'https://example.com:8443/{org}/{repo}.git'],
    ['https:///x', 'https:///x'],
    ['https://:443/x', 'https://:443/x'],
    ['HTTPS://', 'HTTPS://'],
    ['../x', '../x'],
  ])
    assert.is(partPlace(url ?? '').text, plain);
});

test('what is withheld is withheld as a whole, and however short it is before a host', () => {
  const credentials = newCredentials();
  credentials.add({ place: '', user: 'u', password: 'secret' });
  credentials.add({ place: '', user: 'u', password: 'secret-and-more' });
  credentials.add({ place: '', user: 'u', password: 'p' });
  assert.is(credentials.for('https://h.test.example/'), undefined);
  assert.equal(credentials.placed(), []);
  assert.is(
    withoutCredentials('secret-and-more u:p@h.test.example up', credentials.all()),
    '*** ***@h.test.example up',
  );
});

test.run();
