// All operations: rate, errors and durations, with small plots over time.
const leastPoints = 6;   // of a small plot
const matches = name => name.toLowerCase().includes(state.q.trim().toLowerCase());
const plotted = (row, plot) => row.plots ? plot(row.plots) : '';
const numberCell = text => make('span', 'number', text);

const quantileColumn = (key, more) => {
  const value = row => row[`${key}Ms`];
  return {key, title: key, width: '84px', className: 'right', value, draw: row => numberCell(duration(value(row))), ...more};
};

const operationTable = new RowTable($('operation-table'), 'Operations. Arrows move, Enter opens one', [
  {key: 'name', title: 'Operation', width: 'minmax(90px, 620px)', isText: true, value: row => row.name, draw: row => nameCell(row.name)},
  {key: 'count', title: 'Rate', hint: 'Spans in the time range, divided by its length', width: '190px', narrow: '78px',
    value: row => row.count, className: 'plotted', draw: row => [plotted(row, p => smallArea(p.rates, 'count')), numberCell(rate(row.perHour))]},
  {key: 'errors', title: 'Errors', hint: 'Share of the spans that failed', width: '182px', narrow: '62px',
    value: row => row.errorShare, className: 'plotted',
    draw: row => [plotted(row, p => smallArea(p.errors, 'failed', Math.max(0.02, ...p.errors))), errorCell(row)]},
  quantileColumn('p50', {from: 1100}),
  quantileColumn('p95', {narrow: '70px'}),
  quantileColumn('p99', {from: 1100}),
  {key: 'plot', title: 'p50 to p99', width: '104px', from: RowTable.narrowWidth, className: 'latency',
    draw: row => plotted(row, p => smallLatency(p.steps))},
], row => openOperation(row.name));

function nameCell(name) {
  const cell = make('span', 'clipped', name || '(no name)');
  cell.title = name;
  return cell;
}
function errorCell(row) {
  return row.errors > 0 ? make('span', 'number mark', percent(row.errorShare)) : make('span', 'number none', '0');
}
function operationRow(time, row) {
  return {...row, name: row.operation, perHour: row.count / ((time.now - time.from) / hourMs), errorShare: row.errors / row.count};
}
async function showOperations(signal) {
  if (state.operation) return showOperation(signal);
  const total = period(1), rows = (await rollups(total, {by: 'operation'}, signal)).map(row => operationRow(total, row));
  if (rows.length === 0) return showNoSpans();
  keepPlots(rows);
  listOperations(rows);
  const points = Math.min(48, Math.floor(mostRows / rows.length));
  if (points < leastPoints) return remark('Too many operations for small plots. Choose a service.');
  const time = period(points), byName = new Map(rows.map(row => [row.name, []]));
  for (const row of await rollupSteps(time, {by: 'operation'}, signal)) byName.get(row.operation)?.push(row);
  listOperations(rows.map(({element, ...row}) => ({...row, plots: plotsOf(time, byName.get(row.name))})));
}
function plotsOf(time, rows) {
  const steps = series(time, rows);
  return {steps, rates: rates(time, steps), errors: errorShares(steps)};
}
// Keeps the plots while the same time range and service are read again.
let operations = [], operationsOf = '';
function keepPlots(rows) {
  const shown = new Map(operations.map(row => [row.name, row.plots])), now = `${state.range} ${state.service}`;
  if (operationsOf === now) for (const row of rows) row.plots = shown.get(row.name);
  operationsOf = now;
}
function listOperations(rows) {
  operations = rows;
  filterOperations();
}
function filterOperations() {
  const found = operations.filter(row => matches(row.name));
  operationTable.show(found, state.sort);
  remark(`${counted(found.length, 'operation')}${found.length < operations.length ? ` of ${operations.length}` : ''}, ` +
    `${counted(sum(found.map(row => row.count)), 'span')}`);
}
