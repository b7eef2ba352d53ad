/**
 * A recipe for Kubernetes up to 1.23, as its own scripts called go: flags and values are two words, paths are trimmed of
 * what was built first-hand only. Real ones need generated files besides.
 */
export function earlyRecipe(tags: string): string {
  const names = ['client-go/pkg', 'component-base'].map(
    (name) => `k8s.io/kubernetes/vendor/k8s.io/${name}/version`,
  );
  const keys = { buildDate: 'date', gitCommit: 'commit', gitTreeState: 'state', gitVersion: 'version' };
  const stamps = Object.entries({ ...keys, gitMajor: 'major', gitMinor: 'minor' }).flatMap(([key, value]) =>
    names.map((name) => `      ${name}.${key}: '{kubernetes.${value}}'\n`),
  );
  const linux = '[linux/amd64, linux/arm64]';
  const nodes = '[linux/amd64, linux/arm64, windows/amd64]';
  const programs = [
    ['kubelet', nodes],
    ['kube-proxy', nodes],
    ['kubeadm', nodes],
    ['kubectl', '[linux/amd64, linux/arm64, windows/amd64, darwin/amd64]'],
    ['kube-apiserver', linux],
    ['kube-controller-manager', linux],
    ['kube-scheduler', linux],
  ];
  return `schema: 1
description: Kubernetes up to 1.23
builds:
  - programs:
${programs.map(([name, platforms]) => `      - { package: k8s.io/kubernetes/cmd/${name}, platforms: ${platforms} }`).join('\n')}
    layout:
      mode: gopath
      link: { gopath: _output/local/go, package: k8s.io/kubernetes }
      at: /home/prow/go/src/github.com/aws/eks-distro/projects/kubernetes/kubernetes/kubernetes
    ldflags: [-s, -w, '-buildid=""']
    flags: [-installsuffix, static, -gcflags, ' -trimpath={checkout}', -asmflags, '-trimpath={checkout}', -tags, '${tags}']
    stamps:
${stamps.join('')}`;
}
