// One trace: its headline and where its time went.
const tiers = [['plugin', 'Plugin'], ['network', 'Network'], ['server', 'Server']];
let shown = null, traceRequest = null;
function openTrace(id, focus = false) {
  if (addressParameters().get('trace') !== id) history.pushState(null, '', addressOf(id));
  loadTrace(id, focus);
}
async function loadTrace(id, focus = false) {
  traceRequest?.abort();
  traceRequest = new AbortController();
  try {
    const trace = await ask(`/api/v1/traces/${encodeURIComponent(id)}`, traceRequest.signal);
    calm('trace');
    showTrace(trace);
    if (focus) $('rows').focus();
  } catch (error) {
    complain(error, 'trace');
    if (error instanceof Refused || error.name === 'AbortError') return;
    if (shown?.traceId !== id || error.status === 404) closeTrace();   // otherwise it may come back
  }
}
function closeTrace() {
  traceRequest?.abort();   // otherwise its answer would open the trace again
  traceRequest = shown = null;
  document.title = 'Sidespan';
  $('shown').hidden = true;
  $('nothing').hidden = false;
  document.body.classList.remove('opened');
  showNothing(false);
  markList();
}
function showNothing(filtered) {
  const parts = [];
  if (traces.length > 0) {
    const text = make('p');
    text.append('Press ', make('kbd', '', '/'), ' to search, the arrows to move, ', make('kbd', '', 'Enter'),
      ' to open, ', make('kbd', '', 'Z'), ' to zoom to a span, ', make('kbd', '', 'Esc'), ' to go back.');
    parts.push(make('h2', '', 'Choose a trace'), text);
  } else if (filtered) {
    parts.push(make('h2', '', 'Nothing found'), make('p', '', 'No stored trace matches the search.'));
  } else {
    parts.push(make('h2', '', 'No traces yet'),
      make('p', '', 'Spans posted to this collector appear here a moment later. Point your plugin’s recorder at it:'),
      make('pre', 'mono', `.endpoint = "${location.origin}"`));
  }
  $('nothing').replaceChildren(...parts);
}
function showTrace(trace) {
  const again = shown?.traceId === trace.traceId;
  shown = trace;
  document.title = `${trace.name} · Sidespan`;
  $('nothing').hidden = true;
  $('shown').hidden = false;
  document.body.classList.add('opened');
  $('trace-name').textContent = trace.name;
  $('trace-total').textContent = duration(trace.durationMs);
  $('trace-mark').textContent = marks[trace.status] || '';
  $('trace-mark').className = `mark ${trace.status}`;
  $('trace-id').textContent = trace.traceId;
  $('trace-start').textContent = moment(trace.startTimeMs);
  $('trace-spans').textContent = `${trace.spanCount.toLocaleString('en')} ${trace.spanCount === 1 ? 'span' : 'spans'}` +
    (trace.truncated ? `, the first ${trace.spans.length.toLocaleString('en')} shown` : '');
  showSplit(trace.split);
  prepareSpans(trace.spans);
  if (!again) { collapsed.clear(); active = 0; closeDetails(); zoom(null); $('rows').scrollTop = 0; }
  else if ($('whole').hidden) zoom(null);
  layOut();
  markList();
  say(`Trace ${trace.name}, ${trace.spanCount} spans, ${duration(trace.durationMs)}`);
}
function showSplit(split) {
  const total = split.pluginMs + split.networkMs + split.serverMs;
  $('split').replaceChildren();
  $('legend').replaceChildren();
  for (const [tier, title] of tiers) {
    const ms = split[`${tier}Ms`], share = total > 0 ? ms / total : 0;
    if (ms > 0) {
      const part = make('span', tier);
      part.style.flexGrow = String(share);
      $('split').append(part);
    }
    const entry = make('div');
    entry.dataset.tier = tier;
    const value = make('dd', 'number', ms > 0 ? duration(ms) + ' ' : 'none');
    if (ms > 0) value.append(make('span', 'share', percent(share)));
    const name = make('dt', '', title);
    name.prepend(make('span', `swatch ${tier}`));
    entry.append(name, value);
    $('legend').append(entry);
  }
}
