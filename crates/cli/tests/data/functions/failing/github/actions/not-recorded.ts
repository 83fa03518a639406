import { createAction } from 'nango';
import * as z from 'zod';

const action = createAction({
    description: 'not-recorded',
    input: z.object({}),
    output: z.any(),
    exec: async (nango) => {
        const response = await nango.get({ endpoint: '/users', params: { page: 2 } });
        return response.data;
    }
});

export default action;
