// What the page shows. It is part of the address, so that a link to it can be shared.
const defaults = {
  tab: 'operations', range: '24h', service: '', q: '', sort: '-count', operation: '', before: '', after: '', least: '5',
};
let state = {...defaults};

function readAddress() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  state = {...defaults};
  for (const name of Object.keys(defaults)) state[name] = parameters.get(name) ?? defaults[name];
  if (!Object.hasOwn(views, state.tab)) state.tab = defaults.tab;
  if (!Object.hasOwn(ranges, state.range)) state.range = defaults.range;
}
function address() {
  const parameters = Object.entries(state).filter(([name, value]) => value !== defaults[name]);
  return parameters.length > 0 ? `#${new URLSearchParams(parameters)}` : location.pathname;
}
// Adds a step to the history, which "back" undoes.
function go(changes) {
  Object.assign(state, changes);
  history.pushState(null, '', address());
}
function adjust(changes) {
  Object.assign(state, changes);
  history.replaceState(null, '', address());
}
