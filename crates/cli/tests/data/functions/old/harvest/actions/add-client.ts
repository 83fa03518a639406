import { createAction } from 'nango';
import * as z from 'zod';

const action = createAction({
    description: 'Adds a client',
    input: z.object({ name: z.string() }),
    output: z.object({ id: z.number() }),
    exec: async (nango, input) => {
        const response = await nango.post({ endpoint: '/v2/clients', params: { notify: 'no' }, data: input });
        return { id: response.data.id };
    }
});

export default action;
