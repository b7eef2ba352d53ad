import type { Failure } from '../../../orchestrator/core/failure.ts';
import { ok, type Result } from '../../../orchestrator/core/result.ts';
import type { Login } from '../../../orchestrator/oci/registry/credentials.ts';
import {
  openRegistry,
  type Registry,
  type RegistryOptions,
  type SentRequest,
} from '../../../orchestrator/oci/registry/registry.ts';

/** A client under test, what it sent, and how long it waited. */
export interface TestRegistry {
  readonly registry: Registry;
  readonly sent: SentRequest[];
  /** Milliseconds, each wait that was asked for; none is waited. */
  readonly waits: number[];
}

/** Opens a registry on loopback in plain http, as `login` or as nobody. `wait` is real where `isPatient`. */
export function openTestRegistry(
  host: string,
  given: Partial<RegistryOptions> & { readonly login?: Login; readonly isPatient?: boolean } = {},
): TestRegistry {
  const sent: SentRequest[] = [];
  const waits: number[] = [];
  const { login, isPatient, ...options } = given;
  const registry = openRegistry(host, {
    credentials: async () => ok(login),
    insecure: 'loopback',
    clock: {
      now: Date.now,
      random: () => 0.5,
      wait: async (milliseconds) => {
        waits.push(milliseconds);
        if (isPatient) await new Promise((resolve) => setTimeout(resolve, milliseconds));
      },
    },
    signal: new AbortController().signal,
    onRequest: (request) => sent.push(request),
    ...options,
  });
  return { registry, sent, waits };
}

/** The value. @throws where it is a failure: the test did not expect one. */
export function unwrap<T>(result: Result<T, Failure>): T {
  if (result.ok) return result.value;
  throw new Error(`a failure: ${JSON.stringify(result.error)}`);
}

/** The failure. @throws where it is none. */
export function failureOf(result: Result<unknown, Failure>): Failure {
  if (!result.ok) return result.error;
  throw new Error(`no failure: ${JSON.stringify(result.value)}`);
}
