import { createSync } from 'nango';
import * as z from 'zod';

const sync = createSync({
    description: 'records',
    frequency: 'every day',
    models: { User: z.object({ id: z.string() }), Team: z.object({ id: z.string() }) },
    exec: async (nango) => {
        await nango.batchSave([{ id: '1' }], 'User');
        await nango.batchSave([{ id: '2' }], 'Team');
    }
});

export default sync;
