// Reads the sums by hour for a time range.
const hourMs = 3_600_000;
const ranges = {'24h': 24, '7d': 168, '30d': 720, '90d': 2160, '1y': 8784};   // hours
const steps = [1, 2, 3, 4, 6, 8, 12, 24, 48, 96, 168, 336, 744];              // hours
const mostRows = 9000;   // the collector's limit is 10,000

// Whole hours up to now; the last hour is not over. Steps of whole days begin at midnight UTC, like the stored days.
function period(mostSteps) {
  const range = ranges[state.range], now = Date.now(), until = Math.ceil(now / hourMs) * hourMs;
  const hours = steps.find(hours => range / hours <= mostSteps) ?? range, step = hours * hourMs;
  const grid = hours < range && hours % 24 === 0 ? 24 * hourMs : hourMs;
  const from = Math.floor((until - range * hourMs) / grid) * grid;
  return {from, until, now, step, count: Math.ceil((until - from) / step)};
}
const stepStart = (time, index) => time.from + index * time.step;
const stepEnd = (time, index) => Math.min(stepStart(time, index) + time.step, time.until);
const hoursOf = (time, index) => (Math.min(stepEnd(time, index), time.now) - stepStart(time, index)) / hourMs;

async function rollups(time, parameters, signal) {
  const query = new URLSearchParams({from: time.from, until: time.until, service: state.service, ...parameters});
  if (!query.get('service')) query.delete('service');
  return (await ask(`/api/v1/rollups?${query}`, signal, JSON.parse)).rows;
}
const rollupSteps = (time, parameters, signal) => rollups(time, {...parameters, step: time.step / hourMs}, signal);

// Rows by step; undefined for a step without spans.
function series(time, rows) {
  const result = new Array(time.count).fill(undefined);
  for (const row of rows) result[Math.round((row.time - time.from) / time.step)] = row;
  return result;
}
const rates = (time, rows) => rows.map((row, i) => (row?.count ?? 0) / Math.max(hoursOf(time, i), 1 / 60));
const errorShares = rows => rows.map(row => row ? row.errors / row.count : 0);

// A suitable unit for a number of spans an hour.
const unitOf = perHour => perHour >= 7200 ? [3600, 's'] : perHour >= 120 ? [60, 'min'] : [1, 'h'];
function short(number) {
  if (number > 0 && number < 0.005) return '< 0.01';
  return Number(number.toFixed(number >= 100 ? 0 : number >= 10 ? 1 : 2)).toLocaleString('en');
}
function rate(perHour) {
  const [size, unit] = unitOf(perHour);
  return `${short(perHour / size)} / ${unit}`;
}
