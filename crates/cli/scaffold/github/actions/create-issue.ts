import { createAction } from 'nango';
import * as z from 'zod';
import { type GithubIssue, Issue, toIssue } from '../models.js';

const action = createAction({
    description: 'Opens an issue in a repository',
    version: '1.0.0',
    endpoint: { method: 'POST', path: '/github/issues', group: 'Issues' },
    input: z.object({
        owner: z.string(),
        repository: z.string(),
        title: z.string().min(1),
        body: z.string().optional()
    }),
    output: Issue,
    scopes: ['repo'],
    exec: async (nango, input) => {
        // https://docs.github.com/en/rest/issues/issues#create-an-issue
        const response = await nango.post<GithubIssue>({
            endpoint: `/repos/${input.owner}/${input.repository}/issues`,
            data: { title: input.title, body: input.body },
            retries: 3
        });
        return toIssue(response.data);
    }
});

export default action;
