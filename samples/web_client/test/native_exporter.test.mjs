// The exporter alone, on Node: npm run build && npm test.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {beforeEach, test} from 'node:test';
import {pathToFileURL} from 'node:url';

const {NativeExporter} = await import(pathToFileURL(resolve(process.env.OUT ?? 'dist', 'native_exporter.js')));
const vectors = name => JSON.parse(readFileSync(new URL(`../../../docs/wire-format/vectors/${name}`, import.meta.url)));
const kinds = ['internal', 'server', 'client', 'producer', 'consumer'];
const time = nanos => [Number(BigInt(nanos) / 1_000_000_000n), Number(BigInt(nanos) % 1_000_000_000n)];
const hex = id => id.replaceAll('-', '');

// What OpenTelemetry would give the exporter for a span of the vectors.
function readable(stored) {
  return {
    name: stored.name,
    kind: kinds.indexOf(stored.kind),
    spanContext: () => ({traceId: hex(stored.traceId), spanId: stored.spanId, traceFlags: 1}),
    parentSpanContext: stored.parentSpanId ? {traceId: hex(stored.traceId), spanId: stored.parentSpanId} : undefined,
    startTime: time(stored.startTimeUnixNano),
    endTime: time(stored.endTimeUnixNano),
    status: {code: stored.status === 'error' ? 2 : 0, message: stored.statusMessage},
    attributes: stored.attributes,
    events: stored.events.map(event => ({name: event.name, time: time(event.timeUnixNano), attributes: event.attributes})),
    links: (stored.links ?? []).map(link => ({
      context: {traceId: hex(link.traceId), spanId: link.spanId, traceFlags: link.flags & 0xff,
        isRemote: (link.flags & 0x200) !== 0},
      attributes: link.attributes,
    })),
    droppedAttributesCount: stored.droppedAttributes ?? 0,
    droppedEventsCount: stored.droppedEvents ?? 0,
    droppedLinksCount: stored.droppedLinks ?? 0,
    resource: {attributes: {'service.name': stored.serviceName, 'service.version': stored.clientVersion}},
  };
}

// The span without members that have their default value.
function plain(span) {
  const isDefault = value => value === '' || value === 0 || (typeof value === 'object' && Object.keys(value).length === 0);
  const optional = ['parentSpanId', 'statusMessage', 'clientVersion', 'serviceName', 'attributes', 'events', 'links',
    'droppedAttributes', 'droppedEvents', 'droppedLinks'];
  const without = object => Object.fromEntries(
    Object.entries(object).filter(([key, value]) => !(optional.includes(key) && isDefault(value))));
  return without({...span, events: (span.events ?? []).map(without), links: (span.links ?? []).map(without)});
}

const [one] = vectors('spans.json').map(vector => readable(vector.stored));
let requests;

// The server gives these answers, one for each request, and then repeats the last one.
function answer(...answers) {
  requests = [];
  globalThis.fetch = async (url, init) => {
    requests.push({url, ...init, text: new TextDecoder().decode(init.body)});
    const next = answers[Math.min(requests.length, answers.length) - 1];
    if (next instanceof Error) throw next;
    return typeof next === 'number' ? new Response('{}', {status: next, headers: {'Content-Type': 'application/json'}}) : next;
  };
}

const send = (spans, options) => new Promise(resolve =>
  new NativeExporter({url: 'http://collector/api/v1/telemetry/spans', ...options}).export(spans, resolve));

beforeEach(() => {
  globalThis.setTimeout = work => queueMicrotask(work);  // no test waits
});

test('spans are written as the vectors say', async () => {
  let written = 0;
  for (const {about, stored} of vectors('spans.json')) {
    if (stored.status === 'cancelled' || stored.kind === 'unspecified') continue;  // OpenTelemetry's API has neither
    ++written;
    answer(200);
    assert.equal((await send([readable(stored)], {clientType: stored.clientType})).code, 0);
    assert.deepEqual(plain(JSON.parse(requests[0].text)[0]), plain(stored), about);
  }
  assert.ok(written >= 17);
});

test('numbers that JSON lacks are sent by name', async () => {
  answer(200);
  await send([{...one, attributes: {numbers: [NaN, Infinity, -Infinity, null, 1]}}]);
  assert.deepEqual(JSON.parse(requests[0].text)[0].attributes.numbers, ['NaN', 'Infinity', '-Infinity', 1]);
});

test('each request stays below 60 kB, and those with keepalive are no more than a browser accepts', async () => {
  answer(200);
  const spans = Array.from({length: 300}, (_, n) => ({...one, attributes: {text: '♫'.repeat(100), n}}));
  assert.equal((await send(spans)).code, 0);
  assert.ok(requests.length > 2);
  for (const {body, method, credentials} of requests) {
    assert.ok(body.length <= 60_000, `${body.length}`);
    assert.deepEqual([method, credentials], ['POST', 'omit']);
  }
  assert.deepEqual(requests.flatMap(({text}) => JSON.parse(text).map(span => span.attributes.n)), spans.map((_, n) => n));
  const alive = requests.filter(({keepalive}) => keepalive).reduce((bytes, {body}) => bytes + body.length, 0);
  assert.ok(alive > 0 && alive <= 60_000, `${alive}`);
});

test('a span that is larger than that is sent, too', async () => {
  answer(200);
  assert.equal((await send([{...one, name: 'n'.repeat(70_000)}, one])).code, 0);
  assert.deepEqual(requests.map(({keepalive}) => keepalive), [false, true]);
});

test('what may be taken later is sent again', async () => {
  const page = new Response('<p>Sign in</p>', {headers: {'Content-Type': 'text/html'}});
  answer(new TypeError('no network'), 503, page, 200);
  assert.equal((await send([one], {token: 't'})).code, 0);
  assert.equal(requests.length, 4);
  assert.equal(requests[3].text, requests[0].text);
  assert.equal(requests[3].headers.Authorization, 'Bearer t');
});

test('spans that the collector rejects are reported as lost', async () => {
  answer(Response.json({accepted: 1, rejected: 1, rejections: [{index: 1, reason: 'it has no name'}]}));
  const {code, error} = await send([one, one]);
  assert.equal(code, 1);
  assert.match(error.message, /rejected 1 spans; the first: it has no name/);
  assert.equal(requests.length, 1);
});

test('a version that is longer than the collector takes is cut', async () => {
  answer(200);
  const version = '0123456789abcdef0123456789abcdef01234567';
  await send([{...one, resource: {attributes: {'service.version': version}}}]);
  assert.equal(JSON.parse(requests[0].text)[0].clientVersion, version.slice(0, 32));
});

test('a wait longer than a timer can hold is not cut short', async () => {
  const waits = [];
  globalThis.setTimeout = (work, milliseconds) => {
    waits.push(milliseconds);
    queueMicrotask(work);
  };
  answer(new Response('{}', {status: 503, headers: {'Content-Type': 'application/json', 'Retry-After': '3000000'}}), 200);
  assert.equal((await send([one])).code, 0);
  assert.deepEqual(waits, [2 ** 31 - 1]);
});

test('what waits to be sent again is sent when the page is hidden', async () => {
  globalThis.setTimeout = () => {};
  globalThis.document = new EventTarget();
  answer(503, 200);
  const sent = send([one]);
  await new Promise(resolve => setImmediate(resolve));
  assert.equal(requests.length, 1);
  document.dispatchEvent(new Event('visibilitychange'));
  assert.equal((await sent).code, 0);
  assert.equal(requests.length, 2);
  delete globalThis.document;
});

test('it gives up in the end', async () => {
  answer(503);
  assert.match((await send([one])).error.message, /answered 503: 1 spans are lost/);
  assert.equal(requests.length, 5);
});

test('what is refused is dropped', async () => {
  answer(400);
  assert.match((await send([one])).error.message, /answered 400/);
  assert.equal(requests.length, 1);
});

test('what is too large is halved', async () => {
  answer(413, 200);
  assert.equal((await send([one, one, one])).code, 0);
  assert.deepEqual(requests.map(({text}) => JSON.parse(text).length), [3, 2, 1]);
});

test('nothing is sent once consent is withdrawn', async () => {
  answer(200);
  const exporter = new NativeExporter({url: 'http://collector'});
  exporter.stop();
  await new Promise(resolve => exporter.export([one], resolve));
  assert.equal(requests.length, 0);
});

test('what is under way when consent is withdrawn is given up', async () => {
  requests = [];
  globalThis.fetch = (url, init) => new Promise((_, refuse) => {
    requests.push(init);
    init.signal?.addEventListener('abort', () => refuse(init.signal.reason));
  });
  const exporter = new NativeExporter({url: 'http://collector'});
  const sent = new Promise(resolve => exporter.export([one], resolve));
  assert.equal(requests.length, 1);
  exporter.stop();
  assert.equal(requests[0].signal?.aborted, true);
  await sent;
  assert.equal(requests.length, 1);
});
