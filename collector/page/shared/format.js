// Formats times, shares, counts and statuses.
function duration(ms) {
  if (ms === 0) return '0 ms';
  const units = [[1000, 's'], [1, 'ms'], [1e-3, 'µs'], [1e-6, 'ns']];
  for (const [size, name] of units) {
    if (Math.abs(ms) < size * 0.9995 && name !== 'ns') continue;
    const amount = ms / size, magnitude = Math.abs(amount);
    const digits = magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2;
    return Number(amount.toFixed(digits)).toLocaleString('en') + ' ' + name;
  }
}
function moment(ms) {
  const date = new Date(ms), pad = (n, size = 2) => String(n).padStart(size, '0');
  if (isNaN(date)) return '';
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ` +
    `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}
const timeOfDay = ms => new Date(ms).toLocaleTimeString('en-GB', {hour: '2-digit', minute: '2-digit'});
const day = ms => new Date(ms).toLocaleDateString('en-GB', {day: 'numeric', month: 'short'});
const dayAndTime = ms => `${day(ms)} ${timeOfDay(ms)}`;
const timeRange = (from, until) => `${dayAndTime(from)} to ${day(from) === day(until) ? timeOfDay(until) : dayAndTime(until)}`;
function ago(ms) {
  const seconds = (Date.now() - ms) / 1000;
  if (!(seconds >= 0)) return moment(ms);
  if (seconds < 5) return 'now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return moment(ms);
}
const percent = share => share > 0 && share < 0.001 ? '< 0.1 %' : `${Number((share * 100).toFixed(1))} %`;
const counted = (number, noun) => `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
const marks = {error: '✗ error', cancelled: '⊘ cancelled'};
