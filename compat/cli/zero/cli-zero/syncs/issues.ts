import { createSync } from 'nango';
import * as z from 'zod';

const Issue = z.object({ id: z.string(), title: z.string() });

const sync = createSync({
  description: 'Fetches issues',
  frequency: 'every hour',
  autoStart: true,
  syncType: 'full',
  endpoints: [{ method: 'GET', path: '/compat/issues', group: 'Issues' }],
  models: { Issue },
  exec: async (nango) => {
    await nango.batchSave([{ id: '1', title: 'first' }], 'Issue');
  },
});

export type NangoSyncLocal = Parameters<(typeof sync)['exec']>[0];
export default sync;
