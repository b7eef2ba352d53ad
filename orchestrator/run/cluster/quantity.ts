/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity */
const factors: Readonly<Record<string, number>> = {
  ...{ m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** Bytes of a quantity as Kubernetes writes it, which the settings' schema has looked at. */
export function bytesOf(quantity: string): number {
  const [, number = '0', suffix = ''] = /^([0-9.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  return Math.floor(Number(number) * (factors[suffix] ?? 1));
}
