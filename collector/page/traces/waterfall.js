// The spans of a trace as bars. Only visible rows have elements.
const rowHeight = 30, overscan = 6, deepestIndent = 24, mostTicks = 40;
// The part of the trace that fills the width, in milliseconds from its start.
let view = {from: 0, length: 1};
const place = ms => (ms - view.from) / view.length * 100;
function zoom(span) {
  // A double does not tell nanoseconds apart after days, so there the shortest view is longer.
  view = span ? {from: span.offsetMs, length: Math.max(span.lengthMs, 1e-6, span.offsetMs * 1e-12)} : {from: 0, length: shown.durationMs || 1};
  $('waterfall').classList.toggle('zoomed', Boolean(span));
  $('whole').hidden = !span;
  showScale();
}
function showScale() {
  const rough = view.length / ($('scale').clientWidth < 320 ? 2.5 : 5), power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(n => n * power).find(n => n >= rough * 0.999), labels = [];
  for (let at = Math.ceil(view.from / step - 1e-6); at * step <= view.from + view.length * 1.0001; ++at) {
    const left = place(at * step), label = make('span', 'number', duration(at * step));
    label.classList.toggle('first', left < 2);
    label.classList.toggle('end', left > 96);
    label.style.left = `${left}%`;
    labels.push(label);
  }
  $('scale').replaceChildren(...labels);
}

let spans = [], visible = [], active = 0;
const collapsed = new Set(), pool = [];
function prepareSpans(list) {
  const path = [];
  spans = list;
  spans.forEach((span, index) => {
    path.length = span.depth;
    span.parentIndex = span.depth > 0 ? path[span.depth - 1] : -1;
    path.push(index);
  });
}
function layOut() {
  visible = [];
  let hiddenBelow = Infinity;
  spans.forEach((span, index) => {
    if (span.depth > hiddenBelow) return;
    hiddenBelow = collapsed.has(span.spanId) ? span.depth : Infinity;
    visible.push(index);
  });
  active = Math.max(0, Math.min(active, visible.length - 1));
  $('spacer').style.height = `${visible.length * rowHeight}px`;
  $('rows').setAttribute('aria-rowcount', String(visible.length));
  draw();
}
function newRow() {
  const row = make('div', 'row');
  row.setAttribute('role', 'row');
  const name = make('div', 'name'), lane = make('div', 'lane');
  name.setAttribute('role', 'gridcell');
  lane.setAttribute('role', 'gridcell');
  const caret = make('button', 'caret');
  caret.type = 'button';
  caret.tabIndex = -1;
  caret.setAttribute('aria-hidden', 'true');
  const tier = make('span', 'tier'), text = make('span', 'text'), mark = make('span', 'mark');
  name.append(caret, tier, text, mark);
  const bar = make('div', 'bar'), length = make('span', 'length number'), ticks = make('div');
  lane.append(bar, length, ticks);
  row.append(name, lane);
  Object.assign(row, {name, caret, tier, text, mark, bar, length, ticks});
  caret.addEventListener('click', event => { event.stopPropagation(); activate(row.at); toggle(); });
  row.addEventListener('click', () => { activate(row.at); openDetails(); });
  row.addEventListener('dblclick', () => { zoom(spans[visible[row.at]]); draw(); });
  $('spacer').append(row);
  return row;
}
function draw() {
  const first = Math.max(0, Math.floor($('rows').scrollTop / rowHeight) - overscan);
  const last = Math.min(visible.length, Math.ceil(($('rows').scrollTop + $('rows').clientHeight) / rowHeight) + overscan);
  while (pool.length < last - first) pool.push(newRow());
  pool.forEach((row, index) => {
    row.hidden = first + index >= last;
    if (!row.hidden) fill(row, first + index);
    else row.removeAttribute('id');
  });
  if (visible.length > 0) $('rows').setAttribute('aria-activedescendant', `row-${active}`);
}
function fill(row, at) {
  const span = spans[visible[at]];
  row.at = at;
  row.id = `row-${at}`;
  row.className = `row ${span.status}`;
  row.style.top = `${at * rowHeight}px`;
  row.setAttribute('aria-level', String(span.depth + 1));
  row.setAttribute('aria-rowindex', String(at + 1));
  row.setAttribute('aria-selected', String(at === active));
  const open = !collapsed.has(span.spanId);
  if (span.childCount > 0) row.setAttribute('aria-expanded', String(open)); else row.removeAttribute('aria-expanded');
  row.setAttribute('aria-label', `${span.name}, ${span.tier}, ${duration(span.lengthMs)}, starts at ${duration(span.offsetMs)}` +
    (span.status === 'ok' ? '' : `, ${span.status} ${span.statusMessage}`));
  row.name.style.paddingLeft = `min(${4 + Math.min(span.depth, deepestIndent) * 14}px, calc(var(--names) * 0.6))`;
  row.caret.textContent = span.childCount === 0 ? '' : open ? '▾' : '▸';
  row.tier.className = `tier ${span.tier}`;
  row.text.textContent = span.name;
  row.text.title = span.name;
  row.mark.className = `mark ${span.status}`;
  row.mark.textContent = marks[span.status] || '';
  // A bar far longer than the screen is cut, since a browser cannot place it exactly.
  const left = Math.max(-100, place(span.offsetMs)), right = Math.min(200, place(span.offsetMs + span.lengthMs));
  const seen = right >= 0 && left <= 100, atEnd = right > 92 && left > 12;
  row.bar.className = `bar ${span.tier}`;
  row.bar.hidden = row.length.hidden = !seen;
  row.bar.style.left = `min(${left}%, calc(100% - 3px))`;
  row.bar.style.width = `${Math.max(0, right - left)}%`;
  row.length.textContent = duration(span.lengthMs);
  row.length.style.left = atEnd ? 'auto' : `${Math.min(right, 100)}%`;
  row.length.style.right = atEnd ? `${100 - left}%` : 'auto';
  row.ticks.replaceChildren(...ticksOf(span));
}
const eventOffset = (span, event) => Number(BigInt(event.timeUnixNano ?? event.timestamp * 1e6) - BigInt(span.startTimeUnixNano)) / 1e6;
function ticksOf(span) {
  const ticks = [];
  for (const event of span.events || []) {
    const left = place(span.offsetMs + eventOffset(span, event));
    if (left < -0.01 || left > 100.01) continue;
    const tick = make('span', 'tick');
    tick.title = event.name;
    tick.style.left = `${left}%`;
    if (ticks.push(tick) === mostTicks) break;
  }
  return ticks;
}
function activate(at) {
  active = Math.max(0, Math.min(visible.length - 1, at));
  const top = active * rowHeight, box = $('rows');
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + rowHeight - box.clientHeight;
  draw();
  if (!$('details').hidden) openDetails();
}
function toggle(open) {
  const span = spans[visible[active]];
  if (!span || span.childCount === 0) return;
  if (open ?? collapsed.has(span.spanId)) collapsed.delete(span.spanId); else collapsed.add(span.spanId);
  layOut();
}
function stepIn() {
  const span = spans[visible[active]];
  if (collapsed.has(span.spanId)) toggle(true); else if (span.childCount > 0) activate(active + 1);
}
function stepOut() {
  const span = spans[visible[active]];
  if (span.childCount > 0 && !collapsed.has(span.spanId)) toggle(false);
  else if (span.parentIndex >= 0) activate(visible.indexOf(span.parentIndex));
}
let drawing = false;
$('rows').addEventListener('scroll', () => {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => { drawing = false; if (shown) draw(); });
});
new ResizeObserver(() => { if (shown) { showScale(); draw(); } }).observe($('rows'));
$('rows').addEventListener('keydown', event => {
  if (!shown || event.target !== $('rows') || !isPlain(event)) return;
  const page = Math.max(1, Math.floor($('rows').clientHeight / rowHeight) - 1);
  const moves = {ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: visible.length - 1, PageDown: active + page, PageUp: active - page};
  if (event.key in moves) activate(moves[event.key]);
  else if (event.key === 'ArrowRight') stepIn();
  else if (event.key === 'ArrowLeft') stepOut();
  else if (event.key === 'Enter' || event.key === ' ') $('details').hidden ? openDetails() : closeDetails();
  else if (event.key.toLowerCase() === 'z') { zoom($('waterfall').classList.contains('zoomed') ? null : spans[visible[active]]); draw(); }
  else return;
  event.preventDefault();
});
$('whole').addEventListener('click', () => { zoom(null); draw(); });
