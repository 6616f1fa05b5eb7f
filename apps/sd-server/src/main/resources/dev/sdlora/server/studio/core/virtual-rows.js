const CONTROLS = "button, input, select, textarea, a[href], summary";

/** The index of the card in a cell. */
export const indexOf = (cell) => Number(cell.dataset.index);

/** What takes the focus in a cell: its main control, or the cell as long as there is none. */
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

  /** Rows of a grid, whose cards come from `render(item, index)`, for the items that `itemAt(index)` has. */
  constructor(grid, gap, render, itemAt) {
    this.#grid = grid;
    this.#gap = gap;
    this.#render = render;
    this.#itemAt = itemAt;
  }

  /** All rows go; the grid is as high as those of so many cards. */
  layOut(total) {
    this.#rows.forEach((row) => row.remove());
    this.#rows.clear();
    this.#total = total;
    this.#grid.style.height = `${Math.max(0, this.count * this.pitch - this.#gap)}px`;
    this.#grid.setAttribute("aria-rowcount", this.count);
    this.#grid.setAttribute("aria-colcount", this.columns);
    this.#grid.hidden = total === 0;
  }

  /** How many rows there are, in the document or not. */
  get count() {
    return Math.ceil(this.#total / this.columns);
  }

  /** Has these rows in the document and no others, with what is known of their cards. */
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

  /** Calls `change(card, item, index)` for the cards that are there. */
  update(change) {
    for (const cell of this.cells().filter((one) => this.#shown.has(one))) {
      change(cell.firstElementChild, this.#itemAt(indexOf(cell)), indexOf(cell));
    }
  }

  /** The controls of one card can be reached by Tab, those of all others by arrows first. */
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

  /** A card whose item says the same as before stays as it is. */
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
