// Checks of received webhooks, which the client makes without the server.

import { createHash, createHmac } from 'node:crypto';
import { equal } from '../lib/expect.mjs';

const PAYLOAD = { from: 'nango', type: 'auth', nested: { list: [1, 'ü'] } };
const RAW = JSON.stringify(PAYLOAD);
const plainHash = (key, body) => createHash('sha256').update(`${key}${body}`).digest('hex');
const hmac = (key, body) => createHmac('sha256', key).update(body).digest('hex');

export default {
  resource: 'webhooks',
  scenarios: [
    {
      name: 'the older signature is checked with the secret key',
      covers: ['verifyWebhookSignature'],
      since: '0.39.17',
      run({ nango, target }) {
        equal(nango.verifyWebhookSignature(plainHash(target.secretKey, RAW), PAYLOAD), true, 'right');
        equal(nango.verifyWebhookSignature(plainHash('other', RAW), PAYLOAD), false, 'other key');
        equal(
          nango.verifyWebhookSignature(plainHash(target.secretKey, RAW), { ...PAYLOAD, more: 1 }),
          false,
          'other body',
        );
      },
    },
    {
      name: 'the HMAC signature is checked over the raw body, header name in any case',
      covers: ['verifyIncomingWebhookRequest'],
      since: '0.69.15',
      run({ nango, target }) {
        const good = hmac(target.secretKey, RAW);
        equal(nango.verifyIncomingWebhookRequest(RAW, { 'X-Nango-Hmac-Sha256': good }), true, 'right');
        equal(nango.verifyIncomingWebhookRequest(RAW, { 'x-nango-hmac-sha256': good }), true, 'right, lower case');
        equal(nango.verifyIncomingWebhookRequest(`${RAW} `, { 'x-nango-hmac-sha256': good }), false, 'other body');
        equal(nango.verifyIncomingWebhookRequest(RAW, { 'x-nango-hmac-sha256': good.slice(1) }), false, 'other length');
        equal(nango.verifyIncomingWebhookRequest(RAW, {}), false, 'no header');
        equal(nango.verifyIncomingWebhookRequest(RAW, { 'x-nango-hmac-sha256': 1 }), false, 'not text');
      },
    },
    {
      name: 'a signing key of its own wins over the secret key',
      covers: ['verifyWebhookSignature', 'verifyIncomingWebhookRequest'],
      since: '0.70.7',
      run({ clientOf, target }) {
        const nango = clientOf({ webhookSigningKey: 'signing-key' });
        equal(
          nango.verifyIncomingWebhookRequest(RAW, { 'x-nango-hmac-sha256': hmac('signing-key', RAW) }),
          true,
          'right',
        );
        equal(
          nango.verifyIncomingWebhookRequest(RAW, { 'x-nango-hmac-sha256': hmac(target.secretKey, RAW) }),
          false,
          'secret',
        );
        equal(nango.verifyWebhookSignature(plainHash('signing-key', RAW), PAYLOAD), true, 'older, right');
        const keyless = clientOf({ secretKey: undefined, apiKey: target.secretKey });
        equal(
          keyless.verifyIncomingWebhookRequest(RAW, { 'x-nango-hmac-sha256': hmac(target.secretKey, RAW) }),
          false,
          'apiKey',
        );
      },
    },
  ],
};
