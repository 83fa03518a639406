import { readFileSync } from 'fs';
import { createAction } from 'nango';
import * as z from 'zod';

const action = createAction({
    description: 'Reads a file',
    input: z.object({}),
    output: z.string(),
    exec: async () => readFileSync('/etc/hosts', 'utf8')
});

export default action;
