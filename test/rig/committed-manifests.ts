import { createHash } from 'node:crypto';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { planRelease } from '../../orchestrator/plan/plan.ts';
import { siteTexts } from '../../orchestrator/publish/site-content.ts';
import { committedLock, committedRecipes, committedReleases } from './committed-releases.ts';

/** Every Dockerfile that is asked for is there. */
const dockerfiles = Object.assign(new Map<string, string>(), {
  get: () => 'FROM scratch\n',
  has: () => true,
});

const registry = { host: 'registry.example.com', prefix: 'eks' };

/**
 * The manifests and channels of all releases whose locks are in the repository, as they would be written, each by its path on a site.
 * Nothing is built: the hashes are those of names.
 */
export function committedManifests(): ReadonlyMap<string, string> {
  const recipes = committedRecipes();
  const texts = committedReleases().flatMap((release) => {
    const lock = committedLock(release);
    const { branch: channel, number } = lock;
    const { files, images } = planRelease({
      ...{ lock, recipes, projects: Object.keys(lock.projects) },
      ...{ isSelected: () => true, userPatches: new Map() },
      images: { isWanted: () => true, dockerfiles, bases: new Map(), compilers: new Map() },
      archives: { registry },
    });
    const site = {
      ...{ channel, number, date: '2024-05-28T18:11:48Z', baseUri: 'https://releases.example/eks' },
      snsTopicArn: 'arn:aws:sns:us-east-1:123456789012:releases',
      annotations: { 'eksd-rebuild/release': release },
      components: new Map(),
      files: files.map((file) => ({
        ...file,
        ...{ source: '', sha256: digestOf(file.path), isExecutable: false },
      })),
      images: images.flatMap(({ image, tag, asset }) =>
        asset === undefined
          ? []
          : [
              {
                asset,
                uri: `${registry.host}/eks/${image}:${tag}`,
                imageDigest: `sha256:${digestOf(image)}`,
              },
            ],
      ),
    };
    const hashed = site.files.map((file) => ({
      ...file,
      sha512: createHash('sha512').update(file.path).digest('hex'),
    }));
    return [...siteTexts(site, hashed)];
  });
  return new Map(texts.filter(([path]) => /^kubernetes-[^/]+\/[^/]+\.yaml$|^releasechannels\//.test(path)));
}
