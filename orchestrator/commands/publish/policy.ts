import { resolve } from 'node:path';
import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { leastPolicy } from '../../publish/policy.ts';
import { openSite } from '../../publish/read-site.ts';
import { loadRelease } from '../../run/prepare/load-release.ts';
import { identityOf } from '../../run/site/identity.ts';
import { policyJson } from '../../tool/aws/iam-policy.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { reportFailure } from '../words/report-failure.ts';
import { refuseMaking } from './chosen-site.ts';
import { type PublishOptions, type PublishTarget, readTopic } from './target.ts';

/** What of a site its policy comes from. */
interface Named {
  readonly channel: string;
  readonly number: number;
  readonly snsTopicArn?: string | undefined;
}

/**
 * `publish --policy`: on standard output, and alone there, the least IAM policy that the publication takes whatever is there already.
 * Asks nobody, makes no site, and hashes nothing.
 */
export async function showPolicy(
  release: string,
  options: PublishOptions,
  target: PublishTarget,
  host: Host,
): Promise<number> {
  const named = await nameOf(release, options, host);
  if (!named.ok) return reportFailure(named.error, host);
  const { channel, number, snsTopicArn } = named.value;
  const topicOf = () => readTopic({ name: channel, ...(snsTopicArn && { snsTopicArn }) }, target);
  const topic = options.announce === true ? topicOf() : ok(undefined);
  if (!topic.ok) return reportFailure(topic.error, host);
  const { place, region, expectedOwner: account, keeping } = target;
  const subject = { place, region, account, keeping, channel, number, topic: topic.value };
  host.stdout.write(`${policyJson(leastPolicy(subject))}\n`);
  return exitCode.identical;
}

/** What the site is called that is there, or that would be made. */
async function nameOf(release: string, options: PublishOptions, host: Host): Promise<Result<Named, Failure>> {
  if (options.site !== undefined) {
    const named = refuseMaking(release, options);
    if (!named.ok) return named;
    const folder = resolve(host.cwd, options.site);
    const shown = (path: string) => shownPath(resolve(folder, path), host.cwd);
    const site = await openSite(folder, release, { shown, signal: host.signal });
    if (!site.ok) return site;
    const { layout, channel } = site.value;
    return ok({ channel: layout.channel, number: layout.number, snsTopicArn: channel.snsTopicArn });
  }
  const loaded = await loadRelease(release, options, host);
  if (!loaded.ok) return loaded;
  const { workspace, lock } = loaded.value;
  return identityOf(options, workspace.release, { lock, ownPatches: [], hasImages: options.images });
}
