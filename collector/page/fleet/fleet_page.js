// Tabs, time range, service, keys and the address.
const views = {
  operations: {show: showOperations, filter: () => { if (!state.operation) filterOperations(); }},
  versions: {show: showVersions, filter: filterChanges},
  audio: {show: showAudio},
  clients: {show: showClients, filter: filterClients},
};
const remark = text => { $('remark').textContent = text; };
const tooMuch = 'This is too much for one answer: choose a shorter time range or a service.';
let request = null;

// What is shown stays until the answer comes, unless another tab was chosen.
async function refresh() {
  request?.abort();
  const mine = request = new AbortController();
  reveal();
  $('main').setAttribute('aria-busy', 'true');
  try {
    await Promise.all([offerServices(mine.signal), views[state.tab].show(mine.signal)]);
    calm('fleet');
  } catch (error) {
    if (error.status === 403) refuse(error);
    else if (error.status === 400) complain(new Error(`${tooMuch} (${error.message})`), 'fleet');
    else complain(error, 'fleet');
  }
  if (mine === request) $('main').setAttribute('aria-busy', 'false');
}
function reveal() {
  for (const tab of Object.keys(views)) {
    const isShown = tab === state.tab;
    $(tab).hidden = !isShown;
    $(`tab-${tab}`).setAttribute('aria-selected', isShown);
    $(`tab-${tab}`).tabIndex = isShown ? 0 : -1;
  }
  $('nothing').hidden = true;
  $(state.tab).classList.remove('bare');
  document.title = 'Fleet · Sidespan';
  $('search').hidden = !views[state.tab].filter || Boolean(state.operation && state.tab === 'operations');
  $('search').placeholder = state.tab === 'clients' ? 'Filter clients   ( / )' : 'Filter operations   ( / )';
  if ($('search').value !== state.q) $('search').value = state.q;
  if (state.tab === 'operations' && !state.operation) revealOperation(false);
  $('least').value = state.least;
  $(`range-${state.range}`).checked = true;
}
function showEmpty(title, text, keepsControls = false) {
  $(state.tab).hidden = !keepsControls;
  $(state.tab).classList.toggle('bare', keepsControls);
  $('nothing').replaceChildren(make('h2', '', title), make('p', '', text));
  $('nothing').hidden = false;
  remark('');
  say(`${title}. ${text}`);
}
function offerAction(text, act) {
  const button = make('button', 'button main', text);
  button.type = 'button';
  button.addEventListener('click', act);
  $('nothing').append(button);
}
function showNoSpans() {
  showEmpty('No spans', 'Nothing was recorded in this time range. Choose a longer one, or point your plugin’s recorder at this collector:');
  $('nothing').append(make('pre', 'mono', `.endpoint = "${location.origin}"`));
}
function refuse(error) {
  showEmpty('This token may not read the fleet', 'The fleet page shows sums over all users, so it needs a token that may read all. ' +
    'An administrator makes one with this command, which prints it once:');
  $('nothing').append(make('pre', 'mono', 'sidespan-collector tokens create --scope read-all --owner NAME'),
    make('p', '', `The collector answered: ${error.message}.`));
  offerAction('Use another token', () => askForToken(false));
}
async function offerServices(signal) {
  if (state.tab !== 'clients') offer((await rollups(period(1), {by: 'service', service: ''}, signal)).map(row => row.service));
}
function offer(names) {
  const services = [...new Set([...names, state.service])].filter(Boolean).sort(inOrder);
  $('service').replaceChildren(optionOf('', 'any'), ...services.map(name => optionOf(name)));
  $('service').value = state.service;
  $('service-filter').hidden = services.length < 2 && !state.service;
}

function openTab(tab) {
  go({tab, operation: '', q: '', sort: defaults.sort});
  refresh();
}
for (const tab of Object.keys(views)) {
  $(`tab-${tab}`).addEventListener('click', () => openTab(tab));
}
$('tabs').addEventListener('keydown', event => {
  const names = Object.keys(views), at = names.indexOf(state.tab);
  const moves = {ArrowRight: (at + 1) % names.length, ArrowLeft: (at + names.length - 1) % names.length, Home: 0, End: names.length - 1};
  if (!(event.key in moves) || !isPlain(event)) return;
  event.preventDefault();
  openTab(names[moves[event.key]]);
  $(`tab-${state.tab}`).focus();
});
for (const range of Object.keys(ranges)) $(`range-${range}`).addEventListener('change', () => { adjust({range}); refresh(); });
$('service').addEventListener('change', () => { adjust({service: $('service').value, before: '', after: ''}); refresh(); });
$('search').addEventListener('input', () => { adjust({q: $('search').value}); views[state.tab].filter(); });
$('search').addEventListener('keydown', event => {
  if (event.key !== 'ArrowDown') return;
  event.preventDefault();
  document.querySelector(`#${state.tab} .table`).focus();
});
$('filters').addEventListener('submit', event => event.preventDefault());
$('refresh').addEventListener('click', refresh);
document.addEventListener('keydown', event => {
  if ($('login').open || !isPlain(event)) return;
  const isWriting = event.target === $('search');
  if (event.key === '/' && !isWriting && !$('search').hidden) { event.preventDefault(); $('search').focus(); $('search').select(); }
  if (event.key !== 'Escape') return;
  if (isWriting) document.querySelector(`#${state.tab} .table`).focus();
  else if (state.tab === 'operations' && state.operation) closeOperation();
});
function begin() {
  readAddress();
  refresh();
}
addEventListener('popstate', begin);
setInterval(() => { if (!document.hidden && !$('login').open) refresh(); }, 60_000);
begin();
