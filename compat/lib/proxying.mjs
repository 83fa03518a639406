// Helpers of the proxy scenarios: a path of the simulated provider that nobody else uses, and what arrived there.

/** `probe.endpoint` for the client, `probe.arrived()` for the one request the provider saw. */
export function probeOf({ version, simulator, seed }, topic, kind = 'none') {
  const endpoint = `/echo/${version}/${topic}`;
  return {
    endpoint,
    config: { endpoint, ...connectionOf(seed, kind) },
    arrived: () => simulator.seen(`/api${endpoint}`),
  };
}

export const connectionOf = (seed, kind) => ({
  providerConfigKey: seed.keys[kind],
  connectionId: seed.connections[kind],
});
