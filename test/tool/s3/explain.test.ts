import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exitCodeOf } from '../../../orchestrator/core/exit-code.ts';
import { publishing } from '../../../orchestrator/publish/s3/words.ts';
import { attempt } from '../../../orchestrator/tool/aws/failure.ts';
import { explainS3 } from '../../../orchestrator/tool/s3/explain.ts';

const asked = { bucket: 'releases', region: 'us-west-2', expectedOwner: undefined, words: publishing };

/** What is made of an error as the SDK makes them of an answer. */
async function told(
  name: string,
  status: number,
  more: object = {},
  given = asked as Parameters<typeof explainS3>[0],
): Promise<string> {
  const error = Object.assign(new Error('No.'), { name, $metadata: { httpStatusCode: status }, ...more });
  const doing = {
    signal: new AbortController().signal,
    secrets: [],
    section: 'publish',
    policy: 'publish --policy',
  };
  const outcome = await attempt('writing x', { ...doing, explain: explainS3(given) }, () =>
    Promise.reject(error),
  );
  assert.ok(!outcome.ok);
  return `${exitCodeOf(outcome.error.reason)} ${JSON.stringify(outcome.error)}`;
}

test('each error of S3 says what is so, and what to do', async () => {
  const region = { $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } } };
  const owner = { ...asked, expectedOwner: '111122223333' };
  const cases: readonly (readonly [said: Promise<string>, text: RegExp])[] = [
    [told('NoSuchBucket', 404), /^2 .*There is no bucket releases/],
    [
      told('PermanentRedirect', 301, region),
      /^2 .*releases is in eu-west-1, and us-west-2 was asked.*--region eu-west-1/,
    ],
    [told('Unknown', 301, region), /^2 .*--region eu-west-1/],
    [told('AuthorizationHeaderMalformed', 400, { Region: 'eu-west-1' }), /^2 .*--region eu-west-1/],
    [told('PermanentRedirect', 301), /^2 .*in another region/],
    [told('AccessDenied', 403), /^2 .*S3 does not allow writing x: AccessDenied: No\. *"/],
    [told('Unknown', 403), /^2 .*S3 does not allow writing x/],
    [told('AccessDenied', 403, {}, owner), /^2 .*may be of another account than 111122223333/],
    [told('ExpiredToken', 400), /^2 .*does not take the credentials/],
    [told('InvalidAccessKeyId', 403), /^2 .*does not take the credentials/],
    [told('RequestTimeTooSkewed', 403), /^2 .*another time than this machine/],
    [told('KMS.NotFoundException', 400), /^2 .*KMS refuses writing x/],
    [told('AccessControlListNotSupported', 400), /^2 .*Leave --public-read out/],
    [told('NotImplemented', 501), /^2 .*take another S3/],
    [told('SlowDown', 503), /^4 .*rate-limited/],
    [told('InternalError', 500), /^4 .*network/],
    [told('BadDigest', 400), /^4 .*network/],
    [told('InvalidObjectState', 403), /^2 .*AWS refused writing x/],
  ];
  for (const [said, text] of cases) assert.match(await said, text);
});

test('a region that is none is not passed on', async () => {
  const found = await told('PermanentRedirect', 301, { Region: 'eu; rm -rf' });
  assert.match(found, 'in another region');
});

test.run();
