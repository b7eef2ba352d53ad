import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { changeTool, type ImageWorld, imageWorld } from '../rig/image-world.ts';
import { startProxy, type TestProxy } from '../rig/proxy.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** Commands of someone whose network is behind a proxy: names that end in .example are known to the proxy alone. */
const test = suite<{ world: ImageWorld; proxy: TestProxy }>('a proxy');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.world = await imageWorld();
  context.proxy = await startProxy(Number(context.world.registry.host.split(':')[1]));
  defer(() => context.proxy.close());
  writeFiles(context.world.folder, {
    'behind.yaml': `mirrors:
  public.ecr.aws/: registry.example/public/
  https://cdn.amazonlinux.com/: http://packages.example/
registries: { registry.example: { insecure: anywhere } }
`,
    'root/base-images/small/base-image.yaml': 'schema: 1\ndescription: small\ndistributions: { al2: {} }\n',
  });
});

async function run({ world, proxy }: { world: ImageWorld; proxy: TestProxy }, ...argv: readonly string[]) {
  const before = proxy.requests.length;
  const env = { ...world.host.env, http_proxy: proxy.url, NO_PROXY: 'git.example' };
  const ran = await world.run([...argv, '--settings', '../behind.yaml'], { env });
  assert.not.match(ran.stdout + ran.stderr, 'canary-proxy', 'the password of the proxy is shown');
  return { ...ran, asked: proxy.requests.slice(before) };
}

test('base images are pulled by it, and images pushed', async (context) => {
  const made = await run(context, 'images', release, '--image', 'tool');
  assert.is(made.code, 0, made.stdout + made.stderr + made.asked.join('\n'));
  assert.ok(
    made.asked.length > 3 && made.asked.every((each) => /^(GET|HEAD) http:\/\/registry\./.test(each)),
  );
  const pushed = await run(
    context,
    ...['push', release, '--registry', 'registry.example/own', '--image', 'tool', '--confirm'],
  );
  assert.is(pushed.code, 0, pushed.stderr);
  assert.ok(pushed.asked.some((each) => each.startsWith('PUT http://registry.example/v2/own/org/tool/')));
});

test('packages are looked for by it', async (context) => {
  const { code, asked } = await run(context, 'base', 'refresh', 'small');
  assert.is(code, 4, 'nothing is there');
  assert.equal(asked, ['GET http://packages.example/2/core/latest/x86_64/mirror.list']);
});

test('a published file is fetched by it', async (context) => {
  changeTool(context.world);
  const url = 'http://files.example/bin/tool';
  const { stderr, asked } = await run(context, 'explain', release, '--published', url, '--project', 'tool');
  assert.equal(asked, [`GET ${url}`], stderr);
  assert.match(stderr, 'the server answered 404');
});

test.run();
