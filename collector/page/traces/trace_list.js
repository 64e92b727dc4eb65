// The list of traces, and the clients above it.
let traces = [], cursor = -1, listRequest = null, listedAs = '';
let listBegun = 0;   // when the list was asked for
let next = null, isExtended = false;   // where older traces begin; whether older ones are shown
const listAddress = () => `/api/v1/traces?${new URLSearchParams([['limit', '100'], ...filters()])}`;
// Waits for a slow answer: the collector would begin again with each request.
const isListing = () => listRequest !== null && Date.now() - listBegun < 60_000;
function beginList() {
  listRequest?.abort();
  listBegun = Date.now();
  return listRequest = new AbortController();
}
function endList(request) {
  if (request === listRequest) listRequest = null;
}
async function loadList() {
  const request = beginList();
  try {
    const answer = await ask(listAddress(), request.signal);
    calm('list');
    isExtended = false;
    showList(answer);
    const {clients} = await ask('/api/v1/clients?limit=100', request.signal);
    showClients(clients);
    offerServices([...answer.traces, ...clients]);
  } catch (error) {
    complain(error, 'list');
    if (error.status === 403 && tokenOfTab.get() !== null) askForToken(true, 'This token may not read traces.');
  }
  endList(request);
}
async function loadOlder() {
  const request = beginList();
  $('older').disabled = true;
  try {
    const answer = await ask(`${listAddress()}&before=${encodeURIComponent(next)}`, request.signal);
    calm('list');
    isExtended = true;
    const known = new Set(traces.map(trace => trace.traceId));
    showList({...answer, traces: [...traces, ...answer.traces.filter(trace => !known.has(trace.traceId))]});
    offerServices(answer.traces);
  } catch (error) { complain(error, 'list'); }
  endList(request);
  $('older').disabled = false;
}
function showList({traces: found, complete, searchedTo, next: older}) {
  const chosen = traces[cursor]?.traceId;
  traces = found;
  cursor = traces.findIndex(trace => trace.traceId === chosen);
  const filtered = listAddress() !== '/api/v1/traces?limit=100';
  next = older ?? null;
  $('list-count').textContent = (complete && next ? `the newest ${counted(traces.length, 'trace')}` :
    counted(traces.length, 'trace')) + (filtered ? ' found' : '') +
    (complete ? '' : next ? `, searched back to ${dayAndTime(searchedTo)}` : ', older ones not searched');
  $('older').hidden = !next;
  $('older').textContent = complete ? 'Show older traces' : 'Search older traces';
  const drawnAs = JSON.stringify([found.map(t => [t.traceId, t.spanCount, t.status]), Math.floor(Date.now() / 60000)]);
  if (drawnAs !== listedAs) {
    listedAs = drawnAs;
    $('list').replaceChildren(...traces.map(traceItem));
  }
  markList();
  if (!shown) showNothing(filtered);
}
const services = new Set();
function offerServices(recorders) {
  for (const {serviceName} of recorders) {
    if (!serviceName || services.has(serviceName)) continue;
    services.add(serviceName);
    $('service').append(optionOf(serviceName));
  }
  $('service-filter').hidden = services.size < 2;
}
function showClients(clients) {
  const losing = clients.filter(client => client.lostTotal > 0);
  const lost = losing.reduce((sum, client) => sum + client.lostTotal, 0);
  $('clients').hidden = clients.length === 0;
  $('clients-sum').textContent = counted(clients.length, 'client') +
    (lost > 0 ? `, ${counted(lost, 'span')} lost before they were sent` : ', nothing lost');
  $('clients-list').replaceChildren(...(losing.length ? losing : clients).map(clientItem));
}
function clientItem(client) {
  const reasons = Object.entries(client.lost).map(([reason, count]) => `${count.toLocaleString('en')} ${reason.replaceAll('-', ' ')}`);
  const item = make('li');
  item.append(make('span', '', `${client.serviceName || client.clientType} ${client.clientVersion}`.trim()),
    make('span', 'mono', client.instance.slice(0, 8)), make('span', '', ago(Date.parse(client.lastSeen))),
    make('span', '', `${counted(client.accepted, 'span')} stored`), make('span', 'mark error', reasons.length ? `✗ lost: ${reasons.join(', ')}` : ''));
  item.title = client.instance;
  return item;
}
function traceItem(trace, index) {
  const item = make('li', 'trace');
  item.id = `trace-${index}`;
  item.setAttribute('role', 'option');
  const top = make('div', 'trace-top');
  top.append(make('span', 'trace-name', trace.name), make('span', 'trace-duration number', duration(trace.durationMs)));
  const bottom = make('div', 'trace-bottom');
  bottom.append(make('span', '', ago(trace.startTimeMs)), make('span', 'service', trace.serviceName));
  if (marks[trace.status]) bottom.append(make('span', `mark ${trace.status}`, marks[trace.status]));
  bottom.append(make('span', 'push number', `${trace.spanCount.toLocaleString('en')} ${trace.spanCount === 1 ? 'span' : 'spans'}`));
  item.append(top, bottom);
  item.title = trace.name;
  item.addEventListener('click', () => { cursor = index; openTrace(trace.traceId); });
  return item;
}
function markList() {
  [...$('list').children].forEach((item, index) => {
    item.setAttribute('aria-selected', String(shown !== null && traces[index].traceId === shown.traceId));
    item.classList.toggle('cursor', index === cursor);
  });
  if (cursor >= 0) $('list').setAttribute('aria-activedescendant', `trace-${cursor}`);
  else $('list').removeAttribute('aria-activedescendant');
}
function moveCursor(to) {
  if (traces.length === 0) return;
  cursor = Math.max(0, Math.min(traces.length - 1, to));
  markList();
  $(`trace-${cursor}`).scrollIntoView({block: 'nearest'});
}
$('list').addEventListener('focus', () => { if (cursor < 0) moveCursor(Math.max(0, traces.findIndex(t => t.traceId === shown?.traceId))); });
$('list').addEventListener('keydown', event => {
  if (!isPlain(event)) return;
  const page = Math.max(1, Math.floor($('list').clientHeight / 56) - 1);
  const moves = {ArrowDown: cursor + 1, ArrowUp: cursor - 1, Home: 0, End: traces.length - 1, PageDown: cursor + page, PageUp: cursor - page};
  if (event.key in moves) moveCursor(moves[event.key]);
  else if ((event.key === 'Enter' || event.key === ' ') && traces[cursor]) openTrace(traces[cursor].traceId, true);
  else if (event.key === 'ArrowRight' && shown) $('rows').focus();
  else return;
  event.preventDefault();
});
