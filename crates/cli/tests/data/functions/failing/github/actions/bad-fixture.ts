import { createAction } from 'nango';
import * as z from 'zod';

const action = createAction({
    description: 'bad-fixture',
    input: z.object({}),
    output: z.any(),
    exec: async (nango) => {
        return 1;
    }
});

export default action;
