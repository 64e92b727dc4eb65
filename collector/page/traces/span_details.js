// The details of one span, beside the waterfall.
function pairs(entries) {
  const list = make('dl', 'pairs');
  for (const [name, value, className] of entries) {
    if (value === '' || value === undefined || value === null) continue;
    list.append(make('dt', '', name), value instanceof Node ? value : make('dd', className, String(value)));
  }
  return list;
}
function attributePairs(attributes) {
  const text = value => Array.isArray(value) ? `[${value.join(', ')}]` : value === '' ? '(empty)' : value;
  return pairs(Object.entries(attributes).map(([key, value]) => [key, text(value), typeof value === 'string' ? '' : 'mono']));
}
// When the span began by the collector's clock, if the client has reported its own clock.
function serverTime(span) {
  if (span.serverClockErrorMs === undefined) return '';
  const start = new Date(Number(BigInt(span.startTimeUnixNano) / 1000000n) + span.serverClockShiftMs);
  return `${start.toISOString().replace('T', ' ').replace('Z', ' UTC')} ± ${duration(span.serverClockErrorMs)}`;
}
function timePairs(span) {
  const shift = span.clockShiftMs;
  return pairs([
    ['Duration', duration(span.lengthMs)], ['Starts at', duration(span.offsetMs)], ['Time of', tiers.find(t => t[0] === span.tier)[1].toLowerCase()],
    ['Status', span.status], ['Kind', span.kind],
    ['Server’s clock', serverTime(span)],
    ['Clock', shift ? `moved by ${shift < 0 ? '−' : '+'}${duration(Math.abs(shift))}, to correct a difference between the clocks` : '']]);
}
function eventPairs(span) {
  return pairs(span.events.map(event => {
    const value = make('dd', '', event.name);
    if (event.attributes && Object.keys(event.attributes).length > 0) value.append(attributePairs(event.attributes));
    return [`+${duration(eventOffset(span, event))}`, value];
  }));
}
function linkPairs(links) {
  return pairs(links.map(link => {
    const value = make('dd'), open = make('button', 'link mono', link.traceId);
    open.type = 'button';
    open.addEventListener('click', () => openTrace(link.traceId));
    value.append(open);
    if (link.attributes && Object.keys(link.attributes).length > 0) value.append(attributePairs(link.attributes));
    return [link.spanId, value];
  }));
}
function openDetails() {
  const span = spans[visible[active]];
  if (!span) return;
  const head = make('div', 'details-head'), close = make('button', 'button', '✕');
  close.id = 'close-details';
  close.type = 'button';
  close.setAttribute('aria-label', 'Close details');
  close.addEventListener('click', () => { closeDetails(); $('rows').focus(); });
  head.append(make('h3', '', span.name), close);
  const parts = [head];
  if (span.status !== 'ok') parts.push(make('p', 'failure', `${marks[span.status]}${span.statusMessage ? ': ' + span.statusMessage : ''}`));
  const section = (title, content) => parts.push(make('h4', '', title), content);
  section('Time', timePairs(span));
  if (Object.keys(span.attributes || {}).length > 0) section('Attributes', attributePairs(span.attributes));
  if (span.events?.length > 0) section('Events', eventPairs(span));
  if (span.links?.length > 0) section('Links', linkPairs(span.links));
  section('Origin', pairs([['Recorded by', span.origin], ['Service', span.serviceName], ['Client', `${span.clientType} ${span.clientVersion || ''}`.trim()],
    ['Span', span.spanId, 'mono'], ['Parent', span.parentSpanId, 'mono'],
    ['Dropped', span.droppedAttributes || span.droppedEvents || span.droppedLinks ? `${span.droppedAttributes || 0} attributes, ${span.droppedEvents || 0} events, ${span.droppedLinks || 0} links` : '']]));
  const resource = (shown.resources || [])[span.resource];
  if (resource) section('Resource', attributePairs(resource));
  $('details').replaceChildren(...parts);
  if ($('details').hidden) { $('details').hidden = false; activate(active); }
}
function closeDetails() { $('details').hidden = true; }
