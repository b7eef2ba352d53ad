import type { Json } from '../../core/canonical-json.ts';
import { networkLabel } from './job.ts';

/** What a cluster's user sees to, as objects of its API: for `kubectl apply`. */
export interface RoleOptions {
  readonly namespace: string;
  readonly isolation: 'namespace' | 'users' | 'policy';
  /** CIDRs at which pods reach the shared store. */
  readonly storeAddresses: readonly string[];
}

/**
 * The least Role of who runs tasks in a namespace; pods themselves ask the API for nothing, and get no token. Where a NetworkPolicy is
 * what keeps compile tasks from the network, that too: their pods reach the shared store, and nothing else.
 */
export function leastRole({ namespace, isolation, storeAddresses }: RoleOptions): Json {
  const name = 'eksd-rebuild';
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name, namespace },
    rules: [
      { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'delete', 'list'] },
      { apiGroups: [''], resources: ['pods', 'events'], verbs: ['list'] },
      { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
    ],
  };
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `${name}-compile`, namespace },
    spec: {
      podSelector: { matchLabels: { [networkLabel]: 'none' } },
      policyTypes: ['Ingress', 'Egress'],
      egress:
        storeAddresses.length === 0
          ? []
          : [
              { to: storeAddresses.map((cidr) => ({ ipBlock: { cidr } })) },
              {
                ports: [...portsOf(53, 'UDP'), ...portsOf(53, 'TCP')],
                to: [{ namespaceSelector: systemOnly }],
              },
            ],
    },
  };
  return { apiVersion: 'v1', kind: 'List', items: isolation === 'policy' ? [role, policy] : [role] };
}

/** Where a cluster's own DNS is. */
const systemOnly = { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } };

function portsOf(port: number, protocol: string) {
  return [{ port, protocol }];
}
