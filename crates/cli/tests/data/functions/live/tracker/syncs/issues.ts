import { createSync } from 'nango';
import * as z from 'zod';

const sync = createSync({
    description: 'Copies issues',
    frequency: 'every hour',
    models: { Issue: z.object({ id: z.string(), title: z.string() }) },
    checkpoint: z.object({ since: z.string() }),
    exec: async (nango) => {
        const checkpoint = await nango.getCheckpoint();
        const pages = nango.paginate<{ id: number; title: string; updated_at: string }>({
            endpoint: '/api/issues-link',
            params: checkpoint ? { updated_since: checkpoint.since } : {},
            paginate: { limit: 100 }
        });
        for await (const page of pages) {
            await nango.batchSave(page.map((issue) => ({ id: String(issue.id), title: issue.title })), 'Issue');
            const last = page.at(-1);
            if (last) await nango.saveCheckpoint({ since: last.updated_at });
        }
    }
});

export default sync;
