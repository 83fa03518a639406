import { createAction } from 'nango';
import * as z from 'zod';

const action = createAction({
    description: 'Opens an issue',
    input: z.object({ title: z.string() }),
    output: z.object({ id: z.string(), title: z.string() }),
    exec: async (nango, input) => {
        const { prefix } = await nango.getMetadata<{ prefix: string }>();
        const response = await nango.post({ endpoint: '/api/issues', data: { title: `${prefix} ${input.title}` } });
        await nango.log(`opened ${response.status}`);
        if (input.title === 'fail') {
            throw new nango.ActionError({ message: 'not this one' });
        }
        const id = input.title === 'number' ? response.data.id : String(response.data.id);
        return { id, title: response.data.title };
    }
});

export default action;
