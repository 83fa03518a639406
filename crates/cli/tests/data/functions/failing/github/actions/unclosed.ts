import { createAction } from 'nango';
import * as z from 'zod';

const action = createAction({
    description: 'unclosed',
    input: z.object({}),
    output: z.any(),
    exec: async (nango) => {
        return [1, 2;
    }
});

export default action;
