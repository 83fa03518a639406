// The pinned releases of the official client, each installed under its own alias (see package.json),
// and the release ranges in which a form of a request exists.

export const VERSIONS = [
  '0.36.12',
  '0.39.33',
  '0.42.4',
  '0.48.4',
  '0.55.0',
  '0.60.5',
  '0.64.4',
  '0.66.2',
  '0.69.50',
  '0.71.10',
];

export const packageOf = (version) => `nango-${version}`;

/** A short id for names on the server: `0.36.12` becomes `v0-36-12`. */
export const slugOf = (version) => `v${version.replaceAll('.', '-')}`;

/** Whether `version` lies in `{ since, before }` (inclusive, exclusive; both optional). */
export function inRange(version, range = {}) {
  if (range.since && compare(version, range.since) < 0) return false;
  if (range.before && compare(version, range.before) >= 0) return false;
  return true;
}

function compare(left, right) {
  const a = left.split('.').map(Number);
  const b = right.split('.').map(Number);
  for (let part = 0; part < 3; part += 1) {
    if (a[part] !== b[part]) return a[part] - b[part];
  }
  return 0;
}
