/** What stands for a secret in whatever is shown. */
const withheld = '***';

/** A field of a cache option (`type=s3,secret_access_key=...`) whose value lets one in. */
const secretField =
  /((?:^|,)"?[\w.-]*(?:secret|token|password|passwd|access_key|account_key)[\w.-]*=)([^,"]+)/gi;

/** User and password in a URL or an address. */
const userInfo = /:\/\/([^/?#\s,]+)@/g;

/** Whether a word of a command line is a list of fields as BuildKit's options are. */
const isOption = (word: string): boolean => /(^|,)type=/.test(word);

/** One word of a command line, with its cache keys and tokens withheld. */
export function withoutSecretFields(word: string): string {
  return isOption(word) ? word.replace(secretField, `$1${withheld}`) : word;
}

/** The secrets in the words of a command line, so that they can be found in what the command says. */
export function secretsIn(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => {
    const fields = isOption(word) ? [...word.matchAll(secretField)].map(([, , value = '']) => value) : [];
    const users = [...word.matchAll(userInfo)].flatMap(([, user = '']) => [
      user,
      user.slice(user.indexOf(':') + 1),
    ]);
    return [...fields, ...users].filter((secret) => secret !== '');
  });
}

/** A text with every one of some secrets withheld. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, secret) => rest.replaceAll(secret, withheld), text);
}
