// A receiver on the messages of OpenTelemetry's Node SDK.
//
//   node receiver.mjs
//
// Prints its address, then each request that it reads, as protobuf's JSON on one line. Answers that it rejects one
// span. Ends with its input, or after two minutes.
import http from 'node:http';
import {createRequire} from 'node:module';
import zlib from 'node:zlib';

const {opentelemetry} = createRequire(import.meta.url)(
  './node_modules/@opentelemetry/otlp-transformer/build/src/generated/root.js');
const {ExportTraceServiceRequest, ExportTraceServiceResponse} = opentelemetry.proto.collector.trace.v1;
const receipt = {partialSuccess: {rejectedSpans: 1, errorMessage: 'one is too many'}};

// OTLP's JSON has ids as hex, protobuf's as base64.
const withBytes = (name, value) =>
  ['traceId', 'spanId', 'parentSpanId'].includes(name) ? Buffer.from(value, 'hex').toString('base64') : value;

function read(type, body) {
  if (type !== 'application/json') return ExportTraceServiceRequest.decode(body);
  return ExportTraceServiceRequest.fromObject(JSON.parse(body.toString('utf8'), withBytes));
}

async function receive(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  if (request.url !== '/v1/traces' || request.headers['content-encoding'] !== 'gzip') {
    console.log(`this is no compressed request for traces: ${request.url}`);
    response.writeHead(400).end();
    return;
  }
  const type = request.headers['content-type'];
  const message = read(type, zlib.gunzipSync(Buffer.concat(chunks)));
  console.log(JSON.stringify(ExportTraceServiceRequest.toObject(message, {longs: String, enums: String, bytes: String, json: true})));
  response.setHeader('Content-Type', type);
  response.end(type === 'application/json' ? JSON.stringify(receipt)
                                           : ExportTraceServiceResponse.encode(receipt).finish());
}

const listener = http.createServer(receive);
listener.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${listener.address().port}`));
process.stdin.resume().on('end', () => process.exit(0));
setTimeout(() => process.exit(1), 120_000);
