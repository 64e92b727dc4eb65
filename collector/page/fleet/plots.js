// Plots in SVG: small ones for rows of a table, and larger ones with axes.
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
// Steps from the ground up.
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
// The logarithms of durations, and their extent, at least an octave.
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

// Axes ------------------------------------------------------------------------------------------------------------
function timeTicks(from, until, width) {
  const spans = [1, 2, 3, 6, 12, 24, 48, 168, 336, 744, 1488], most = Math.max(2, width / 84);
  const step = spans.find(hours => (until - from) / hourMs / hours <= most) ?? 2976, ticks = [];
  const start = new Date(from);
  start.setHours(0, 0, 0, 0);
  for (let i = 0; ; ++i) {   // by the local clock, which may jump
    const at = new Date(start);
    at.setHours(i * step);
    if (at >= until) return ticks;
    if (at >= from) ticks.push({at: at.getTime(), text: step < 24 && at.getHours() > 0 ? timeOfDay(at) : day(at)});
  }
}

// 1, 2 and 5 times powers of ten from 2^low to 2^high, fewer where they would be too many.
function logTicks(low, high, most) {
  for (const digits of [[1, 2, 5], [1, 3], [1]]) {
    for (let stride = 1; stride < 8; stride = digits.length > 1 ? 8 : stride + 1) {
      const ticks = [];
      for (let power = -6; power < 9; ++power) {
        if (power % stride !== 0) continue;
        for (const digit of digits) {
          const at = Math.log2(digit * 10 ** power);
          if (at >= low && at <= high) ticks.push({at, text: duration(digit * 10 ** power)});
        }
      }
      if (ticks.length <= most) return ticks;
    }
  }
  return [];
}
function evenTicks(most, format) {
  const power = 10 ** Math.floor(Math.log10(most || 1)), top = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find(n => n * power >= (most || 1) * 0.999) * power;
  return {top, ticks: [0, top / 2, top].map(at => ({at, text: format(at)}))};
}
function axes(box, time, yTicks, y) {
  const group = svg('g', {class: 'axes'});
  for (const {at, text} of yTicks) {
    group.append(svg('line', {x1: box.left, x2: box.left + box.width, y1: y(at), y2: y(at)}),
      svg('text', {x: box.left - 7, y: y(at) + 4, 'text-anchor': 'end'}, text));
  }
  for (const {at, text} of timeTicks(time.from, time.until, box.width)) {
    const x = box.left + (at - time.from) / (time.until - time.from) * box.width;
    if (x > box.left + box.width - 18 || x < box.left + 10) continue;
    group.append(svg('text', {x, y: box.top + box.height + 17, 'text-anchor': 'middle'}, text));
  }
  return group;
}
// Tells the values of a step where the pointer is.
function stepTitles(box, time, titleOf) {
  const group = svg('g', {class: 'steps'}), width = box.width / time.count;
  for (let i = 0; i < time.count; ++i) {
    group.append(svg('rect', {x: box.left + i * width, y: box.top, width, height: box.height},
      svg('title', {}, `${timeRange(stepStart(time, i), stepEnd(time, i))}\n${titleOf(i)}`)));
  }
  return group;
}
const chartBox = width => ({left: 62, top: 8, width: width - 70, height: 96});
const chart = (width, label, ...children) => svg('svg', {class: 'chart', width, height: 128, role: 'img', 'aria-label': label}, ...children);
function areaChart(width, time, values, className, label, format, titleFormat = format) {
  const box = chartBox(width), {top, ticks} = evenTicks(Math.max(...values), format), {x, y} = scales(values.length, box, 0, top);
  return chart(width, label, axes(box, time, ticks, y), path(`area ${className}`, areaPath(values, x, y)), stepTitles(box, time, i => titleFormat(values[i])));
}
function latencyChart(width, time, rows, label) {
  const box = chartBox(width), {lines, low, high} = latencyLines(rows), {x, y} = scales(rows.length, box, low, high);
  const title = i => rows[i] ? `p50 ${duration(rows[i].p50Ms)}, p95 ${duration(rows[i].p95Ms)}, p99 ${duration(rows[i].p99Ms)}` : 'no spans';
  return chart(width, label, axes(box, time, logTicks(low, high, 5), y), path('band', bandPath(lines[0], lines[2], x, y)),
    path('line faint', linePath(lines[0], x, y)), path('line faint', linePath(lines[2], x, y)), path('line', linePath(lines[1], x, y)),
    stepTitles(box, time, title));
}
