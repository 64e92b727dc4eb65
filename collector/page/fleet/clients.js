// Clients, and the spans that they lost before sending.
const reasonsOf = client => Object.entries(client.lost).filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
const reasonText = reason => reason.replaceAll('-', ' ');

const clientTable = new RowTable($('client-table'), 'Clients, those that lost most first', [
  {key: 'client', title: 'Client', width: 'minmax(110px, 1fr)', isText: true,
    value: client => clientName(client), draw: client => nameCell(clientName(client))},
  {key: 'instance', title: 'Instance', width: '104px', from: 900, className: 'instance',
    draw: client => Object.assign(make('span', 'mono clipped', client.instance.slice(0, 8)), {title: client.instance})},
  {key: 'seen', title: 'Last seen', width: '150px', from: RowTable.narrowWidth, className: 'seen',
    value: client => Date.parse(client.lastSeen), draw: client => numberCell(ago(Date.parse(client.lastSeen)))},
  {key: 'stored', title: 'Stored', width: '110px', from: RowTable.narrowWidth, className: 'right',
    value: client => client.accepted, draw: client => numberCell(client.accepted.toLocaleString('en'))},
  {key: 'lost', title: 'Lost', width: '110px', narrow: '62px', value: client => client.lostTotal, className: 'right',
    draw: client => client.lostTotal > 0 ? make('span', 'number mark', client.lostTotal.toLocaleString('en')) : make('span', 'number none', '0')},
  {key: 'reasons', title: 'By reason', width: 'minmax(110px, 2fr)', narrow: 'minmax(110px, 1fr)', className: 'reasons',
    draw: client => nameCell(reasonsOf(client).map(([reason, count]) => `${count.toLocaleString('en')} ${reasonText(reason)}`).join(', ') || '–')},
]);
const clientName = client => `${client.serviceName || client.clientType} ${client.clientVersion}`.trim();

const mostClients = 1000;
let clients = [];
async function showClients(signal) {
  const {from} = period(1);
  const {clients: all} = await ask(`/api/v1/clients?limit=${mostClients}`, signal, JSON.parse);
  offer(all.map(client => client.serviceName));
  clients = all.filter(client => Date.parse(client.lastSeen) >= from && (!state.service || client.serviceName === state.service));
  if (clients.length === 0) {
    return showEmpty('No clients', 'No client with the http sink has sent a batch in this time range. ' +
      'Choose a longer one, or point a plugin at this collector.');
  }
  showLosses();
  filterClients();
  if (all.length === mostClients) remark(`of the ${mostClients.toLocaleString('en')} clients that were seen last`);
}
function showLosses() {
  const byReason = new Map();
  for (const client of clients) for (const [reason, count] of reasonsOf(client)) byReason.set(reason, (byReason.get(reason) ?? 0) + count);
  const lost = sum([...byReason.values()]), stored = sum(clients.map(client => client.accepted));
  $('client-sum').textContent = `${counted(clients.length, 'client')}: ${counted(stored, 'span')} stored, ` +
    (lost > 0 ? `${lost.toLocaleString('en')} lost (${small(lost / (lost + stored))})` : 'nothing lost');
  const sorted = [...byReason].sort((a, b) => b[1] - a[1]);
  $('losses').replaceChildren(...sorted.map(([reason, count]) => lossRow(reason, count, sorted[0][1], lost)));
  $('losses').hidden = lost === 0;
}
function lossRow(reason, count, most, all) {
  const line = make('tr'), lane = make('td', 'wide'), track = make('div', 'track'), bar = make('div', 'fill');
  bar.style.width = `${count / most * 100}%`;
  track.append(bar);
  lane.append(track);
  line.append(make('td', '', reasonText(reason)), lane, make('td', 'right number', percent(count / all)),
    make('td', 'right number', count.toLocaleString('en')));
  return line;
}
function filterClients() {
  const reasons = client => reasonsOf(client).map(([reason]) => reasonText(reason));
  const text = client => [clientName(client), client.instance, client.installation ?? '', ...reasons(client)].join(' ');
  const lostMost = (a, b) => b.lostTotal - a.lostTotal;
  clientTable.show(clients.filter(client => matches(text(client))).sort(lostMost), state.sort);
  remark('');
}
