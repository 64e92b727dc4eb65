// Shows what was shared with Loop Share's backend. With the user's consent it records its own work.
import {type Span, SpanStatusCode} from '@opentelemetry/api';
import {startTelemetry, type Telemetry} from './telemetry';

interface Loop {
  id: string;
  name: string;
}

const find = <E extends HTMLElement>(selector: string) => document.querySelector<E>(selector)!;
const list = find('#loops');
const consent = find<HTMLInputElement>('#consent');
let telemetry: Telemetry | undefined;

// The user's last answer; null if the browser refuses storage.
function answer(): string | null {
  try {
    return localStorage.getItem('telemetry');
  } catch {
    return null;
  }
}

// config.json: {"telemetry": origin of the collector, "token": …, "backends": […]}
async function start(): Promise<void> {
  const config = await (await fetch('config.json')).json();
  if (!config.telemetry || answer() !== 'granted') return;
  telemetry = startTelemetry({
    service: {name: 'loop_page', version: '0.1.0'},
    collector: config.telemetry, token: config.token, backends: config.backends,
  });
  telemetry.setUser(config.user);
  telemetry.tracer.startSpan('page.load', {startTime: performance.timeOrigin}, telemetry.caller).end();
  // At once, so that the browser has the answer to its preflight request when the page is closed.
  void telemetry.flush();
}

async function show(): Promise<void> {
  const loops: Loop[] = (await (await fetch('/api/v1/audio/loops')).json()).loops;
  list.replaceChildren(...loops.map(loop => {
    const link = document.createElement('a');
    link.href = `/api/v1/audio/loops/${loop.id}`;
    link.textContent = loop.name || loop.id;
    const item = document.createElement('li');
    item.append(link);
    return item;
  }));
}

// Does the work in a span, if there is consent.
async function traced(name: string, work: () => Promise<void>): Promise<void> {
  if (telemetry === undefined) return work();
  return telemetry.tracer.startActiveSpan(name, {}, telemetry.caller, async (span: Span) => {
    try {
      await work();
    } catch (error) {
      span.recordException(error as Error);
      span.setStatus({code: SpanStatusCode.ERROR, message: String(error)});
      throw error;
    } finally {
      span.end();
    }
  });
}

consent.checked = answer() === 'granted';
consent.addEventListener('change', () => {
  if (!consent.checked) telemetry?.stop();
  try {
    localStorage.setItem('telemetry', consent.checked ? 'granted' : 'denied');
  } finally {
    location.reload();  // shows what was kept, also if that is nothing
  }
});
async function refresh(): Promise<void> {
  await traced('loops.show', show).catch(() => { list.textContent = 'The loops could not be loaded.'; });
}

find('#refresh').addEventListener('click', () => void refresh());
await start().catch(error => console.warn('nothing is recorded:', error));
await refresh();
document.body.dataset['state'] = 'ready';
