/*
 * A grid of cards. Only visible cards are in the document, and their data is loaded in pages as they come into view.
 *
 * const list = new VirtualList(container, {
 *   label: "LoRAs",                        // the name of the grid
 *   load: (from, count, signal) => Promise<{ total, items }>,   // items from..from+count-1; fewer at the end
 *   render: (item, index) => Element,      // a new card; its [data-main] control (else the cell) takes the focus
 *   update: (card, item, index) => {},     // optional: changes a card in place, whenever list.update() is called
 *   cardWidth: 150,                        // least width of a card in pixels; as many columns as fit
 *   cardHeight: (width) => width + 60,     // its height, from its width
 *   gap: 8, pageSize: 60,                  // optional
 *   empty: "No LoRAs here.",               // shown if there are no items
 *   onTotal: (total) => {},                // optional: the total is known
 *   onFocus: (item, index) => {},          // optional: another card got the focus (item may not be loaded yet)
 * });
 *
 * The container must get a height from CSS (a fixed one, or flex with min-height: 0); the list makes it scroll.
 *
 * list.reset()      for new data, such as another search: starts again at the top
 * list.refresh()    for changed data: fetches pages again; keeps position, focus and unchanged cards
 * list.update()     calls update for all cards in the document
 * list.total        the number of items, -1 until the first response
 * list.item(index)  an item if it is loaded; list.entries() all loaded ones, as [index, item]
 * list.active       the index of the card that has the focus, or had it last
 * list.focus(index) scrolls to a card and gives it the focus; list.scrollTo(index) without focus
 * list.dispose()    ends its requests and observers
 *
 * Keys: arrows, Home, End, PageUp and PageDown move through all cards; Escape leaves a field inside a card. One card
 * at a time is in the tab order, with its main control first. Keys in fields inside cards are not handled.
 * If load fails, the list shows the error message with a button to try again.
 */
import { PageSource } from "./page-source.js";
import { VirtualRows, indexOf, mainControl } from "./virtual-rows.js";

/** The list described above. */
export class VirtualList {
  #options;
  #container;
  #grid = document.createElement("div");
  #note = document.createElement("div");
  #source;
  #rows;
  #laidOut = -1;
  #frame = 0;
  #observer = new ResizeObserver(() => this.#measure());
  active = 0;

  constructor(container, options) {
    this.#options = { gap: 8, pageSize: 60, cardWidth: 150, cardHeight: (width) => width, ...options };
    const came = () => this.#came();
    this.#source = new PageSource(options.load, this.#options.pageSize, came, (error) => this.#refused(error));
    this.#rows = new VirtualRows(this.#grid, this.#options.gap, options.render, (index) => this.item(index));
    this.#container = container;
    container.classList.add("virtual-list");
    Object.assign(container.style, { position: "relative", overflow: "hidden auto", overflowAnchor: "none" });
    this.#grid.style.position = "relative";
    this.#grid.hidden = true;
    this.#grid.role = "grid";
    this.#grid.ariaLabel = options.label;
    this.#note.role = "status";
    this.#note.className = "virtual-list-note";
    this.#say("Loading …");
    container.append(this.#note, this.#grid);
    container.addEventListener("scroll", () => this.#soon(), { passive: true });
    this.#grid.addEventListener("keydown", (event) => this.#key(event));
    this.#grid.addEventListener("focusin", (event) => this.#focused(event.target.closest("[role=gridcell]")));
    this.#observer.observe(container);
  }

  get total() {
    return this.#source.total;
  }

  item(index) {
    return this.#source.item(index);
  }

  entries() {
    return this.#source.entries();
  }

  reset() {
    this.#source.reset();
    this.#laidOut = -1;
    this.active = 0;
    this.#container.scrollTop = 0;
    this.#soon();
  }

  refresh() {
    this.#source.refresh();
    this.#soon();
  }

  update() {
    this.#rows.update((card, item, index) => this.#options.update?.(card, item, index));
    this.#rows.setTabStop(this.active);
  }

  focus(index) {
    this.active = Math.max(0, Math.min(index, this.total - 1));
    this.scrollTo(this.active);
    this.#draw();
    const cell = this.#rows.cell(this.active);
    if (cell) {
      mainControl(cell).focus({ preventScroll: true });
    }
  }

  scrollTo(index) {
    const { pitch, columns } = this.#rows;
    const top = this.#grid.offsetTop + Math.floor(index / columns) * pitch;
    const bottom = top + pitch - this.#options.gap - this.#container.clientHeight;
    this.#container.scrollTop = Math.min(top, Math.max(bottom, this.#container.scrollTop));
  }

  dispose() {
    this.#source.stop();
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  #say(...content) {
    this.#note.replaceChildren(...content);
    this.#note.hidden = content.length === 0;
  }

  #came() {
    this.#say(...(this.total === 0 ? [this.#options.empty ?? "Empty."] : []));
    this.#options.onTotal?.(this.total);
    this.#draw();
  }

  #refused(error) {
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = "Try again";
    again.addEventListener("click", () => {
      this.#say();
      this.refresh();
    });
    this.#say(`${error.message} `, again);
    if (this.total < 0) {
      this.#rows.layOut(0);
    }
  }

  /** Adapts the columns to the width and keeps the first visible card in view. */
  #measure() {
    const { gap, cardWidth, cardHeight } = this.#options;
    const { paddingLeft, paddingRight } = getComputedStyle(this.#container);
    const width = this.#container.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    const columns = Math.max(1, Math.floor((width + gap) / (cardWidth + gap)));
    const pitch = Math.round(cardHeight((width - gap * (columns - 1)) / columns)) + gap;
    if (width > 0 && (columns !== this.#rows.columns || pitch !== this.#rows.pitch)) {
      const first = Math.floor(this.#container.scrollTop / this.#rows.pitch) * this.#rows.columns;
      this.#rows.columns = columns;
      this.#rows.pitch = pitch;
      this.#laidOut = -1;
      this.#draw(first);
    }
    this.#soon();
  }

  #soon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  /** Renders the visible rows; the focused card keeps the focus even if it is rebuilt. */
  #draw(first) {
    if (this.#container.clientHeight === 0) {
      return;
    }
    if (this.total < 0) {
      this.#source.want(0, 0);
      return;
    }
    const had = this.#grid.contains(document.activeElement);
    if (this.total !== this.#laidOut) {
      this.#laidOut = this.total;
      this.active = Math.max(0, Math.min(this.active, this.total - 1));
      this.#rows.layOut(this.total);
    }
    if (first !== undefined) {
      this.#container.scrollTop = Math.floor(first / this.#rows.columns) * this.#rows.pitch;
    }
    this.#drawRows(had);
    this.#rows.setTabStop(this.active);
    const cell = this.#rows.cell(this.active);
    if (had && cell && (!cell.contains(document.activeElement) || document.activeElement === cell)) {
      mainControl(cell).focus({ preventScroll: true });
    }
  }

  /** Returns the visible rows, one more at each end, and the focused row, which must keep the focus. */
  #drawRows(hasFocus) {
    const { columns, pitch, count } = this.#rows;
    const { scrollTop, clientHeight } = this.#container;
    const first = Math.max(0, Math.floor(scrollTop / pitch) - 1);
    const last = Math.min(count - 1, Math.floor((scrollTop + clientHeight) / pitch) + 1);
    const numbers = new Set(Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i));
    if (!hasFocus && !numbers.has(Math.floor(this.active / columns))) {
      this.active = Math.max(0, Math.min(Math.ceil(scrollTop / pitch) * columns, this.total - 1));
    }
    if (count > 0) {
      numbers.add(Math.floor(this.active / columns));
    }
    this.#rows.show(numbers);
    this.#source.want(first * columns, (last + 1) * columns - 1);
  }

  #focused(cell) {
    if (cell && indexOf(cell) !== this.active) {
      this.active = indexOf(cell);
      this.#rows.setTabStop(this.active);
      this.#soon();
    }
    if (cell) {
      this.#options.onFocus?.(this.item(this.active), this.active);
    }
  }

  #key(event) {
    const cell = event.target.closest("[role=gridcell]");
    if (event.target.matches("input, select, textarea")) {
      if (event.key === "Escape") {
        mainControl(cell).focus();
      }
      return;
    }
    const { columns, pitch } = this.#rows;
    const page = Math.max(1, Math.floor(this.#container.clientHeight / pitch)) * columns;
    const steps = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
      PageUp: -page,
      PageDown: page,
      Home: -this.total,
      End: this.total,
    };
    if (event.key in steps && !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      const next = this.active + steps[event.key];
      this.focus(next < 0 && event.key === "ArrowUp" ? this.active : next);
    }
  }
}
