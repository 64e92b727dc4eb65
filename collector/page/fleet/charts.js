// Plots with axes.
function timeTicks(from, until, width) {
  const spans = [1, 2, 3, 6, 12, 24, 48, 168, 336, 744, 1488], most = Math.max(2, width / 84);
  const step = spans.find(hours => (until - from) / hourMs / hours <= most) ?? 2976, ticks = [];
  const start = new Date(from);
  start.setHours(0, 0, 0, 0);
  for (let i = 0; ; ++i) {   // by local time, in which days differ in length
    const at = new Date(start);
    at.setHours(i * step);
    if (at >= until) return ticks;
    if (at >= from) ticks.push({at: at.getTime(), text: step < 24 && at.getHours() > 0 ? timeOfDay(at) : day(at)});
  }
}

// 1, 2 and 5 times powers of ten from 2^low to 2^high, or fewer if these are more than `most`.
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
// Shows the values of the step under the pointer.
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
  return chart(width, label, axes(box, time, ticks, y), path(`area ${className}`, areaPath(values, x, y)),
    stepTitles(box, time, i => titleFormat(values[i])));
}
function latencyChart(width, time, rows, label) {
  const box = chartBox(width), {lines, low, high} = latencyLines(rows), {x, y} = scales(rows.length, box, low, high);
  const title = i => rows[i] ? `p50 ${duration(rows[i].p50Ms)}, p95 ${duration(rows[i].p95Ms)}, p99 ${duration(rows[i].p99Ms)}` : 'no spans';
  return chart(width, label, axes(box, time, logTicks(low, high, 5), y), path('band', bandPath(lines[0], lines[2], x, y)),
    path('line faint', linePath(lines[0], x, y)), path('line faint', linePath(lines[2], x, y)), path('line', linePath(lines[1], x, y)),
    stepTitles(box, time, title));
}
