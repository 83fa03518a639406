import { createAction } from 'nango';
import * as z from 'zod';

const action = createAction({
    description: 'throws',
    input: z.object({}),
    output: z.any(),
    exec: async (nango) => {
        const nothing = null as unknown as { length: number };
        return nothing.length;
    }
});

export default action;
