import { createAction } from 'nango';
import * as z from 'zod';

export default createAction({
  description: 'Makes an issue',
  endpoint: { method: 'POST', path: '/compat/issues', group: 'Issues' },
  input: z.object({ title: z.string() }),
  output: z.object({ id: z.string() }),
  exec: async (_nango, input) => ({ id: input.title }),
});
