import { createSync } from 'nango';
import * as z from 'zod';

const sync = createSync({
    description: 'Copies clients',
    frequency: 'every day',
    models: { Client: z.object({ id: z.string() }) },
    exec: async (nango) => {
        const { metadata } = await nango.getConnection();
        const response = await nango.get({ endpoint: '/v2/clients', params: { account: String(metadata?.account) } });
        await nango.batchSave(response.data.clients, 'Client');
    }
});

export default sync;
