import { createSync } from 'nango';
import * as z from 'zod';
import { toIssue } from '../shared.js';

const Issue = z.object({ id: z.string(), title: z.string() });

const sync = createSync({
    description: 'Copies all issues',
    frequency: 'every hour',
    models: { Issue },
    checkpoint: z.object({ page: z.number() }),
    exec: async (nango) => {
        const checkpoint = await nango.getCheckpoint();
        const issues = nango.paginate<{ number: number; title: string; state: string }>({
            endpoint: '/issues',
            params: { state: 'all', since: String(checkpoint?.page ?? 0) },
            paginate: { limit: 2 }
        });
        for await (const page of issues) {
            await nango.batchSave(page.filter((issue) => issue.state === 'open').map(toIssue), 'Issue');
            await nango.batchDelete(page.filter((issue) => issue.state !== 'open').map(toIssue), 'Issue');
            await nango.saveCheckpoint({ page: 1 });
        }
    }
});

export default sync;
