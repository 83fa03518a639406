// Runs a list of scenarios one after the other and reports each: name, what it covers, outcome, time.

import { Mismatch } from './expect.mjs';

/**
 * Runs those scenarios that apply and whose name or resource contains `only`.
 * `around(scenario)` gives `{ context, called }`; `called` may be absent when no client is watched.
 */
export async function runScenarios(groups, { applies, only = '' }, around) {
  const results = [];
  for (const { resource, scenarios } of groups) {
    const chosen = scenarios.filter((scenario) => applies(scenario) && `${resource}: ${scenario.name}`.includes(only));
    for (const scenario of chosen) results.push(await runOne(resource, scenario, around));
  }
  return results;
}

async function runOne(resource, scenario, around) {
  const covers = scenario.covers ?? [];
  const result = { resource, name: scenario.name, covers, status: 'passed' };
  const begun = performance.now();
  const { context, called } = around(scenario);
  try {
    await scenario.run(context);
    const unused = covers.map(methodOf).filter((method) => called && !called.has(method));
    if (unused.length) throw new Mismatch(`claims to cover ${unused} but did not call it`);
  } catch (error) {
    result.status = 'failed';
    result.error = describe(error);
  }
  result.ms = Math.round(performance.now() - begun);
  return result;
}

/** `listConnections/e` covers the method `listConnections` in its form e. */
export const methodOf = (cover) => cover.split('/')[0];

function describe(error) {
  if (error instanceof Mismatch) return error.message;
  if (error?.response) {
    const { status, data, config } = error.response;
    const body = Buffer.isBuffer(data) ? data.toString('utf8') : safeJson(data);
    return `unexpected ${status} from ${config?.method} ${config?.url}: ${body?.slice(0, 500)}`;
  }
  return error?.stack ?? String(error);
}

function safeJson(value) {
  try {
    return JSON.stringify(value);
  } catch {
    return String(value);
  }
}
