import { createSync } from 'nango';
import * as z from 'zod';
import { type GithubIssue, Issue, toIssue } from '../models.js';

const sync = createSync({
    description: 'Copies the issues of the repository that is named in the metadata of the connection',
    version: '1.0.0',
    frequency: 'every hour',
    autoStart: true,
    models: { Issue },
    endpoints: [{ method: 'GET', path: '/github/issues', group: 'Issues' }],
    scopes: ['repo'],
    metadata: z.object({ owner: z.string(), repository: z.string() }),
    checkpoint: z.object({ updatedAt: z.string() }),
    exec: async (nango) => {
        const { owner, repository } = await nango.getMetadata();
        const checkpoint = await nango.getCheckpoint();
        const pages = nango.paginate<GithubIssue>({
            // https://docs.github.com/en/rest/issues/issues#list-repository-issues
            endpoint: `/repos/${owner}/${repository}/issues`,
            params: {
                state: 'all',
                sort: 'updated',
                direction: 'asc',
                ...(checkpoint && { since: checkpoint.updatedAt })
            },
            paginate: { limit: 100 },
            retries: 3
        });
        for await (const page of pages) {
            const issues = page.filter((issue) => issue.pull_request === undefined);
            await nango.batchSave(issues.map(toIssue), 'Issue');
            // The next run goes on from here, also when this one is interrupted.
            const last = page.at(-1);
            if (last) await nango.saveCheckpoint({ updatedAt: last.updated_at });
        }
    }
});

export default sync;
