// Shows how many spans there are by time and duration. A click on a cell opens the traces of its spans.
class Heatmap {
  static lastBucket = 160;   // it has no upper bound

  constructor(box, caption, open) {
    Object.assign(this, {box, caption, open, cells: [], active: null});
    box.addEventListener('keydown', event => this.onKey(event));
    box.addEventListener('click', event => this.onPointer(event, true));
    box.addEventListener('pointerover', event => this.onPointer(event, false));
    box.addEventListener('focus', () => this.moveTo(this.active));
  }
  show(time, rows, width) {
    this.time = time;
    this.count(rows);
    this.place(width);
    this.draw();
    const again = this.active && this.at(this.active.column, this.active.row);
    this.moveTo(again ?? this.cells.reduce((most, cell) => cell.count > (most?.count ?? 0) ? cell : most, null));
  }
  // Joins buckets, in groups of 2 to 16, if there would be too many rows.
  count(rows) {
    const used = rows.flatMap(row => row?.durations.flatMap((count, bucket) => count > 0 ? [bucket] : []) ?? []);
    const first = Math.min(...used), last = Math.max(...used);
    this.perRow = [1, 2, 4, 8].find(n => (last - first) / n < 36) ?? 16;
    this.first = Math.floor(first / this.perRow) * this.perRow;
    this.rows = Math.floor((last - this.first) / this.perRow) + 1;
    this.cells = rows.flatMap((row, column) => this.cellsOf(row, column));
    this.byPlace = new Map(this.cells.map(cell => [`${cell.column}-${cell.row}`, cell]));
  }
  cellsOf(row, column) {
    const cells = Array.from({length: this.rows}, (_, i) => ({column, row: i, count: 0}));
    row?.durations.forEach((count, bucket) => { if (count > 0) cells[Math.floor((bucket - this.first) / this.perRow)].count += count; });
    return cells.filter(cell => cell.count > 0);
  }
  at(column, row) { return this.byPlace.get(`${column}-${row}`); }
  bucketOf(row) { return this.first + row * this.perRow; }
  place(width) {
    const cellHeight = Math.max(7, Math.min(18, Math.floor(300 / this.rows)));
    this.frame = {left: 62, top: 4, width: width - 70, height: cellHeight * this.rows};
    this.cellHeight = cellHeight;
    this.cellWidth = this.frame.width / this.time.count;
  }
  draw() {
    const {frame, time} = this, low = octavesBefore(this.first), high = octavesBefore(this.bucketOf(this.rows));
    const y = octaves => frame.top + frame.height * (1 - (octaves - low) / (high - low));
    const microsecond = Math.log2(1e-3);   // ticks are in octaves above 1 ms
    const ticks = logTicks(low + microsecond, high + microsecond, Math.max(2, frame.height / 26));
    const most = Math.max(...this.cells.map(cell => cell.count));
    const drawing = svg('svg', {class: 'chart', width: frame.left + frame.width + 8, height: frame.height + 28, role: 'presentation'},
      axes(frame, time, ticks, at => rounded(y(at - microsecond))));
    for (let row = this.rows - 1; row >= 0; --row) {
      const cells = this.cells.filter(cell => cell.row === row);
      drawing.append(svg('g', {role: 'row'}, ...cells.map(cell => this.draw1(cell, most))));
    }
    this.box.replaceChildren(drawing);
  }
  draw1(cell, most) {
    const {frame, cellWidth, cellHeight} = this, gap = cellWidth > 5 ? 1 : 0;
    cell.element = svg('rect', {
      id: `cell-${cell.column}-${cell.row}`, class: 'heat', role: 'gridcell', 'aria-label': this.describe(cell),
      x: rounded(frame.left + cell.column * cellWidth), y: frame.top + (this.rows - 1 - cell.row) * cellHeight,
      width: rounded(Math.max(1, cellWidth - gap)), height: cellHeight - 1, 'fill-opacity': (0.14 + 0.86 * Math.sqrt(cell.count / most)).toFixed(2)});
    cell.element.cell = cell;
    return cell.element;
  }
  describe(cell) {
    const {from, until, minMs, maxMs} = this.ranges(cell);
    const length = maxMs === undefined ? `${duration(minMs)} or longer` : `${duration(minMs)} to ${duration(maxMs)}`;
    return `${timeRange(from, until)}, ${length}: ${counted(cell.count, 'span')}`;
  }
  // The durations are whole nanoseconds, and both ends belong to the cell.
  ranges({column, row}) {
    const end = this.bucketOf(row + 1);
    return {
      from: stepStart(this.time, column), until: stepEnd(this.time, column), minMs: firstNano(this.bucketOf(row)) / 1e6,
      maxMs: end > Heatmap.lastBucket ? undefined : (firstNano(end) - 1) / 1e6};
  }
  moveTo(cell) {
    this.active?.element?.classList.remove('active');
    this.active = cell;
    if (!cell) return;
    cell.element.classList.add('active');
    this.box.setAttribute('aria-activedescendant', cell.element.id);
    this.caption.textContent = this.describe(cell);
  }
  // The nearest cell that has spans: up or down in the same column, or in the next column to the left or right that has
  // any.
  neighbour(key) {
    const {column, row} = this.active, distance = cell => Math.abs(cell.row - row);
    const nearest = cells => cells.reduce((best, cell) => !best || distance(cell) < distance(best) ? cell : best, null);
    const inColumn = this.cells.filter(cell => cell.column === column);
    switch (key) {
      case 'ArrowUp': return nearest(inColumn.filter(cell => cell.row > row));
      case 'ArrowDown': return nearest(inColumn.filter(cell => cell.row < row));
      case 'ArrowLeft': return nearest(this.columnAt(Math.max(...this.cells.map(cell => cell.column).filter(c => c < column))));
      case 'ArrowRight': return nearest(this.columnAt(Math.min(...this.cells.map(cell => cell.column).filter(c => c > column))));
      case 'Home': return nearest(this.columnAt(Math.min(...this.cells.map(cell => cell.column))));
      case 'End': return nearest(this.columnAt(Math.max(...this.cells.map(cell => cell.column))));
      default: return undefined;
    }
  }
  columnAt(column) { return this.cells.filter(cell => cell.column === column); }
  onKey(event) {
    if (!this.active || !isPlain(event)) return;
    if (event.key === 'Enter' || event.key === ' ') this.open(this.ranges(this.active));
    else {
      const next = this.neighbour(event.key);
      if (next === undefined) return;
      if (next) this.moveTo(next);
    }
    event.preventDefault();
  }
  onPointer(event, isClick) {
    const {cell} = event.target;
    if (!cell) return;
    this.moveTo(cell);
    if (isClick) this.open(this.ranges(cell));
  }
}
