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
    at: z
      .string()
      .regex(/^(\/[A-Za-z0-9._-]+)+$/, 'expected an absolute path')
      .meta({ description: 'Where pods see it: an absolute path.' }),
    claim: objectName.optional().meta({ description: 'A PersistentVolumeClaim of the namespace.' }),
    hostPath: place('path').optional().meta({ description: 'A folder of the nodes.' }),
    readOnly: z
      .enum(['true', 'false'])
      .transform((word) => word === 'true')
      .optional()
      .meta({ description: 'Whether nothing is written there.' }),
  })
  .refine(({ claim, hostPath }) => (claim === undefined) !== (hostPath === undefined), {
    error: 'expected either claim or hostPath',
  });

const toleration = z.strictObject({
  key: z.string().min(1).max(317).optional().meta({ description: 'Of the taint.' }),
  operator: z.enum(['Exists', 'Equal']).optional().meta({ description: 'Whether the value counts.' }),
  value: label.optional().meta({ description: 'Of the taint.' }),
  effect: z
    .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
    .optional()
    .meta({ description: 'Which effect is borne.' }),
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
  context: z
    .string()
    .min(1)
    .max(1024)
    .optional()
    .meta({
      description: 'Of the kubeconfig. Default: its current one, and in a pod its own cluster.',
      examples: ['builds'],
    }),
  namespace: objectName.optional().meta({ description: "Default: the context's.", examples: ['builds'] }),
  image: z
    .string()
    .min(1)
    .max(1024)
    .optional()
    .meta({
      description: 'This program with git and Go, of the same version.',
      examples: ['registry.example.com/eksd-rebuild:0.1.0'],
    }),
  imagePullSecrets: z
    .array(objectName)
    .optional()
    .meta({ description: 'Secrets of the namespace by which that image is had.', examples: [['registry']] }),
  nodeSelectors: z
    .record(platform, labels)
    .optional()
    .meta({
      description:
        "By this machine's platform, which is that of the pods: beside `kubernetes.io/arch` and `kubernetes.io/os`.",
      examples: [{ 'linux/amd64': { pool: 'builds' } }],
    }),
  requests: z
    .strictObject({ cpu: quantity.optional(), memory: quantity.optional(), storage: quantity.optional() })
    .optional()
    .meta({
      description: 'Of a pod. Default: 1 and 4Gi; memory is a limit, too.',
      examples: [{ cpu: '4', memory: '8Gi', storage: '20Gi' }],
    }),
  tolerations: z
    .array(toleration)
    .optional()
    .meta({
      description: 'Which taints of nodes pods bear.',
      examples: [[{ key: 'builds', operator: 'Exists' }]],
    }),
  serviceAccount: objectName.optional().meta({
    description: 'Whose role reaches the shared store; its token is not mounted.',
    examples: ['builder'],
  }),
  secret: objectName.optional().meta({
    description: 'A Secret with variables of the pods, where a role does not do: keys of a store, say.',
    examples: ['store-keys'],
  }),
  environment: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected a variable'), plainValue)
    .optional()
    .meta({
      description: "Of the pods, which get nothing of this machine's.",
      examples: [{ GOPROXY: 'https://proxy.example.com' }],
    }),
  volumes: z
    .array(volume)
    .optional()
    .meta({
      description: 'A claim of the namespace or a folder of the nodes (`hostPath`), and where pods see it.',
      examples: [[{ at: '/mnt/shared', claim: 'shared' }]],
    }),
  isolation: z
    .enum(['namespace', 'users', 'policy'])
    .optional()
    .meta({
      description:
        'What keeps compile tasks from the network: `namespace`, one of their own, for which pods may make user namespaces (seccomp Unconfined); `users`, the same in pods that have a user namespace themselves and all of /proc, so that nothing of the sandbox is lacking (Kubernetes since 1.33, containerd since 2.0); `policy`, the NetworkPolicy that --policy prints, and pods under seccomp RuntimeDefault.',
      examples: ['namespace'],
    }),
  storeAddresses: z
    .array(
      z.string().regex(/^[0-9a-fA-F.:]+\/[0-9]{1,3}$/, 'expected a range of addresses, such as 10.0.0.0/16'),
    )
    .optional()
    .meta({ description: 'For that NetworkPolicy: where pods reach a bucket.', examples: [['10.0.0.0/16']] }),
  parallelism: numberFrom(1, 10_000, 'pods at once')
    .optional()
    .meta({ description: 'Pods at once. Default: 16.', examples: ['64'] }),
});
export type KubernetesSettings = z.infer<typeof kubernetesSettings>;
