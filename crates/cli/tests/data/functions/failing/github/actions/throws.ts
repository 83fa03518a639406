import { createAction } from 'nango';
import * as z from 'zod';

const action = createAction({
    description: 'throws',
    input: z.object({}),
    output: z.any(),
    exec: async (nango) => {
        throw new Error('there is no list');
    }
});

export default action;
