/**
 * Which of EKS Distro's base images its images stood on: `standard`, a whole distribution, or `minimal`, without a shell.
 * Branches 1-18 and 1-19 never left the first, 1-20 and 1-21 did on 2022-08-02 (releases 1-20:20 and 1-21:18; the ones
 * before them are of 2022-07-28, they themselves of 2022-08-31 and later), all others began with the second.
 * @param date of the commit of EKS-D that the pins were read from, RFC 3339.
 */
export function baseFamily(branch: string, date: string): 'standard' | 'minimal' {
  const minor = Number(branch.split('-')[1]);
  if (minor < 20) return 'standard';
  return minor < 22 && Date.parse(date) < Date.parse('2022-08-15') ? 'standard' : 'minimal';
}
