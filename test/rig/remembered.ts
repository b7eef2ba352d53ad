/** A function that does its work once for each argument: reading the repository's own files takes a sixth of the unit tests' time. */
export function remembered<A, R>(work: (argument: A) => R): (argument: A) => R {
  const known = new Map<A, R>();
  return (argument) => {
    if (!known.has(argument)) known.set(argument, work(argument));
    return known.get(argument) as R;
  };
}
