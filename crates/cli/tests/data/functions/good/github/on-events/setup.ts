import { createOnEvent } from 'nango';

export default createOnEvent({
    event: 'post-connection-creation',
    description: 'Notes a new connection',
    exec: async (nango) => {
        await nango.log('connected');
    }
});
