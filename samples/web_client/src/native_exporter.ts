// A span exporter for Sidespan's native format (docs/wire-format.md), for pages that may be closed at any moment.
import {type Attributes, type AttributeValue, type HrTime, SpanKind, SpanStatusCode} from '@opentelemetry/api';
import {type ExportResult, ExportResultCode} from '@opentelemetry/core';
import type {ReadableSpan, SpanExporter} from '@opentelemetry/sdk-trace-web';

// Limit of one request, and of all requests with `keepalive` together. Only those outlive the page, and a browser
// refuses them beyond 64 KiB.
const mostBytes = 60_000;
const mostAttempts = 5;
const longestVersion = 32;  // characters of a client's version; the hash of a commit has more
const longestTimer = 2 ** 31 - 1;  // milliseconds; a longer timer would end at once

export interface NativeExporterOptions {
  url: string;  // http://host:port/api/v1/telemetry/spans
  token?: string;
  clientType?: 'web' | 'plugin' | 'cli' | 'server';
}

export class NativeExporter implements SpanExporter {
  #bytesUnderWay = 0;
  readonly #stopped = new AbortController();

  constructor(private readonly options: NativeExporterOptions) {}

  // Makes the first attempt of each request before it returns: the page may be closed after that.
  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    const texts = spans.map(span => JSON.stringify(encode(span, this.options.clientType ?? 'web')));
    Promise.all(divide(texts).map(part => this.#deliver(part))).then(
      () => done({code: ExportResultCode.SUCCESS}), error => done({code: ExportResultCode.FAILED, error}));
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}

  // The user has withdrawn consent: sends nothing more, and aborts requests under way. Their bodies may still wait for
  // the answer to the browser's preflight request, and they would outlive the page.
  stop(): void {
    this.#stopped.abort();
  }

  async #deliver(spans: string[]): Promise<void> {
    for (let attempt = 1, bound = 1000; ; ++attempt, bound *= 2) {
      if (this.#stopped.signal.aborted) return;
      const answer = await this.#post(`[${spans.join(',')}]`);
      if (this.#stopped.signal.aborted) return;
      if (answer?.ok) return this.#checkReceipt(answer);
      if (answer?.status === 413 && spans.length > 1) {
        const half = Math.ceil(spans.length / 2);
        await Promise.all([this.#deliver(spans.slice(0, half)), this.#deliver(spans.slice(half))]);
        return;
      }
      const isFinal = attempt === mostAttempts || (answer && !isTemporary(answer.status));
      if (isFinal) throw new Error(`${this.options.url} answered ${answer?.status ?? 'nothing'}: ${spans.length} spans are lost`);
      await later(Number(answer?.headers.get('Retry-After')) * 1000 || Math.random() * bound);
    }
  }

  // The endpoint takes the other spans of a request in which it rejects some.
  async #checkReceipt(answer: Response): Promise<void> {
    const receipt = await answer.json().catch(() => ({}));
    if (receipt?.rejected > 0) {
      throw new Error(`${this.options.url} rejected ${receipt.rejected} spans; the first: ${receipt.rejections?.[0]?.reason}`);
    }
  }

  // The endpoint's answer; undefined if there is none.
  async #post(text: string): Promise<Response | undefined> {
    const body = new TextEncoder().encode(text);
    const keepalive = this.#bytesUnderWay + body.length <= mostBytes;
    if (keepalive) this.#bytesUnderWay += body.length;
    const headers: Record<string, string> = {'Content-Type': 'application/json'};
    if (this.options.token) headers['Authorization'] = `Bearer ${this.options.token}`;
    try {
      const answer = await fetch(this.options.url, {
        method: 'POST', headers, body, keepalive, credentials: 'omit', signal: this.#stopped.signal,
      });
      return answer.headers.get('Content-Type')?.startsWith('text/html') ? undefined : answer;
    } catch {
      return undefined;
    } finally {
      if (keepalive) this.#bytesUnderWay -= body.length;
    }
  }
}

function isTemporary(status: number): boolean {
  return [407, 408, 421, 425, 429].includes(status) || (status >= 500 && status !== 501 && status !== 505);
}

// Waits, but not for long once the page is hidden: it may never be shown again.
function later(milliseconds: number): Promise<void> {
  return new Promise(resolve => {
    const over = new AbortController();
    const end = () => {
      over.abort();
      resolve();
    };
    setTimeout(end, Math.min(milliseconds, longestTimer));
    globalThis.document?.addEventListener('visibilitychange', end, {signal: over.signal});
  });
}

// Divides spans into parts, each for a request below the limit.
function divide(spans: string[]): string[][] {
  const parts: string[][] = [];
  let left = 0;
  for (const span of spans) {
    const bytes = new TextEncoder().encode(span).length + 1;
    if (bytes > left) {
      parts.push([]);
      left = mostBytes - 1;
    }
    parts.at(-1)!.push(span);
    left -= bytes;
  }
  return parts;
}

function encode(span: ReadableSpan, clientType: string) {
  const context = span.spanContext();
  const start = nanos(span.startTime);
  const end = nanos(span.endTime);
  return {
    traceId: uuid(context.traceId),
    spanId: context.spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? '',
    name: span.name,
    kind: SpanKind[span.kind]!.toLowerCase(),
    status: span.status.code === SpanStatusCode.ERROR ? 'error' : 'ok',
    statusMessage: span.status.message ?? '',
    startTimeMs: millis(start),
    endTimeMs: millis(end),
    durationMs: millis(end - start),
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(end),
    attributes: attributesOf(span.attributes),
    events: span.events.map(event => ({
      name: event.name,
      timestamp: millis(nanos(event.time)),
      timeUnixNano: String(nanos(event.time)),
      attributes: attributesOf(event.attributes),
    })),
    links: span.links.map(link => ({
      traceId: uuid(link.context.traceId),
      spanId: link.context.spanId,
      flags: link.context.traceFlags | 0x100 | (link.context.isRemote ? 0x200 : 0),
      attributes: attributesOf(link.attributes),
    })),
    droppedAttributes: span.droppedAttributesCount,
    droppedEvents: span.droppedEventsCount,
    droppedLinks: span.droppedLinksCount,
    clientType,
    clientVersion: String(span.resource.attributes['service.version'] ?? '').slice(0, longestVersion),
    serviceName: span.resource.attributes['service.name'] ?? '',
  };
}

function attributesOf(attributes: Attributes = {}) {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, valueOf(value)]));
}

// Numbers that JSON lacks are sent by name.
function valueOf(value: AttributeValue | null | undefined): unknown {
  if (Array.isArray(value)) return value.filter(element => element != null).map(element => valueOf(element));
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function nanos([seconds, nanoseconds]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(Math.round(nanoseconds));
}

function millis(nanoseconds: bigint): number {
  return Number(nanoseconds / 1_000_000n);
}

export function uuid(id: string): string {
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
