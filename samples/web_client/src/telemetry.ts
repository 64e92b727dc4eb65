// What a page needs besides OpenTelemetry's web SDK: user and session, a trace that began elsewhere, and the servers
// that get traceparent.
import {type Context, propagation, ROOT_CONTEXT, trace, type Tracer} from '@opentelemetry/api';
import {registerInstrumentations} from '@opentelemetry/instrumentation';
import {FetchInstrumentation} from '@opentelemetry/instrumentation-fetch';
import {resourceFromAttributes} from '@opentelemetry/resources';
import {BatchSpanProcessor, type SpanProcessor, WebTracerProvider} from '@opentelemetry/sdk-trace-web';
import {NativeExporter, uuid} from './native_exporter';

export interface TelemetryOptions {
  service: {name: string; version: string};
  collector: string;     // its origin, which must allow the page's (--allow-origin)
  token?: string;        // anyone can read it in the page, so it must allow only sending spans
  backends?: string[];   // origins besides the page's own that get traceparent; their CORS rules must allow it
}

export interface Telemetry {
  tracer: Tracer;
  caller: Context;                            // from the trace that the page's address names
  setUser(id: string | undefined): void;
  flush(): Promise<void>;
  stop(): void;                               // permanently; discards spans that were not sent
}

export function startTelemetry(options: TelemetryOptions): Telemetry {
  const exporter = new NativeExporter({url: `${options.collector}/api/v1/telemetry/spans`, token: options.token});
  // Small batches, sent often, so that the rest fits into the request that outlives the page. The processor flushes
  // when the page is hidden.
  const batches = new BatchSpanProcessor(exporter, {maxExportBatchSize: 64, scheduledDelayMillis: 1000});
  let user: string | undefined;
  const who: SpanProcessor = {
    onStart: span => {
      span.setAttribute('session.id', sessionId());
      if (user !== undefined) span.setAttribute('user.id', user);
    },
    onEnd: () => {},
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const provider = new WebTracerProvider({
    resource: resourceFromAttributes({'service.name': options.service.name, 'service.version': options.service.version}),
    spanProcessors: [who, batches],
  });
  provider.register();
  registerInstrumentations({
    instrumentations: [new FetchInstrumentation({
      propagateTraceHeaderCorsUrls: (options.backends ?? []).map(below),
      ignoreUrls: [below(options.collector)],
    })],
  });
  return {
    tracer: trace.getTracer(options.service.name, options.service.version),
    caller: callerOf(location.hash),
    setUser: id => { user = id; },
    flush: () => provider.forceFlush(),
    stop: () => exporter.stop(),
  };
}

let session = '';

// The same id until the tab is closed, or until the page is, if the browser refuses storage.
function sessionId(): string {
  if (session === '') {
    session = randomId();
    try {
      session = sessionStorage.getItem('session.id') ?? session;
      sessionStorage.setItem('session.id', session);
    } catch {
    }
  }
  return session;
}

// Browsers have crypto.randomUUID() on https and on localhost only.
function randomId(): string {
  return uuid(Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join(''));
}

function below(origin: string): RegExp {
  return new RegExp(`^${origin.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(/|$)`);
}

// #traceparent=00-…: a link from another client continues its trace.
function callerOf(hash: string): Context {
  const traceparent = new URLSearchParams(hash.slice(1)).get('traceparent');
  return propagation.extract(ROOT_CONTEXT, traceparent === null ? {} : {traceparent});
}
