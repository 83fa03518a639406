// No public method of a pinned release may be forgotten: each was called by a scenario or is listed as later.

import { LATER } from '../later.mjs';
import { methodOf } from './runner.mjs';

/** method → `{ state: run|failed|later|missing, reason?, variants? }` */
export function coverageOf(publicMethods, results) {
  const coverage = {};
  for (const method of publicMethods) coverage[method] = stateOf(method, results);
  return coverage;
}

function stateOf(method, results) {
  const relevant = results.filter((result) => result.covers.some((cover) => methodOf(cover) === method));
  if (relevant.length === 0) {
    return LATER[method] ? { state: 'later', reason: LATER[method] } : { state: 'missing' };
  }
  const covers = relevant.flatMap((result) => result.covers).filter((cover) => methodOf(cover) === method);
  const variants = [...new Set(covers.map((cover) => cover.split('/')[1]).filter(Boolean))].sort();
  const failed = relevant.filter((result) => result.status !== 'passed').map((result) => result.name);
  return failed.length ? { state: 'failed', failed, variants } : { state: 'run', variants };
}

/** One failed result per forgotten method, so that the run fails and says why. */
export function forgotten(coverage) {
  return Object.entries(coverage)
    .filter(([, { state }]) => state === 'missing')
    .map(([method]) => ({
      resource: 'coverage',
      name: `${method} is run or listed as later`,
      covers: [],
      status: 'failed',
      error: `${method} is public, no scenario calls it and later.mjs gives no reason`,
      ms: 0,
    }));
}
