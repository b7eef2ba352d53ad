import type { Failure } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';

/** What a registry is signed in to with. */
export interface Login {
  /** `<token>` where the password is an identity token, as docker's credential helpers have it. */
  readonly username: string;
  readonly password: string;
}

/** The user name that says: the password is an identity token (docker/docker-credential-helpers). */
export const identityTokenUser = '<token>';

/** Looks the login of a host up. Undefined where it has none: then the registry is asked as nobody. */
export type Credentials = (host: string) => Promise<Result<Login | undefined, Failure>>;
