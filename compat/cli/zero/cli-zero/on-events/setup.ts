import { createOnEvent } from 'nango';

export default createOnEvent({
  event: 'post-connection-creation',
  description: 'Greets',
  exec: async (nango) => {
    await nango.log('hello');
  },
});
