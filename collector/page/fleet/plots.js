// Paths and scales for plots in SVG, and the small plots in rows of tables.
function svg(tag, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
const isNumber = value => Number.isFinite(value);
const path = (className, d) => svg('path', {class: className, d});

// A line through the middle of each step; a step without a value breaks it.
function linePath(values, x, y) {
  let d = '';
  values.forEach((value, i) => {
    if (!isNumber(value)) return;
    const isFirst = !isNumber(values[i - 1]), isLast = !isNumber(values[i + 1]);
    if (isFirst && isLast) d += `M${x(i)} ${y(value)}H${x(i + 1)}`;
    else d += `${isFirst ? 'M' : 'L'}${x(i + 0.5)} ${y(value)}`;
  });
  return d;
}
// An area of steps above 0.
function areaPath(values, x, y) {
  const tops = values.map((value, i) => `V${y(value)}H${x(i + 1)}`);
  return `M${x(0)} ${y(0)}${tops.join('')}V${y(0)}Z`;
}
function bandPath(low, high, x, y) {
  const at = i => `${x(i + 0.5)} ${y(high[i])}`;
  let d = '';
  for (let i = 0; i < low.length; ++i) {
    if (!isNumber(low[i])) continue;
    let end = i;
    while (isNumber(low[end + 1])) ++end;
    if (end > i) {
      d += `M${at(i)}`;
      for (let k = i + 1; k <= end; ++k) d += `L${at(k)}`;
      for (let k = end; k >= i; --k) d += `L${x(k + 0.5)} ${y(low[k])}`;
      d += 'Z';
    }
    i = end;
  }
  return d;
}
const rounded = number => Number(number.toFixed(1));
function scales(count, box, low, high) {
  return {
    x: i => rounded(box.left + i / count * box.width),
    y: value => rounded(box.top + box.height * (1 - (value - low) / (high - low || 1)))};
}
// The logarithms of durations, and a range of at least an octave that contains them.
function latencyLines(rows) {
  const lines = ['p50Ms', 'p95Ms', 'p99Ms'].map(name => rows.map(row => row?.count > 0 ? Math.log2(Math.max(row[name], 1e-6)) : undefined));
  const known = lines.flat().filter(isNumber);
  const low = known.length ? Math.min(...known) : 0, high = known.length ? Math.max(...known) : 1;
  const more = Math.max(0.1, (1 - (high - low)) / 2);
  return {lines, low: low - more, high: high + more};
}

const smallPlot = (...children) => svg('svg', {class: 'plot', width: 104, height: 26, viewBox: '0 0 104 26', 'aria-hidden': 'true'}, ...children);
const smallBox = {left: 0.5, top: 2, width: 103, height: 22};
function smallArea(values, className, most = Math.max(...values)) {
  const {x, y} = scales(values.length, smallBox, 0, most);
  return smallPlot(path(`area ${className}`, areaPath(values, x, y)));
}
function smallLatency(rows) {
  const {lines: [p50, p95, p99], low, high} = latencyLines(rows), {x, y} = scales(rows.length, smallBox, low, high);
  return smallPlot(path('band', bandPath(p50, p99, x, y)), path('line', linePath(p95, x, y)));
}
