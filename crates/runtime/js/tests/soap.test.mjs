import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { HostRefusal, action, createEngine, withBody } from './support/engine.mjs';

const fixture = (name) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
const DOCUMENTS = {
  'https://docs.test/people.wsdl': fixture('people.wsdl'),
  'https://docs.test/base.xsd': fixture('base.xsd'),
};

const CREATE = `const soap = require('soap');
  const client = await soap.createClientAsync('https://docs.test/people.wsdl', {});
  client.setEndpoint('https://people.test/svc');`;

// Runs the body of an action with a client, against a service that gives `answer`.
async function run(body, answer = fixture('people-response.xml'), status = 200) {
  const engine = createEngine({
    fetch({ url, method }) {
      if (method === 'GET')
        return withBody({ status: url in DOCUMENTS ? 200 : 404 }, Buffer.from(DOCUMENTS[url] ?? ''));
      return withBody({ status, headers: {} }, Buffer.from(answer));
    },
  });
  const { ok, value } = await engine.run(action(CREATE + body));
  return { ok, value, posts: engine.callsOf('fetch').filter(({ method }) => method === 'POST') };
}

const bodyOf = (request) => /<soap:Body>(.*)<\/soap:Body>/.exec(request)[1];

test('a request is written as the description wants it', async () => {
  const { ok, posts } = await run(`
    client.addHttpHeader('Accept-Encoding', 'gzip, deflate');
    client.addHttpHeader('X-Tenant', 't');
    await client.Get_PeopleAsync({
      attributes: { 'pe:version': 'v1' },
      Reference: [{ ID: { attributes: { 'pe:type': 'Employee_ID' }, $value: 'a<b>&"' } }, { ID: [1, 2] }],
      Filter: { Page: 1, Count: 100 }, Active: true, Left: undefined, Nothing: null });`);
  assert.equal(ok, true);
  const [{ url, headers, body }] = posts;
  assert.equal(url, 'https://people.test/svc');
  assert.deepEqual(headers, {
    'Content-Type': 'text/xml; charset=utf-8',
    SOAPAction: '"urn:get-people"',
    'X-Tenant': 't',
  });
  assert.match(body, /^<\?xml version="1.0" encoding="utf-8"\?><soap:Envelope xmlns:soap="[^"]+" xmlns:xsi="[^"]+"/);
  assert.match(body, / xmlns:pe="urn:test.people\/svc" xmlns:b="urn:test.base">/);
  assert.equal(
    bodyOf(body),
    '<pe:Get_People_Request pe:version="v1"><pe:Reference><pe:ID pe:type="Employee_ID">a&lt;b&gt;&amp;&quot;</pe:ID>' +
      '</pe:Reference><pe:Reference><pe:ID>1</pe:ID><pe:ID>2</pe:ID></pe:Reference><pe:Filter><b:Page>1</b:Page>' +
      '<b:Count>100</b:Count></pe:Filter><pe:Active>true</pe:Active><pe:Nothing xsi:nil="true"></pe:Nothing>' +
      '</pe:Get_People_Request>',
  );
});

test('an answer is read by its types', async () => {
  const { value } = await run(`
    const [result, raw, header, sent] = await client.Get_PeopleAsync({});
    return { result, texts: [typeof raw, typeof sent, client.lastResponse === raw], header,
             isDate: result.Person[0].Hired instanceof Date };`);
  assert.deepEqual(value.result, {
    attributes: { 'pe:version': '1' },
    Total_Pages: 3,
    Person: [
      {
        Name: 'Zoë & <Co>',
        Reference: {
          attributes: { 'pe:Descriptor': 'd "q"' },
          ID: [
            { attributes: { 'pe:type': 'WID' }, $value: 'abc' },
            { attributes: { 'pe:type': 'Employee_ID' }, $value: '21001' },
          ],
        },
        Active: true,
        Salary: 12.5,
        Hired: '2020-01-02T00:00:00.000Z',
        Seen: '2020-01-02T03:04:05.000Z',
        Level: '7',
        Email: ['a@b.test'],
        Alias: 'x',
        Home: { Line: ['1'] },
        Extra: 'unknown',
      },
    ],
    Note: 'raw <b>',
  });
  assert.deepEqual(value.header, { Trace: 't1' });
  assert.deepEqual(value.texts, ['string', 'string', true]);
  assert.equal(value.isDate, true);
});

test('empty elements are null, or an empty text where the type says text', async () => {
  const person =
    '<b:Name></b:Name><pe:Reference/><pe:Reference pe:Descriptor="x"/><pe:Active/><pe:Home>  </pe:Home>' +
    '<b:Alias>x</b:Alias><b:Alias>y</b:Alias><pe:Gone xsi:nil="true"/><pe:Other>  sp  </pe:Other>';
  const { value } = await run(
    'return (await client.Get_PeopleAsync({}))[0];',
    `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
     <e:Body><pe:Get_People_Response xmlns:pe="urn:test.people/svc" xmlns:b="urn:test.base"><pe:Total_Pages/>
     <pe:Person>${person}</pe:Person><pe:Person/></pe:Get_People_Response></e:Body></e:Envelope>`,
  );
  assert.deepEqual(value, {
    Total_Pages: null,
    Person: [
      {
        Name: '',
        Reference: [null, { attributes: { 'pe:Descriptor': 'x' } }],
        Active: null,
        Home: null,
        Alias: ['x', 'y'],
        Other: 'sp',
      },
      null,
    ],
  });
});

test('a user name and a password go in the header of the envelope', async () => {
  const { posts } = await run(
    `client.setSecurity(new soap.WSSecurity('us<er', 'pa&ss')); await client.Get_PeopleAsync({});`,
  );
  const [{ body }] = posts;
  assert.match(body, /<soap:Header><wsse:Security [^>]*>.*<\/wsse:Security><\/soap:Header><soap:Body>/);
  assert.match(body, /<wsse:Username>us&lt;er<\/wsse:Username><wsse:Password Type="[^"]*#PasswordText">pa&amp;ss</);
  assert.match(body, /<wsu:Timestamp wsu:Id="[^"]+"><wsu:Created>[-\dT:]+Z<\/wsu:Created><wsu:Expires>[-\dT:]+Z</);
});

test('a password digest is over the nonce, the time and the password', async () => {
  const { posts, value } = await run(`client.setSecurity(new soap.security.WSSecurity('u', 'pw', 'PasswordDigest'));
    await client.Get_PeopleAsync({});
    const field = (pattern) => pattern.exec(client.lastRequest)[1];
    const nonce = Buffer.from(field(/Base64Binary">([^<]+)</), 'base64');
    const created = field(/<wsu:Created>([^<]+)<\\/wsu:Created><\\/wsse:UsernameToken>/);
    const { createHash } = require('crypto');
    return [field(/PasswordDigest">([^<]+)</), createHash('sha1').update(nonce).update(created + 'pw').digest('base64')];`);
  assert.equal(posts.length, 1);
  assert.equal(value[0], value[1]);
});

test('other ways to sign in set a header of the request', async () => {
  const { posts } =
    await run(`client.setSecurity(new soap.BasicAuthSecurity('u', 'p')); await client.Get_PeopleAsync({});
    client.setSecurity(new soap.BearerSecurity('tok')); await client.Get_PeopleAsync({}, {}, { 'X-One': '1' });`);
  assert.equal(posts[0].headers.Authorization, 'Basic dTpw');
  assert.equal(posts[1].headers.Authorization, 'Bearer tok');
  assert.equal(posts[1].headers['X-One'], '1');
});

test('headers of the envelope can be added', async () => {
  const { posts } =
    await run(`client.addSoapHeader('<raw/>'); client.addSoapHeader({ Token: 'a&b' }, '', 'urn:h', 'h');
    await client.Get_PeopleAsync({});`);
  assert.match(posts[0].body, /<soap:Header><raw\/><h:Token xmlns:h="urn:h">a&amp;b<\/h:Token><\/soap:Header>/);
});

test('a fault is an error with the answer', async () => {
  const fault = (content, namespace = 'http://schemas.xmlsoap.org/soap/envelope/') =>
    `<e:Envelope xmlns:e="${namespace}" xmlns:w="urn:w"><e:Body><e:Fault>${content}</e:Fault></e:Body></e:Envelope>`;
  const caught =
    'try { await client.Get_PeopleAsync({}); } catch (e) { return [e.message, e.response.status, e.body.length > 0, !!e.root]; }';
  const old = fault('<faultcode>e:Client</faultcode><faultstring>no</faultstring><detail><w:V>m</w:V></detail>');
  assert.deepEqual((await run(caught, old, 500)).value, ['e:Client: no: {"V":"m"}', 500, true, true]);
  const newer = fault(
    '<e:Code><e:Value>e:Sender</e:Value></e:Code><e:Reason><e:Text xml:lang="en">why</e:Text></e:Reason>',
    'http://www.w3.org/2003/05/soap-envelope',
  );
  assert.deepEqual((await run(caught, newer, 400)).value, ['e:Sender: why', 400, true, true]);
});

test('an answer that is no envelope is an error', async () => {
  const caught = 'try { await client.Get_PeopleAsync({}); } catch (e) { return [e.message, e.response.status]; }';
  for (const answer of [
    'not xml',
    '<html><body>x</body></html>',
    '<a><b></a>',
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
  ]) {
    assert.deepEqual((await run(caught, answer, 503)).value, ['Cannot parse response', 503]);
  }
});

test('a compressed answer is read', async () => {
  const { value } = await run(
    'return (await client.Get_PeopleAsync({}))[0].Total_Pages;',
    zlib.gzipSync(fixture('people-response.xml')),
  );
  assert.equal(value, 3);
});

test('clients can be made and called with callbacks', async () => {
  const { value } = await run(`const made = await new Promise((resolve, reject) =>
      soap.createClient('https://docs.test/people.wsdl', (error, client) => (error ? reject(error) : resolve(client))));
    return await new Promise((resolve) => made.Get_People({}, (error, result) => resolve(result.Total_Pages)));`);
  assert.equal(value, 3);
});

test('a description that cannot be read is an error', async () => {
  const missing = await run("await soap.createClientAsync('https://docs.test/missing.wsdl');");
  assert.match(missing.value.payload.message, /missing.wsdl answered 404/);
  const engine = createEngine({
    fetch() {
      throw new HostRefusal({ code: 'ENOTFOUND', message: 'no such host', network: true });
    },
  });
  const { value } = await engine.run(action("await require('soap').createClientAsync('https://docs.test/x');"));
  assert.equal(value.payload.message, 'no such host');
});
