// One operation: its plots, and the heatmap.
const heatmap = new Heatmap($('heatmap'), $('heatmap-caption'), openExamples);
let drawnOperation = null;   // what to draw again when the width changes

function openOperation(name) {
  go({operation: name});
  refresh().then(() => { if (!$('operation').hidden) $('heatmap').focus(); });
}
function closeOperation() {
  go({operation: ''});
  refresh().then(() => $('operation-table').focus());
}
async function showOperation(signal) {
  const {operation} = state, total = period(1), time = period($('main').clientWidth < 700 ? 30 : 96);
  const [[sums], steps] = await Promise.all([rollups(total, {operation}, signal), rollupSteps(time, {operation}, signal)]);
  if (!sums) {
    showEmpty('Nothing recorded', `There are no spans of ${operation} in this time range. Choose a longer one, or another operation.`);
    return offerAction('All operations', closeOperation);
  }
  const row = operationRow(total, {...sums, operation});
  $('operation-name').textContent = operation;
  $('operation-facts').replaceChildren(...[
    [counted(row.count, 'span')], [rate(row.perHour)],
    [row.errors > 0 ? `✗ ${percent(row.errorShare)} failed` : 'none failed', row.errors > 0 ? 'mark' : ''],
    [`p50 ${duration(row.p50Ms)}`], [`p95 ${duration(row.p95Ms)}`], [`p99 ${duration(row.p99Ms)}`],
  ].map(([text, className]) => make('span', `number ${className ?? ''}`, text)));
  document.title = `${operation} · Fleet · Sidespan`;
  drawnOperation = {time, ...plotsOf(time, steps)};
  remark('');
  revealOperation(true);
  drawOperation();
  say(`${operation}: ${counted(row.count, 'span')}, p95 ${duration(row.p95Ms)}`);
}
function revealOperation(isOne) {
  $('operation').hidden = !isOne;
  $('operation-table').hidden = isOne;
}
function drawOperation() {
  const {time, steps, rates, errors} = drawnOperation, width = $('rate-chart').clientWidth;
  const [size, unit] = unitOf(Math.max(...rates));
  $('rate-chart').replaceChildren(areaChart(width, time, rates.map(each => each / size), 'count', 'Rate', value => `${short(value)} / ${unit}`));
  $('error-chart').replaceChildren(areaChart(width, time, errors, 'failed', 'Share of errors', percent));
  $('latency-chart').replaceChildren(latencyChart(width, time, steps, 'p50, p95 and p99'));
  heatmap.show(time, steps, $('heatmap').clientWidth);
}
// Opens the traces of a cell on the traces page.
function openExamples({from, until, minMs, maxMs}) {
  const parameters = new URLSearchParams({name: state.operation, from, until, minDurationMs: minMs});
  if (maxMs !== undefined) parameters.set('maxDurationMs', maxMs);
  if (state.service) parameters.set('service', state.service);
  location.href = `/#${parameters}`;
}
$('all-operations').addEventListener('click', closeOperation);
new ResizeObserver(() => { if (drawnOperation && !$('operation').hidden) drawOperation(); }).observe($('operation'));
