import { digestOf } from '../../core/digest.ts';
import type { AtlasProject, AtlasRelease, AtlasUse } from './data.ts';

/** What stands for what pages are made of: the same gives the same, and is had at a fraction of what making a page takes. */
export interface Inputs {
  /** Of all that is known of a release. */
  release(release: AtlasRelease | undefined): string;
  /** Of projects as releases have them, in that order. */
  uses(uses: readonly AtlasUse[]): string;
}

export function inputsOf(releases: readonly AtlasRelease[]): Inputs {
  const ofProjects = new Map<AtlasProject, string>();
  const ofReleases = new Map<AtlasRelease, string>();
  for (const release of releases) {
    const { projects, ...about } = release;
    for (const project of projects)
      ofProjects.set(project, digestOf(JSON.stringify([about.source, project])));
    ofReleases.set(release, digestOf(JSON.stringify([about, projects.map((each) => ofProjects.get(each))])));
  }
  return {
    release: (release) => (release === undefined ? '' : (ofReleases.get(release) ?? '')),
    uses(uses) {
      const parts = new Set(uses.map(({ release, project }) => `${release.name} ${ofProjects.get(project)}`));
      return digestOf([...parts].join('\n'));
    },
  };
}
