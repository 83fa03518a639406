// The pinned releases of the official frontend, each installed under its own alias (see package.json).

export const VERSIONS = ['0.36.89', '0.42.13', '0.48.4', '0.61.3', '0.68.1', '0.69.50', '0.71.10'];

export const packageOf = (version) => `frontend-${version}`;

/** Releases that take a connect session's token; older ones have the public key alone. */
export const takesSession = (version) => atLeast(version, '0.48.0');

/** Whether a release is `least` or newer. */
export function atLeast(version, least) {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number));
  for (const at of [0, 1, 2]) if (a[at] !== b[at]) return a[at] > b[at];
  return true;
}
