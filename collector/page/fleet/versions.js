// Compares two versions by the p95 of each operation.
const changeText = ratio => `${ratio >= 1 ? '+' : '−'}${Number((Math.abs(ratio - 1) * 100).toFixed(1))} %`;
const verdicts = {slower: '▲ slower', faster: '▼ faster', '': 'no change shown'};

const versionTable = new RowTable($('version-table'), 'Operations of both versions, the largest changes first', [
  {title: 'Operation', width: 'minmax(90px, 620px)', draw: row => nameCell(row.name)},
  {title: 'Spans', width: '130px', from: 1100, className: 'right counts',
    draw: row => numberCell(`${sum(row.oldCounts).toLocaleString('en')} → ${sum(row.newCounts).toLocaleString('en')}`)},
  {title: 'p95', width: '170px', from: 900, className: 'right', draw: row => numberCell(`${duration(row.oldMs)} → ${duration(row.newMs)}`)},
  {title: 'Change', width: '84px', className: 'right', draw: row => make('span', `number ${row.change}`, changeText(row.ratio))},
  {title: '95 % interval', width: '286px', from: RowTable.narrowWidth, className: 'interval', draw: row => intervalCell(row)},
  {title: 'Verdict', width: '126px', className: 'verdict', draw: row => make('span', row.change || 'none', verdicts[row.change])},
], row => { go({tab: 'operations', operation: row.name}); refresh(); });

// The interval on a logarithmic axis, from two thirds to one and a half.
function intervalCell({ratio, low, high}) {
  const width = 108, x = r => rounded(4 + (width - 8) * Math.min(1, Math.max(0, (Math.log(r) / Math.log(1.5) + 1) / 2)));
  const drawing = svg('svg', {class: 'plot', width, height: 26, 'aria-hidden': 'true'},
    svg('line', {class: 'same', x1: x(1), x2: x(1), y1: 3, y2: 23}), svg('line', {class: 'whisker', x1: x(low), x2: x(high), y1: 13, y2: 13}),
    svg('circle', {class: 'point', cx: x(ratio), cy: 13, r: 3.5}));
  return [drawing, numberCell(`${changeText(low)} to ${changeText(high)}`)];
}
const inOrder = (a, b) => a.localeCompare(b, 'en', {numeric: true});
async function showVersions(signal) {
  const time = period(1), rows = await rollups(time, {by: 'version'}, signal), versions = rows.map(row => row.version).sort(inOrder);
  if (versions.length === 0) return showNoSpans();
  if (versions.length === 1) {
    return showEmpty('One version only', `All spans in this time range are of version ${versions[0] || '(unknown)'}. ` +
      'Choose a longer time range, or come back when another version is in use. A plugin sets its version in Config::service.version.');
  }
  const [before, after] = chosenVersions(versions, inUse(rows));
  offerVersions($('before'), versions, before);
  offerVersions($('after'), versions, after);
  const of = version => rollups(time, {by: 'operation', version}, signal);
  const [oldRows, newRows] = await Promise.all([of(before), of(after)]);
  const newCounts = new Map(newRows.map(row => [row.operation, row.durations]));
  listChanges(oldRows.filter(row => newCounts.has(row.operation))
    .map(row => ({name: row.operation, oldCounts: row.durations, newCounts: newCounts.get(row.operation)})));
}
// The versions with at least a twentieth of the spans of the most used one: others may be trials.
function inUse(rows) {
  const most = Math.max(...rows.map(row => row.count));
  return rows.filter(row => row.count >= most / 20).map(row => row.version).sort(inOrder);
}
// The two newest versions in use, unless the address names others.
function chosenVersions(versions, used) {
  const newest = except => (used.findLast(version => version !== except) ?? versions.findLast(version => version !== except));
  const after = versions.includes(state.after) ? state.after : newest(state.before);
  return [versions.includes(state.before) ? state.before : newest(after), after];
}
function offerVersions(select, versions, chosen) {
  select.replaceChildren(...versions.map(version => optionOf(version, version || '(unknown)')));
  select.value = chosen;
}
let changes = [];
function listChanges(shared) {
  changes = compareOperations(shared, Number(state.least) / 100);
  const called = changes.filter(row => row.change), slower = called.filter(row => row.change === 'slower').length;
  const count = changes.length, left = shared.length - count;
  $('version-sum').textContent = count === 0 ? '' : `${counted(count, 'operation')} compared: ${slower} slower, ${called.length - slower} faster.`;
  $('version-method').textContent =
    `A change is reported if it is at least ${state.least} %, and if the probability that it is due to chance is at most 5 %` +
    `${count > 1 ? `, for all ${count} operations together` : ''}. ` +
    `Operations with fewer than ${fewestSpans} spans in a version are left out${left > 0 ? ` (${left})` : ''}.`;
  $('version-table').hidden = count === 0;
  if (count === 0) {
    const text = `No operation has ${fewestSpans} spans in both versions. Choose a longer time range, or other versions.`;
    return showEmpty('Not enough spans', text, true);
  }
  filterChanges();
  say($('version-sum').textContent);
}
function filterChanges() {
  versionTable.show(changes.filter(row => matches(row.name)));
  remark('');
}
for (const id of ['before', 'after', 'least']) $(id).addEventListener('change', () => { adjust({[id]: $(id).value}); refresh(); });
