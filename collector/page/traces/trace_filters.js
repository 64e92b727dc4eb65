// The filters of the list of traces. They are part of the address, like the open trace.
const filterFields = {q: 'search', status: 'status', service: 'service', attribute: 'attribute', minDurationMs: 'shortest', maxDurationMs: 'longest'};
// Spans of one name, time and duration, which a link of the fleet page names. They replace the fields for the duration.
const exampleNames = ['name', 'from', 'until', 'minDurationMs', 'maxDurationMs'];
let example = new URLSearchParams();
const addressParameters = () => new URLSearchParams(location.hash.slice(1));

function filters() {
  const chosen = new URLSearchParams();
  for (const [name, id] of Object.entries(filterFields)) {
    const value = $(id).value.trim(), isDuration = name.endsWith('Ms');
    if (value && $(id).checkValidity() && !(isDuration && (example.has('name') || Number(value) === 0))) chosen.set(name, value);
  }
  example.forEach((value, name) => chosen.set(name, value));
  return chosen;
}
function addressOf(trace) {
  const parameters = filters();
  if (trace) parameters.set('trace', trace);
  return String(parameters) ? `#${parameters}` : location.pathname;
}
function readFilters() {
  const parameters = addressParameters();
  example = new URLSearchParams(parameters.has('name') ? exampleNames.filter(name => parameters.has(name)).map(name => [name, parameters.get(name)]) : []);
  if (parameters.has('service')) offerServices([{serviceName: parameters.get('service')}]);
  for (const [name, id] of Object.entries(filterFields)) $(id).value = example.has(name) ? '' : parameters.get(name) ?? '';
  showExample();
}
function showExample() {
  const number = name => Number(example.get(name)), isAsked = example.has('name');
  $('durations').hidden = isAsked;
  $('example').hidden = !isAsked;
  if (!isAsked) return;
  const parts = [example.get('name')];
  if (example.has('from') && example.has('until')) parts.push(timeRange(number('from'), number('until')));
  if (example.has('maxDurationMs')) parts.push(`${duration(number('minDurationMs'))} to ${duration(number('maxDurationMs'))}`);
  else if (example.has('minDurationMs')) parts.push(`${duration(number('minDurationMs'))} or longer`);
  $('example-text').textContent = parts.join(', ');
}
function dropExample() {
  example = new URLSearchParams();
  showExample();
  narrow();
}
// After a field has changed.
function narrow() {
  history.replaceState(null, '', addressOf(shown?.traceId));
  loadList();
}
