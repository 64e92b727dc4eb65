// A table that can be sorted and may have any number of rows: only visible rows have elements. A column has a title, a
// width for CSS grid (and a `narrow` one for small windows), draw(row) for its content, and value(row) if the table can
// be sorted by it. If the table is narrower than `from`, the column is left out.
class RowTable {
  constructor(box, label, columns, open) {
    Object.assign(this, {box, columns, open, rows: [], cursor: 0, sort: '', shown: columns.map(() => true)});
    box.classList.add('table');
    box.tabIndex = 0;
    box.setAttribute('role', 'grid');
    box.setAttribute('aria-label', label);
    this.head = make('div', 'table-head');
    this.head.setAttribute('role', 'row');
    this.head.append(...columns.map(column => this.headCell(column)));
    this.body = make('div', 'table-body');
    this.body.setAttribute('role', 'rowgroup');
    box.append(this.head, this.body);
    box.addEventListener('keydown', event => { if (event.target === box && isPlain(event)) this.onKey(event); });
    box.addEventListener('scroll', () => requestAnimationFrame(() => this.draw()));
    new ResizeObserver(() => { this.fit(); this.draw(); }).observe(box);
  }
  static rowHeight = 38;
  static narrowWidth = 760;

  fit() {
    const width = this.box.clientWidth, isNarrow = width <= RowTable.narrowWidth;
    this.shown = this.columns.map(column => !(column.from > width));
    this.box.classList.toggle('narrow', isNarrow);
    const widths = this.columns.filter((_, i) => this.shown[i]).map(column => isNarrow && column.narrow || column.width);
    this.box.style.setProperty('--columns', widths.join(' '));
    this.fitRow(this.head);
  }
  fitRow(element) {
    [...element.children].forEach((cell, i) => { cell.hidden = !this.shown[i]; });
  }

  headCell(column) {
    const cell = make('div', `cell ${column.className ?? ''}`);
    cell.setAttribute('role', 'columnheader');
    if (!column.value) {
      cell.textContent = column.title;
      return cell;
    }
    const button = make('button', 'sort', column.title);
    button.type = 'button';
    button.title = column.hint ?? '';
    button.addEventListener('click', () => this.sortBy(column));
    cell.append(button);
    return Object.assign(cell, {key: column.key});
  }
  sortBy(column) {
    const down = `-${column.key}`, up = column.key, first = column.isText ? up : down;
    adjust({sort: this.sort === first ? (first === up ? down : up) : first});
    this.order(state.sort);
  }
  // Sorts by a key, from the largest if it begins with "-". Any other text leaves the order as it is.
  order(sort) {
    const key = sort.replace(/^-/, ''), column = this.columns.find(column => column.key === key && column.value);
    this.sort = column ? sort : '';
    for (const cell of this.head.children) {
      if (cell.key) cell.setAttribute('aria-sort', cell.key !== key ? 'none' : sort === key ? 'ascending' : 'descending');
    }
    if (column) {
      const factor = sort === key ? 1 : -1, {value} = column;
      const compare = (a, b) => typeof a === 'string' ? a.localeCompare(b, 'en', {numeric: true}) : a - b;
      this.rows = [...this.rows].sort((a, b) => factor * compare(value(a), value(b)));
    }
    this.draw();
  }
  show(rows, sort = '') {
    this.rows = rows;
    this.cursor = Math.max(0, Math.min(this.cursor, rows.length - 1));
    this.body.style.height = `${rows.length * RowTable.rowHeight}px`;
    this.box.setAttribute('aria-rowcount', rows.length + 1);
    this.order(sort);
  }
  draw() {
    const {scrollTop, clientHeight} = this.box, height = RowTable.rowHeight;
    const first = Math.max(0, Math.floor(scrollTop / height) - 4), last = Math.ceil((scrollTop + clientHeight) / height) + 4;
    this.body.replaceChildren(...this.rows.slice(first, last).map((row, i) => this.rowElement(row, first + i)));
    if (this.rows.length > 0) this.box.setAttribute('aria-activedescendant', `${this.box.id}-${this.cursor}`);
    else this.box.removeAttribute('aria-activedescendant');
  }
  // The element of a row is kept in the row.
  rowElement(row, at) {
    row.element ??= this.newRow(row);
    row.element.id = `${this.box.id}-${at}`;
    row.element.at = at;
    row.element.style.top = `${at * RowTable.rowHeight}px`;
    row.element.setAttribute('aria-rowindex', at + 2);
    row.element.classList.toggle('cursor', at === this.cursor);
    this.fitRow(row.element);
    return row.element;
  }
  newRow(row) {
    const element = make('div', this.open ? 'table-row opens' : 'table-row');
    element.setAttribute('role', 'row');
    for (const column of this.columns) {
      const cell = make('div', `cell ${column.className ?? ''}`);
      cell.setAttribute('role', 'gridcell');
      cell.append(...[column.draw(row)].flat());
      element.append(cell);
    }
    element.addEventListener('click', () => { this.moveTo(element.at); this.open?.(row); });
    return element;
  }
  moveTo(at) {
    this.cursor = Math.max(0, Math.min(this.rows.length - 1, at));
    const height = RowTable.rowHeight, top = this.cursor * height, head = this.head.offsetHeight, {box} = this;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + height + head > box.scrollTop + box.clientHeight) box.scrollTop = top + height + head - box.clientHeight;
    this.draw();
  }
  onKey(event) {
    const page = Math.max(1, Math.floor(this.box.clientHeight / RowTable.rowHeight) - 2);
    const moves = {
      ArrowDown: this.cursor + 1, ArrowUp: this.cursor - 1, PageDown: this.cursor + page, PageUp: this.cursor - page,
      Home: 0, End: this.rows.length - 1};
    if (event.key in moves) this.moveTo(moves[event.key]);
    else if (event.key === 'Enter' && this.rows[this.cursor]) this.open?.(this.rows[this.cursor]);
    else return;
    event.preventDefault();
  }
}
