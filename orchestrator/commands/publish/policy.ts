import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { leastPolicy } from '../../publish/policy.ts';
import { openSite } from '../../publish/read-site.ts';
import { policyJson } from '../../tool/aws/iam-policy.ts';
import { reportFailure } from '../words/report-failure.ts';
import { type PublishTarget, readTopic } from './target.ts';

/** What of a site its policy comes from. */
interface Named {
  readonly channel: string;
  readonly number: number;
  readonly topic: string | undefined;
}

/**
 * `publish --policy`: on standard output, and alone there, the least IAM policy that the publication takes whatever is there already.
 * Asks nobody, and hashes nothing; without a site, a release that is published under its own name.
 */
export async function showPolicy(
  release: string,
  {
    folder,
    shown,
    announce,
  }: { readonly folder: string; readonly shown: (path: string) => string; readonly announce: boolean },
  target: PublishTarget,
  host: Host,
): Promise<number> {
  const named = await nameOf();
  if (!named.ok) return reportFailure(named.error, host);
  const { place, region, expectedOwner: account, keeping } = target;
  host.stdout.write(`${policyJson(leastPolicy({ place, region, account, keeping, ...named.value }))}\n`);
  return exitCode.identical;

  async function nameOf(): Promise<Result<Named, Failure>> {
    const site = await openSite(folder, release, { shown, signal: host.signal });
    if (site.ok) {
      const { layout, channel } = site.value;
      const topic = announce ? readTopic(channel, target) : ok(undefined);
      return topic.ok ? ok({ channel: layout.channel, number: layout.number, topic: topic.value }) : topic;
    }
    const [, channel, number] = /^v(.+)-eks-([1-9][0-9]*)$/.exec(release) ?? [];
    if (site.error.reason !== 'usage' || announce || channel === undefined) return err(site.error);
    return ok({ channel, number: Number(number), topic: undefined });
  }
}
