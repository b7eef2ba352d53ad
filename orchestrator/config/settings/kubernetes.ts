import { z } from 'zod';
import { withoutUrlCredentials } from '../../core/credentials.ts';
import { numberFrom, platform } from '../fields.ts';
import { place } from '../place.ts';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names#dns-subdomain-names */
const objectName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'expected a name: lower-case letters, digits, - and .');
const label = z.string().regex(/^[A-Za-z0-9._-]{0,63}$/, "expected a label's value");
const labels = z.record(z.string().min(1).max(317), label);

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity */
const quantity = z
  .string()
  .regex(
    /^[0-9]{1,12}(\.[0-9]{1,9})?(m|[kMGTPE]|[KMGTPE]i)?$/,
    'expected a quantity, such as 2, 500m or 4Gi',
  );

const volume = z
  .strictObject({
    /** Where pods see it. */
    at: z.string().regex(/^(\/[A-Za-z0-9._-]+)+$/, 'expected an absolute path'),
    /** A PersistentVolumeClaim of the namespace. */
    claim: objectName.optional(),
    /** A folder of the nodes. */
    hostPath: place('path').optional(),
    readOnly: z
      .enum(['true', 'false'])
      .transform((word) => word === 'true')
      .optional(),
  })
  .refine(({ claim, hostPath }) => (claim === undefined) !== (hostPath === undefined), {
    error: 'expected either claim or hostPath',
  });

const toleration = z.strictObject({
  key: z.string().min(1).max(317).optional(),
  operator: z.enum(['Exists', 'Equal']).optional(),
  value: label.optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
});

/** A Job can be read by whoever may list them. */
const plainValue = z
  .string()
  .max(4096)
  .refine(
    (text) => withoutUrlCredentials(text) === text,
    'holds a user name or a password, which a Secret is for: kubernetes.secret names one',
  );

/** Where `--on kubernetes` has tasks done. What pods take is in `store` and here, and nothing else comes to them from this machine. */
export const kubernetesSettings = z.strictObject({
  /** Of the kubeconfig. Default: its current one, and in a pod its own cluster. */
  context: z.string().min(1).max(1024).optional(),
  namespace: objectName.optional(),
  /** This program with git and Go. */
  image: z.string().min(1).max(1024).optional(),
  imagePullSecrets: z.array(objectName).optional(),
  /** By the platform of who asks, which is that of the pods: beside `kubernetes.io/arch` and `kubernetes.io/os`. */
  nodeSelectors: z.record(platform, labels).optional(),
  /** Of a pod. Memory is a limit, too. */
  requests: z
    .strictObject({ cpu: quantity.optional(), memory: quantity.optional(), storage: quantity.optional() })
    .optional(),
  tolerations: z.array(toleration).optional(),
  /** Whose role lets pods reach the shared store. No token of it is mounted. */
  serviceAccount: objectName.optional(),
  /** A Secret whose members are the pods' environment: keys of a store, say. */
  secret: objectName.optional(),
  /** Of the pods: GOPROXY, HTTPS_PROXY. */
  environment: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected a variable'), plainValue)
    .optional(),
  volumes: z.array(volume).optional(),
  /**
   * What keeps compile tasks from the network: `namespace`, one of their own, for which pods may make user namespaces (seccomp Unconfined);
   * `policy`, the NetworkPolicy that --policy prints, and pods under seccomp RuntimeDefault.
   */
  isolation: z.enum(['namespace', 'policy']).optional(),
  /** For that NetworkPolicy: where pods reach the shared store. */
  storeAddresses: z
    .array(
      z.string().regex(/^[0-9a-fA-F.:]+\/[0-9]{1,3}$/, 'expected a range of addresses, such as 10.0.0.0/16'),
    )
    .optional(),
  /** Pods at once. */
  parallelism: numberFrom(1, 10_000, 'pods at once').optional(),
});
export type KubernetesSettings = z.infer<typeof kubernetesSettings>;
