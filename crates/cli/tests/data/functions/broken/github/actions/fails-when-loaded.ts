import { createAction } from 'nango';
import * as z from 'zod';

const settings = JSON.parse('{');

const action = createAction({
    description: 'Fails when it is loaded',
    input: z.object({}),
    output: z.any(),
    exec: async () => settings
});

export default action;
