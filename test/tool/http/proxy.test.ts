import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { proxiesNamed } from '../../../orchestrator/core/network-words.ts';
import { createHttpClient } from '../../../orchestrator/tool/http/http-client.ts';
import { proxiesOf } from '../../../orchestrator/tool/http/proxy.ts';

const proxy = 'http://proxy.example:3128';

/** Where a request goes by which proxy; `-` for none. */
function ways(env: Readonly<Record<string, string>>, ...urls: readonly string[]): readonly string[] {
  const find = proxiesOf(env);
  return urls.map((url) => find?.(new URL(url))?.host ?? '-');
}

test('the proxy is that of the protocol, in capitals or not, and ALL_PROXY where there is none', () => {
  const urls = ['http://a.example/', 'https://a.example/'];
  assert.equal(ways({ HTTP_PROXY: 'one:1', https_proxy: 'http://two:2/' }, ...urls), ['one:1', 'two:2']);
  assert.equal(ways({ ALL_PROXY: 'all:9', HTTPS_PROXY: 'two:2' }, ...urls), ['all:9', 'two:2']);
  assert.equal(ways({ HTTPS_PROXY: 'two:2' }, ...urls), ['-', 'two:2']);
  assert.equal(ways({ HTTPS_PROXY: '', https_proxy: 'two:2' }, ...urls), ['-', 'two:2']);
  assert.is(proxiesOf({ NO_PROXY: '*', HTTP_PROXY: '', PATH: '/bin' }), undefined);
});

test('this machine is never asked by a proxy', () => {
  const urls = ['http://localhost:5000/', 'http://127.1.2.3/', 'http://[::1]:5000/', 'http://127.example/'];
  assert.equal(ways({ HTTP_PROXY: proxy }, ...urls), ['-', '-', '-', 'proxy.example:3128']);
});

for (const [exempt, straight, others] of [
  ['*', ['https://a.example/'], []],
  [
    'a.example',
    ['https://a.example/', 'https://b.a.example/', 'https://A.EXAMPLE./'],
    ['https://ba.example/'],
  ],
  ['.a.example', ['https://b.a.example/'], ['https://a.example/']],
  ['*.a.example', ['https://b.a.example/'], ['https://a.example/']],
  [' x.example , a.example:8443 ', ['https://a.example:8443/', 'https://x.example/'], ['https://a.example/']],
  ['a.example:443', ['https://a.example/'], ['https://a.example:444/']],
  ['10.1.0.0/16', ['https://10.1.2.3/'], ['https://10.2.0.1/', 'https://10.1.example/']],
  ['10.1.2.3', ['https://10.1.2.3:5000/'], ['https://10.1.2.4/']],
  ['fd00::/8', ['https://[fd12::1]/'], ['https://[fe80::1]/']],
  ['[fd12::1]:5000', ['https://[fd12::1]:5000/'], ['https://[fd12::1]/']],
  ['fd12::1', ['https://[fd12::1]/'], ['https://[fd12::2]/']],
] as const) {
  test(`NO_PROXY ${JSON.stringify(exempt)}`, () => {
    const env = { HTTPS_PROXY: proxy, NO_PROXY: exempt };
    assert.equal(new Set(ways(env, ...straight)), new Set(['-']));
    assert.equal(
      ways(env, ...others),
      others.map(() => 'proxy.example:3128'),
    );
  });
}

test('a request that fails behind a proxy names it, by its variable and without its password', async () => {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const failing = async (env: Readonly<Record<string, string>>, url: string): Promise<string> => {
    const { signal } = new AbortController();
    const send = createHttpClient({}, proxiesOf(env));
    return send({ method: 'GET', url: new URL(url), headers: {}, signal }).then(
      () => '',
      (error: Error) => error.message,
    );
  };
  const away = `http://me:secret@127.0.0.1:${port}`;
  for (const [env, url, name] of [
    [{ HTTPS_PROXY: away }, 'https://a.example/', 'HTTPS_PROXY'],
    [{ http_proxy: away }, 'http://a.example/', 'HTTP_PROXY'],
    [{ ALL_PROXY: away }, 'https://a.example/', 'ALL_PROXY'],
  ] as const) {
    const said = await failing(env, url);
    assert.match(said, `ECONNREFUSED 127.0.0.1:${port} (by the proxy 127.0.0.1:${port} of ${name})`);
    assert.not.match(said, 'secret');
  }
  assert.not.match(await failing({ HTTPS_PROXY: away }, `http://127.0.0.1:${port}/`), 'proxy');
});

test('a command that fetches names the variables that it has', () => {
  assert.is(proxiesNamed({ PATH: '/bin', HTTPS_PROXY: '' }), '');
  assert.is(
    proxiesNamed({ https_proxy: 'http://me:secret@p:1' }),
    ' It goes by the proxy that HTTPS_PROXY names, but for hosts in NO_PROXY.',
  );
  assert.match(proxiesNamed({ HTTP_PROXY: 'a', ALL_PROXY: 'b' }), 'HTTP_PROXY and ALL_PROXY name,');
});

test('what is no proxy that can be used is said without its password', () => {
  for (const [text, said] of [
    [
      'socks5://user:secret@proxy.example',
      'a proxy of the kind socks5://, and only http and https are spoken',
    ],
    ['http://user:secret@:80:90', 'is no URL'],
  ] as const) {
    const find = proxiesOf({ HTTPS_PROXY: text });
    assert.throws(
      () => find?.(new URL('https://a.example/')),
      (error: Error) => error.message.includes(said) && !error.message.includes('secret'),
    );
  }
});

test.run();
