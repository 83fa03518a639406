import assert from 'node:assert/strict';
import { test } from 'node:test';
import { action, createEngine, withBody } from './support/engine.mjs';

// Answers the requests in order with `pages`: a body, or `{body, headers}`.
async function paginate(config, pages, { job, collect = 'pages.push(page)' } = {}) {
  const rest = [...pages];
  const engine = createEngine({
    http() {
      const page = rest.shift();
      const { body, headers = {} } = page?.body !== undefined ? page : { body: page };
      return withBody({ status: 200, headers, url: '' }, JSON.stringify(body));
    },
  });
  const source = `const pages = [], seen = []; const config = ${config};
    for await (const page of nango.paginate(config)) { ${collect}; }
    return { pages, seen, config };`;
  const { ok, value } = await engine.run(action(source), job);
  return { ok, value, sent: engine.callsOf('http') };
}

const ON_PAGE = 'on_page: ({ nextPageParam }) => { seen.push(nextPageParam ?? null); }';

test('offset by the size of the response ends at a short page', async () => {
  const { value, sent } = await paginate(
    `{ endpoint: '/x', params: { q: 'a' }, paginate: { type: 'offset', offset_name_in_request: 'skip', limit: 2,
       limit_name_in_request: 'take', response_path: 'data.items', ${ON_PAGE} } }`,
    [{ data: { items: [1, 2] } }, { data: { items: [3] } }],
  );
  assert.deepEqual(value.pages, [[1, 2], [3]]);
  assert.deepEqual(
    sent.map(({ params }) => params),
    [
      { q: 'a', take: '2', skip: '0' },
      { q: 'a', take: '2', skip: '2' },
    ],
  );
  assert.deepEqual(value.seen, [0], 'the short page ends before the callback');
  assert.deepEqual(value.config.params, { q: 'a', take: 2, skip: '2' }, 'the own object of the script is changed');
});

test('offset per page counts pages and ends at an empty one', async () => {
  const { value, sent } = await paginate(
    `{ endpoint: '/x', paginate: { type: 'offset', offset_name_in_request: 'page', offset_start_value: 1,
       offset_calculation_method: 'per-page', ${ON_PAGE} } }`,
    [[1, 2], [3], []],
  );
  assert.deepEqual(value.pages, [[1, 2], [3]]);
  assert.deepEqual(
    sent.map(({ params }) => params.page),
    ['1', '2', '3'],
  );
  assert.deepEqual(value.seen, [1, 2]);
});

test('parameters of a POST go in the body, with dotted keys expanded', async () => {
  const { sent } = await paginate(
    `{ endpoint: '/x', method: 'POST', data: { filter: 1 }, paginate: { type: 'offset',
       offset_name_in_request: 'page.offset', limit: 1, limit_name_in_request: 'page.limit' } }`,
    [[1], []],
  );
  assert.deepEqual(
    sent.map(({ data }) => data),
    [
      { filter: 1, page: { limit: 1, offset: 0 } },
      { filter: 1, page: { limit: 1, offset: 1 } },
    ],
  );
});

test('in_body of the script decides where the parameters go, but not in a recorded run', async () => {
  const config = `{ endpoint: '/x', method: 'POST', paginate: { type: 'offset', offset_name_in_request: 'o', in_body: false } }`;
  assert.deepEqual((await paginate(config, [[]])).sent[0].params, { o: '0' });
  assert.deepEqual((await paginate(config, [[]], { job: { harness: true } })).sent[0].data, { o: 0 });
});

test('a cursor is followed until there is none', async () => {
  const { value, sent } = await paginate(
    `{ endpoint: '/x', paginate: { type: 'cursor', cursor_name_in_request: 'after', cursor_path_in_response: 'meta.next',
       response_path: 'items', limit: 5, limit_name_in_request: 'n', ${ON_PAGE} } }`,
    [
      { items: [1], meta: { next: ' c2 ' } },
      { items: [2], meta: { next: 3 } },
      { items: [3], meta: { next: '  ' } },
    ],
  );
  assert.deepEqual(value.pages, [[1], [2], [3]]);
  assert.deepEqual(
    sent.map(({ params }) => params),
    [{ n: '5' }, { n: '5', after: 'c2' }, { n: '5', after: '3' }],
  );
  assert.deepEqual(value.seen, ['c2', 3, null]);
});

test('a cursor ends at a page without items, which is not yielded', async () => {
  const settings =
    "paginate: { type: 'cursor', cursor_name_in_request: 'c', cursor_path_in_response: 'c', response_path: 'i' }";
  for (const last of [{ i: [], c: 'more' }, { c: 'more' }]) {
    const { value } = await paginate(`{ endpoint: '/x', ${settings} }`, [{ i: [1], c: 'a' }, last]);
    assert.deepEqual(value.pages, [[1]]);
  }
});

test('a link of the header is followed on its own origin without the first parameters', async () => {
  const next = 'https://eu.api.test/v2/x?page=2&a=b';
  const { value, sent } = await paginate(
    `{ endpoint: '/x', params: { q: 1 }, paginate: { type: 'link', link_rel_in_response_header: 'next', limit: 2,
       limit_name_in_request: 'n', ${ON_PAGE} } }`,
    [
      { body: [1], headers: { link: `<https://a.test/0>; rel="prev first", <${next}>; title="a, b"; rel=next` } },
      [2],
    ],
  );
  assert.deepEqual(value.pages, [[1], [2]]);
  assert.deepEqual(sent[0].params, { q: '1', n: '2' });
  assert.equal(sent[1].params, undefined);
  assert.equal(sent[1].baseUrlOverride, 'https://eu.api.test');
  assert.equal(sent[1].endpoint, '/v2/x?page=2&a=b');
  assert.deepEqual(value.seen, [next, null]);
});

test('a link of the body may be relative, and ends when it repeats', async () => {
  const { value, sent } = await paginate(
    "{ endpoint: '/x', paginate: { type: 'link', link_path_in_response_body: 'links[0].href', response_path: 'i' } }",
    [
      { i: [1], links: [{ href: '/y?p=2' }] },
      { i: [], links: [{ href: '/y?p=2' }] },
    ],
  );
  assert.deepEqual(value.pages, [[1], []], 'a page without items is yielded all the same');
  assert.equal(sent[1].endpoint, '/y?p=2');
  assert.equal(sent.length, 2);
});

test('a key with a dot in it is found as it stands', async () => {
  const { value, sent } = await paginate(
    "{ endpoint: '/x', paginate: { type: 'link', link_path_in_response_body: '@odata.nextLink', response_path: 'value' } }",
    [{ value: [1], '@odata.nextLink': 'https://graph.test/v1.0/x?$skiptoken=a' }, { value: [2] }],
  );
  assert.deepEqual(value.pages, [[1], [2]]);
  assert.equal(sent[1].endpoint, '/v1.0/x?$skiptoken=a');
});

test("the provider's settings are overlaid by the script's", async () => {
  const provider = {
    type: 'cursor',
    cursor_name_in_request: 'a',
    cursor_path_in_response: 'n',
    limit_name_in_request: 'l',
  };
  const { sent } = await paginate(
    "{ endpoint: '/x', paginate: { cursor_name_in_request: 'b', limit: 9, response_path: 'i' } }",
    [{ i: [1], n: 'z' }, { i: [] }],
    { job: { paginate: provider } },
  );
  assert.deepEqual(
    sent.map(({ params }) => params),
    [{ l: '9' }, { l: '9', b: 'z' }],
  );
  assert.equal(sent[0].paginate, undefined);
});

test('settings that lack something are refused', async () => {
  const cases = [
    ['{}', 'There was no pagination configuration for this integration or configuration passed in.'],
    ["{ type: 'cursor' }", 'Param cursor_name_in_request is required for cursor pagination'],
    ["{ type: 'cursor', cursor_name_in_request: 'a' }", 'Param cursor_path_in_response is required'],
    [
      "{ type: 'cursor', cursor_name_in_request: 'a', cursor_path_in_response: 'b', limit: 1 }",
      'Param limit_name_in_request is required for cursor pagination',
    ],
    ["{ type: 'link' }", 'Either param link_rel_in_response_header or link_path_in_response_body is required'],
    ["{ type: 'offset' }", 'Param offset_name_in_request is required for offset pagination'],
    ["{ type: 'page' }", 'Pagination type page is not supported. Only cursor, link and offset'],
  ];
  for (const [settings, message] of cases) {
    const { ok, value } = await paginate(`{ endpoint: '/x', paginate: ${settings} }`, []);
    assert.equal(ok, false);
    assert.ok(value.payload.message.startsWith(message), value.payload.message);
  }
  const { value } = await paginate("{ endpoint: '/x', paginate: {} }", [], { job: { paginate: { limit: 1 } } });
  assert.equal(value.payload.message, 'Pagination type is required');
});

test('an unknown provider cannot be paginated', async () => {
  const { value } = await paginate("{ endpoint: '/x' }", [], { job: { providerKnown: false } });
  assert.equal(value.type, 'unknown_provider_template_in_config');
});

test('a recorded run names a limit without a name undefined', async () => {
  const { sent } = await paginate(
    "{ endpoint: '/x', paginate: { type: 'cursor', cursor_name_in_request: 'a', cursor_path_in_response: 'b', limit: 1 } }",
    [[]],
    { job: { harness: true } },
  );
  assert.deepEqual(sent[0].params, { undefined: '1' });
});
