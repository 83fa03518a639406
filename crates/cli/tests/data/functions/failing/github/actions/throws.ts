import { createAction } from 'nango';
import * as z from 'zod';

const action = createAction({
    description: 'throws',
    input: z.object({}),
    output: z.any(),
    exec: async (nango) => {
        const items: string[] = JSON.parse('null');
        return items.length;
    }
});

export default action;
