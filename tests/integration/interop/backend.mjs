// A backend on OpenTelemetry's Node SDK: continues the trace of each POST and exports its spans over OTLP/HTTP.
//
//   node backend.mjs <collector's URL> protobuf|json
//
// Says its port on the first line, and "exported" after each request whose spans the collector has taken. Ends after two
// minutes, if nobody ends it before.
import http from 'node:http';
import {context, propagation, SpanKind, SpanStatusCode, trace} from '@opentelemetry/api';
import {defaultResource, resourceFromAttributes} from '@opentelemetry/resources';
import {BatchSpanProcessor, NodeTracerProvider} from '@opentelemetry/sdk-trace-node';

const [collector, encoding] = process.argv.slice(2);
const {OTLPTraceExporter} = await import(encoding === 'json' ? '@opentelemetry/exporter-trace-otlp-http'
                                                            : '@opentelemetry/exporter-trace-otlp-proto');

const exporter = new OTLPTraceExporter({url: `${collector}/v1/traces`});
const refused = [];
const processor = new BatchSpanProcessor({
  export: (spans, done) => exporter.export(spans, result => {
    if (result.error) refused.push(result.error.message);
    done(result);
  }),
  forceFlush: () => exporter.forceFlush(),
  shutdown: () => exporter.shutdown(),
});
const provider = new NodeTracerProvider({
  resource: defaultResource().merge(resourceFromAttributes(
    {'service.name': 'loop-backend', 'service.version': '7.1', 'deployment.zones': ['a', 'b']})),
  spanProcessors: [processor],
});
provider.register();
const tracer = trace.getTracer('loop-backend/http', '1.0');

function serve(request) {
  const caller = propagation.extract(context.active(), request.headers);
  const server = tracer.startSpan('POST /loops', {
    kind: SpanKind.SERVER,
    attributes: {'http.route': '/loops', 'encoding': encoding, 'sizes': [1, 2, 3], 'empty': '', 'ratio': 0.25, 'cached': false,
      'huge': Number.MAX_SAFE_INTEGER},
    links: [{context: trace.getSpanContext(caller), attributes: {why: 'caller'}}],
  }, caller);
  const store = tracer.startSpan('INSERT loops', {kind: SpanKind.CLIENT}, trace.setSpan(caller, server));
  store.recordException(new TypeError('disk is "full" \u2713'));
  store.setStatus({code: SpanStatusCode.ERROR, message: 'disk is full'});
  store.end();
  server.addEvent('stored', {rows: 1});
  server.setStatus({code: SpanStatusCode.OK});
  server.end();
}

const listener = http.createServer(async (request, response) => {
  for await (const _ of request);
  serve(request);
  response.end('{}');
  await provider.forceFlush().catch(error => refused.push(error.message));
  console.log(refused.length === 0 ? 'exported' : `refused: ${refused.join(', ')}`);
});
listener.listen(0, '127.0.0.1', () => console.log(listener.address().port));
setTimeout(() => process.exit(1), 120_000);
