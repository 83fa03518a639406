import { createAction } from 'nango';
import * as z from 'zod';
import { toIssue } from '../shared.js';

const action = createAction({
    description: 'Opens an issue',
    version: '1.2.0',
    endpoint: { method: 'POST', path: '/issues', group: 'Issues' },
    input: z.object({ title: z.string(), due: z.date().optional() }),
    output: z.object({ id: z.string(), title: z.string() }),
    scopes: ['repo'],
    exec: async (nango, input) => {
        if (input.title === '') {
            throw new nango.ActionError({ message: 'an issue needs a title' });
        }
        const { repository } = await nango.getMetadata();
        const response = await nango.post({
            endpoint: `/repos/${repository}/issues`,
            headers: { 'X-Version': '1' },
            data: { title: input.title },
            retries: 3
        });
        await nango.log(`issue ${response.data.number}`);
        return toIssue(response.data);
    }
});

export default action;
