// Fields, keys and the address.
let typing = 0;
const searchSoon = () => { clearTimeout(typing); typing = setTimeout(narrow, 150); };
for (const id of ['search', 'shortest', 'longest', 'attribute']) $(id).addEventListener('input', searchSoon);
for (const id of ['status', 'service']) $(id).addEventListener('change', narrow);
$('filters').addEventListener('submit', event => { event.preventDefault(); narrow(); });
$('all-traces').addEventListener('click', dropExample);
$('search').addEventListener('keydown', event => {
  if (event.key === 'ArrowDown') { event.preventDefault(); $('list').focus(); }
});
$('older').addEventListener('click', loadOlder);
$('refresh').addEventListener('click', () => {
  const id = addressParameters().get('trace');   // it is not shown if it could not be read
  listedAs = '';
  loadList();
  if (id) loadTrace(id);
});
$('copy').addEventListener('click', async () => {
  try { await navigator.clipboard.writeText(shown.traceId); say('Trace id copied'); $('copy').textContent = 'Copied'; }
  catch { getSelection().selectAllChildren($('trace-id')); $('copy').textContent = 'Selected'; }
  setTimeout(() => { $('copy').textContent = 'Copy id'; }, 1500);
});
function goBack() {
  if (addressParameters().has('trace')) history.pushState(null, '', addressOf(null));
  closeTrace();
  $('list').focus();
}
$('back').addEventListener('click', goBack);
document.addEventListener('keydown', event => {
  if ($('login').open || !isPlain(event)) return;
  const writing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.key === '/' && !writing) { event.preventDefault(); $('search').focus(); $('search').select(); }
  if (event.key !== 'Escape') return;
  if (writing) { event.preventDefault(); $('list').focus(); }
  else if (!$('details').hidden) { closeDetails(); $('rows').focus(); }
  else if (shown && $('trace-pane').contains(document.activeElement)) goBack();
});
function followAddress() {
  const before = listAddress(), id = addressParameters().get('trace');
  readFilters();
  if (listAddress() !== before) loadList();
  if (id && id !== shown?.traceId) loadTrace(id, document.activeElement === document.body);
  else if (id) traceRequest?.abort();   // it is for another trace, which is no longer wanted
  else {
    calm('trace');
    if (shown || traceRequest) closeTrace();
  }
}
function begin() {
  followAddress();
  loadList();
}
addEventListener('popstate', followAddress);
addEventListener('hashchange', followAddress);
setInterval(() => { if (!document.hidden && !$('login').open && !isExtended && !isListing()) loadList(); }, 5000);
begin();
