import { createAction } from 'nango';
import * as z from 'zod';

const action = createAction({
    description: 'refuses',
    input: z.object({}),
    output: z.any(),
    exec: async (nango) => {
        throw new nango.ActionError({ message: 'not today', code: 7 });
    }
});

export default action;
