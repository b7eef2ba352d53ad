/**
 * What the tasks of two real runs took, in seconds, on two cores beside other work: the plain components of v1-30-eks-5 as far as they were
 * built, with an empty store, and for linux/amd64 alone with all sources at hand. A line a project: its Go; source; then for each
 * module its modules and its builds, `-` for what was not made.
 */
export const firstRun = `
go1.21.10 19.3; go1.22.3 38.5
containernetworking/plugins           go1.21.10   4.0   11.4 amd64 91.8 arm64 89.6
coredns/coredns                       go1.21.10   2.7  304.7 amd64 223.3 arm64 220.9
etcd-io/etcd                          go1.21.10   4.4   31.6 amd64 103.6 arm64 107.8
etcd-io/etcd/server                   go1.21.10   4.4   50.7 amd64 44.4 arm64 45.6
kubernetes-csi/external-attacher      go1.21.10   6.3   92.2 amd64 272.9 arm64 270.5
kubernetes-csi/external-provisioner   go1.21.10   8.1  109.9 amd64 138.7 arm64 141.0
kubernetes-csi/external-resizer       go1.21.10  15.2  138.0 amd64 38.1 arm64 37.1
kubernetes-csi/external-snapshotter   go1.21.10  16.5  150.1 amd64 222.2 arm64 223.2
kubernetes-csi/livenessprobe          go1.21.10  14.5  209.0 amd64 8.9 arm64 4.1 windows 135.3
kubernetes-csi/node-driver-registrar  go1.21.10   7.2  129.1 amd64 16.3 arm64 16.4 windows 14.7
kubernetes-sigs/aws-iam-authenticator go1.22.3    2.4  132.8 amd64 279.1 darwin 298.5
kubernetes-sigs/metrics-server        go1.21.10   1.8  139.9
kubernetes/cloud-provider-aws         go1.22.3    1.1  155.4
kubernetes/release                    go1.21.10   5.7    9.7
`;

export const compiledAgain = `
containernetworking/plugins           go1.21.10 - - amd64 33.3
coredns/coredns                       go1.21.10 - - amd64 146.6
etcd-io/etcd                          go1.21.10 - - amd64 29.2
etcd-io/etcd/server                   go1.21.10 - - amd64 17.6
kubernetes-csi/external-attacher      go1.21.10 - - amd64 112.1
kubernetes-csi/external-provisioner   go1.21.10 - - amd64 44.4
kubernetes-csi/external-resizer       go1.21.10 - - amd64 14.4
kubernetes-csi/external-snapshotter   go1.21.10 - - amd64 65.2
kubernetes-csi/livenessprobe          go1.21.10 - - amd64 1.6
kubernetes-csi/node-driver-registrar  go1.21.10 - - amd64 4.6
kubernetes-sigs/aws-iam-authenticator go1.22.3  - - amd64 154.6
kubernetes-sigs/metrics-server        go1.21.10 - - amd64 80.3
kubernetes/cloud-provider-aws         go1.22.3  - - amd64 191.2
kubernetes/release                    go1.21.10 - - amd64 13.5
`;

export interface RecordedTask {
  readonly id: string;
  readonly kind: 'toolchain' | 'source' | 'modules' | 'go-build';
  readonly needs: readonly string[];
  readonly seconds: number;
  /** Builds that the same word stands for run one after another. */
  readonly exclusive: string | undefined;
}

/** The tasks of such a text, each after what it needs. */
export function tasksOf(text: string): readonly RecordedTask[] {
  const lines = text.trim().split('\n');
  const gos = [...(lines[0] ?? '').matchAll(/(go\S+) ([0-9.]+)(?:;|$)/g)];
  const toolchains = gos.map(([, go = '', seconds]) => task('toolchain', `toolchain ${go}`, [], seconds));
  const tasks = [...toolchains];
  for (const line of lines.slice(gos.length > 0 ? 1 : 0)) {
    const [project = '', go = '', source = '-', modules = '-', ...builds] = line.split(/ +/);
    const known = new Set(tasks.map(({ id }) => id));
    const both = [`toolchain ${go}`, `source ${project}`];
    if (source !== '-') tasks.push(task('source', `source ${project}`, [], source));
    if (modules !== '-') tasks.push(task('modules', `modules ${project}`, both, modules));
    for (let at = 0; at < builds.length; at += 2) {
      const needs = source === '-' ? both.filter((id) => known.has(id)) : [...both, `modules ${project}`];
      const made = task('go-build', `go-build ${project} ${builds[at]}`, needs, builds[at + 1]);
      tasks.push({ ...made, exclusive: `${go} ${builds[at]}` });
    }
  }
  return tasks;
}

function task(kind: RecordedTask['kind'], id: string, needs: readonly string[], seconds = '0'): RecordedTask {
  return { id, kind, needs, seconds: Number(seconds), exclusive: undefined };
}
