import { createOnEvent } from 'nango';
import * as z from 'zod';

const onEvent = createOnEvent({
    description: 'Keeps the name of the connected account in the metadata of the connection',
    event: 'post-connection-creation',
    metadata: z.object({ login: z.string().optional() }),
    exec: async (nango) => {
        // https://docs.github.com/en/rest/users/users#get-the-authenticated-user
        const response = await nango.get<{ login: string }>({ endpoint: '/user', retries: 3 });
        await nango.updateMetadata({ login: response.data.login });
    }
});

export default onEvent;
