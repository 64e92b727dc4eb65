// Audio blocks that took longer than their budget, by host, version, buffer size and sample rate.
const audioDimensions = {
  host: ['Host application', text => text || '(unknown)'],
  version: ['Version', text => text || '(unknown)'],
  blockSamples: ['Buffer size', samples => samples > 0 ? counted(samples, 'sample') : '(unknown)'],
  sampleRate: ['Sample rate', hertz => hertz > 0 ? `${(hertz / 1000).toLocaleString('en')} kHz` : '(unknown)'],
};
const overShare = row => row.overruns / row.blocks;
const small = share => share > 0 && share < 0.0001 ? '< 0.01 %' : share === 0 ? '0 %' : `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`;

async function showAudio(signal) {
  const operation = 'audio.load', names = Object.keys(audioDimensions), time = period(1), stepped = period(48);
  const [steps, ...groups] = await Promise.all([
    rollupSteps(stepped, {operation}, signal), ...names.map(by => rollups(time, {by, operation}, signal))]);
  const blocks = sum(groups[0].map(row => row.blocks)), overruns = sum(groups[0].map(row => row.overruns));
  if (blocks === 0) {
    return showEmpty('No audio blocks', 'There is no load summary in this time range. Choose a longer one, or record audio blocks on a lane ' +
      'in the plugin. A lane sends a span named audio.load every ten seconds, with the number of blocks and how many took too long.');
  }
  $('audio-sum').textContent = `${counted(blocks, 'audio block')}, ${small(overruns / blocks)} over budget (${overruns.toLocaleString('en')})`;
  const shares = series(stepped, steps).map(row => row?.blocks > 0 ? overShare(row) : 0);
  $('audio-chart').replaceChildren(areaChart($('audio-chart').clientWidth, stepped, shares, 'failed', 'Share of blocks over budget', percent, small));
  const most = Math.max(...groups.flat().map(row => row.blocks > 0 ? overShare(row) : 0));
  $('audio-groups').replaceChildren(...names.map((name, i) => audioGroup(name, groups[i].filter(row => row.blocks > 0), most)));
  remark('');
}
// Numbers are in ascending order, names from the largest share.
function audioGroup(name, rows, most) {
  const [title, text] = audioDimensions[name], table = make('table', 'shares'), head = make('tr');
  const order = (a, b) => typeof a[name] === 'number' ? a[name] - b[name] : overShare(b) - overShare(a);
  head.append(make('th', '', title), make('th', 'wide', 'Over budget'), make('th', 'right'), make('th', 'right', 'Blocks'));
  table.append(head, ...rows.sort(order).map(row => audioRow(text(row[name]), row, most)));
  table.dataset.by = name;
  return table;
}
function audioRow(text, row, most) {
  const line = make('tr'), track = make('div', 'track'), bar = make('div', 'fill'), lane = make('td', 'wide'), name = make('td');
  name.append(nameCell(text));
  bar.hidden = row.overruns === 0;
  bar.style.width = `${most > 0 ? overShare(row) / most * 100 : 0}%`;
  track.append(bar);
  lane.append(track);
  line.append(name, lane, make('td', 'right number', small(overShare(row))), make('td', 'right number', row.blocks.toLocaleString('en')));
  return line;
}
