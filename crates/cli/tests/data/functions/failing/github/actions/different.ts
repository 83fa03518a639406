import { createAction } from 'nango';
import * as z from 'zod';

const action = createAction({
    description: 'different',
    input: z.object({}),
    output: z.any(),
    exec: async (nango) => {
        await nango.log('about to answer', { items: 2 });
        return { items: [{ name: 'a' }, { name: 'x' }], more: true };
    }
});

export default action;
