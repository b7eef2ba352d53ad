import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { repositoryOf } from '../../core/registry-place.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { type EcrHost, parseEcrHost, replicaHosts } from '../../oci/ecr/host.ts';
import { leastPolicies, type PolicySubject } from '../../oci/ecr/policy.ts';
import { noAlias } from '../../oci/ecr/public.ts';
import { type RepositorySettings, settingsOf } from '../../oci/ecr/repository.ts';
import { type EcrWanted, readEcrWanted } from '../../oci/ecr/wanted.ts';
import { prepare } from '../../run/prepare/prepare.ts';
import { callFor } from '../../run/site/release-name.ts';
import { kmsGrants } from '../../statement/sign/kms-grants.ts';
import { policyJson, policyOf } from '../../tool/aws/iam-policy.ts';
import { reportFailure } from '../words/report-failure.ts';
import type { PushOptions, PushTarget } from './target.ts';

/**
 * `push --policy`: on standard output, and alone there, the least IAM policy that the push takes whatever is there already; a
 * line each where one would be too long for IAM. Builds nothing, asks nobody, and takes no credentials.
 */
export async function showPolicy(
  release: string,
  options: PushOptions,
  target: PushTarget,
  host: Host,
): Promise<number> {
  const signing = target.key?.kind === 'kms' ? kmsGrants(target.key) : [];
  const ecr = parseEcrHost(target.host);
  if (ecr === undefined) {
    if (signing.length === 0) throw new Error(`${target.host} takes no policy, which was looked at before`);
    host.stdout.write(`${policyJson(policyOf(signing))}\n`);
    host.stderr.write(`Nobody was asked: it allows for signing by ${options.sign}.\n`);
    return exitCode.identical;
  }
  const prepared = await prepare(release, options, host, {
    images: options,
    call: callFor(options, { isOut: true }),
  });
  if (!prepared.ok) return reportFailure(prepared.error, host);
  const { plan, planInput, workspace } = prepared.value;
  const images = plan.images.filter(({ image }) => planInput.images?.isWanted(image) === true);
  if (images.length === 0) return reportFailure(noImage, host);
  const wanted = await readEcrWanted(workspace.ecr);
  if (!wanted.ok) return reportFailure(wanted.error, host);
  const names = images.map(({ image }) => repositoryOf(target, image));
  const subjects = subjectsOf(ecr, target.prefix, names, wanted.value);
  if (!subjects.ok) return reportFailure(subjects.error, host);
  const policies = leastPolicies(subjects.value, { reconcile: options.reconcile === true, further: signing });
  for (const policy of policies) host.stdout.write(`${policyJson(policy)}\n`);
  const all = countOf(names.length, 'image');
  host.stderr.write(`Nobody was asked: it allows for making the repositories of ${all}, too.\n`);
  return exitCode.identical;
}

/** What a push may have to do: nobody is asked what is there, so every repository may have to be made, and changed. */
function subjectsOf(
  host: EcrHost,
  prefix: string,
  repositories: readonly string[],
  wanted: EcrWanted,
): Result<readonly PolicySubject[], Failure> {
  if (host.kind === 'public') {
    const [alias = ''] = prefix.split('/');
    if (alias === '') return err(noAlias(host));
    const below = repositories.map((name) => name.slice(alias.length + 1));
    // Which account an alias stands for is known to AWS alone. Credentials push to their own account's only.
    return ok([subjectOf(host, '*', below, wanted.shared)]);
  }
  const replicas = replicaHosts(host.host, wanted.replicate);
  if (!replicas.ok) return replicas;
  const subjects: PolicySubject[] = [];
  for (const each of [host, ...replicas.value]) {
    const settings = wanted.settings(each.region);
    if (!settings.ok) return err(settings.error);
    subjects.push(subjectOf(each, each.account, repositories, settings.value));
  }
  return ok(subjects);
}

const noImage: Failure = {
  reason: 'usage',
  message: 'There is no image, so a push takes nothing.',
  help: 'Say which images are to be pushed by --image or --project.',
};

function subjectOf(
  host: EcrHost,
  account: string,
  create: readonly string[],
  wanted: RepositorySettings,
): PolicySubject {
  const rows = [...settingsOf(host.kind).keys()].filter((name) => wanted[name] !== undefined);
  const settings = Object.fromEntries(rows.map((name) => [name, wanted[name]])) as RepositorySettings;
  const drift = create.flatMap((repository) => rows.map((setting) => ({ repository, setting })));
  return { host, account, settings, create, existing: [], drift };
}
