import { createSync } from 'nango';
import * as z from 'zod';

const sync = createSync({
    description: 'Runs too often',
    frequency: 'every 5 seconds',
    syncType: 'incremental',
    trackDeletes: true,
    endpoints: [
        { method: 'GET', path: '/x' },
        { method: 'GET', path: '/x' }
    ],
    models: { item: z.object({ id: z.string() }) },
    exec: async (nango) => {
        await nango.batchSave([{ id: '1' }], 'item');
    }
});

export default sync;
