const CONTROLS = "button, input, select, textarea, a[href], summary";

/** Returns the index of the card in a cell. */
export const indexOf = (cell) => Number(cell.dataset.index);

/** Returns the element of a cell that takes the focus: its main control, or the cell until there is one. */
export const mainControl = (cell) => cell.querySelector("[data-main]") ?? cell;

/** The rows of a virtual list that are in the document. */
export class VirtualRows {
  #grid;
  #render;
  #itemAt;
  #gap;
  #rows = new Map();
  #shown = new WeakMap();
  #total = 0;
  columns = 1;
  pitch = 1;

  /** Rows of a grid, with cards from `render(item, index)` for the items from `itemAt(index)`. */
  constructor(grid, gap, render, itemAt) {
    this.#grid = grid;
    this.#gap = gap;
    this.#render = render;
    this.#itemAt = itemAt;
  }

  /** Removes all rows and sets the height of the grid for a number of cards. */
  layOut(total) {
    this.#rows.forEach((row) => row.remove());
    this.#rows.clear();
    this.#total = total;
    this.#grid.style.height = `${Math.max(0, this.count * this.pitch - this.#gap)}px`;
    this.#grid.setAttribute("aria-rowcount", this.count);
    this.#grid.setAttribute("aria-colcount", this.columns);
    this.#grid.hidden = total === 0;
  }

  /** The number of rows, in the document or not. */
  get count() {
    return Math.ceil(this.#total / this.columns);
  }

  /** Keeps only these rows in the document, with the cards whose items are known. */
  show(numbers) {
    for (const [number, row] of this.#rows) {
      if (!numbers.has(number)) {
        row.remove();
        this.#rows.delete(number);
      }
    }
    for (const number of [...numbers].sort((a, b) => a - b)) {
      if (!this.#rows.has(number)) {
        const next = [...this.#rows.keys()].filter((other) => other > number);
        const row = this.#row(number);
        this.#grid.insertBefore(row, next.length ? this.#rows.get(Math.min(...next)) : null);
        this.#rows.set(number, row);
      }
    }
    this.cells().forEach((cell) => this.#fill(cell));
  }

  cells() {
    return [...this.#rows.values()].flatMap((row) => [...row.children]);
  }

  cell(index) {
    return this.#rows.get(Math.floor(index / this.columns))?.children[index % this.columns];
  }

  /** Calls `change(card, item, index)` for the cards in the document. */
  update(change) {
    for (const cell of this.cells().filter((one) => this.#shown.has(one))) {
      change(cell.firstElementChild, this.#itemAt(indexOf(cell)), indexOf(cell));
    }
  }

  /** Makes the controls of one card reachable by Tab; other cards are reached with the arrow keys first. */
  setTabStop(active) {
    for (const cell of this.cells()) {
      const stop = indexOf(cell) === active ? 0 : -1;
      cell.querySelectorAll(CONTROLS).forEach((control) => (control.tabIndex = stop));
      cell.tabIndex = mainControl(cell) === cell ? stop : -1;
    }
  }

  #row(number) {
    const row = document.createElement("div");
    row.setAttribute("role", "row");
    row.setAttribute("aria-rowindex", number + 1);
    Object.assign(row.style, {
      position: "absolute",
      insetInline: "0",
      top: `${number * this.pitch}px`,
      height: `${this.pitch - this.#gap}px`,
      display: "grid",
      gridTemplateColumns: `repeat(${this.columns}, minmax(0, 1fr))`,
      gridTemplateRows: "minmax(0, 1fr)",
      columnGap: `${this.#gap}px`,
    });
    const end = Math.min(this.#total, (number + 1) * this.columns);
    for (let index = number * this.columns; index < end; index++) {
      const cell = document.createElement("div");
      cell.setAttribute("role", "gridcell");
      cell.setAttribute("aria-colindex", (index % this.columns) + 1);
      cell.setAttribute("aria-label", "Loading");
      cell.dataset.index = index;
      row.append(cell);
    }
    return row;
  }

  /** Keeps a card whose item has not changed. */
  #fill(cell) {
    const item = this.#itemAt(indexOf(cell));
    const text = JSON.stringify(item);
    if (item !== undefined && this.#shown.get(cell) !== text) {
      this.#shown.set(cell, text);
      cell.removeAttribute("aria-label");
      cell.replaceChildren(this.#render(item, indexOf(cell)));
    }
  }
}
