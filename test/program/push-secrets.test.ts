import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { type ImageWorld, imageWorld, writesTo } from '../rig/image-world.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';

/** What the registry says to who asks for more than the base image. */
interface Guard {
  password: string | undefined;
  isReadOnly: boolean;
}

const test = suite<{ world: ImageWorld; guard: Guard }>('push: passwords');

test.before(async (context, defer) => {
  defer(closeFakes);
  const guard: Guard = { password: undefined, isReadOnly: false };
  context.guard = guard;
  context.world = await imageWorld(({ method, path, headers }) => {
    if (guard.password === undefined || path.startsWith('/v2/public/')) return undefined;
    const wanted = `Basic ${Buffer.from(`robot:${guard.password}`).toString('base64')}`;
    const isDenied = guard.isReadOnly && method === 'POST';
    if (headers.authorization === wanted && !isDenied) return undefined;
    // As careless as a registry can be: it says what it was sent.
    const said = `${headers.authorization} ${Buffer.from((headers.authorization ?? '').slice(6), 'base64')}`;
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message: `not ${said}` }] });
    return { status: isDenied ? 403 : 401, headers: { 'www-authenticate': 'Basic realm="r"' }, body };
  });
});

/** Everything that a world's user and others get to see after a push. */
function everythingSaid({ root, cache, registry }: ImageWorld): string {
  const out = readdirSync(join(root, 'out'), { recursive: true, withFileTypes: true });
  const results = readdirSync(join(cache, 'results'), { recursive: true, withFileTypes: true });
  const files = [...out, ...results].filter((entry) => entry.isFile());
  const texts = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  return [...texts, ...[...registry.content.values()].map(String)].join('\n');
}

test('a password is nowhere but in what is sent to the registry', async ({ world, guard }) => {
  const canary = 'canary-8Zq+/7==';
  const forms = [canary, Buffer.from(`robot:${canary}`).toString('base64'), encodeURIComponent(canary)];
  const configured = (password: string): void => {
    mkdirSync(join(world.folder, 'docker'), { recursive: true });
    const auth = Buffer.from(`robot:${password}`).toString('base64');
    const text = JSON.stringify({ auths: { [world.registry.host]: { auth } } });
    writeFileSync(join(world.folder, 'docker', 'config.json'), text);
  };
  const host = { env: { ...world.host.env, DOCKER_CONFIG: join(world.folder, 'docker') } };
  const place = `${world.registry.host}/secret`;
  configured(canary);

  guard.password = canary;
  const good = await world.run(['push', release, '--registry', place, '--confirm', '--fresh'], host);
  guard.isReadOnly = true;
  const denied = await world.run(['push', release, '--registry', `${place}/denied`, '--confirm'], host);
  guard.password = 'another';
  const wrong = await world.run(['push', release, '--registry', place, '--confirm'], host);
  guard.password = undefined;
  const url = await world.run(['push', release, '--registry', `robot:${canary}@${place}`, '--confirm'], host);

  assert.is(good.code, 0, good.stderr);
  assert.ok(world.registry.tags.has('secret/org/tool:v1.0.0-eks-1-30-5'), 'it was let in');
  assert.is(denied.code, 2, denied.stderr);
  assert.match(denied.stderr, 'not ');
  assert.is(wrong.code, 2, wrong.stderr);
  assert.match(wrong.stderr, world.registry.host);
  assert.is(url.code, 2);
  const said = [good, denied, wrong, url].map(({ stdout, stderr }) => stdout + stderr);
  for (const form of forms) {
    for (const text of [...said, everythingSaid(world)]) assert.not.ok(text.includes(form), form);
  }
});

test('a registry that is not this machine is not pushed to in plain http for one word', async ({ world }) => {
  const words = ['push', release, '--registry', 'registry.example.com/eks', '--insecure'];
  const ran = await world.run(words);
  assert.equal([ran.code, ran.stdout], [2, '']);
  assert.equal(
    writesTo(world).filter((line) => !line.includes('/secret/')),
    [],
  );
  assert.match(ran.stderr, 'Give --insecure-anywhere beside it if that is what you want.\n');
});

test.run();
