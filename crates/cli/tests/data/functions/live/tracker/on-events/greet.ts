import { createOnEvent } from 'nango';

const onEvent = createOnEvent({
    description: 'Greets the account',
    event: 'post-connection-creation',
    exec: async (nango) => {
        const response = await nango.get({ endpoint: '/api/user' });
        await nango.updateMetadata({ greeted: response.status });
        const { credentials } = await nango.getConnection();
        await nango.log(`greeted ${nango.connectionId} by ${credentials.type}`);
    }
});

export default onEvent;
