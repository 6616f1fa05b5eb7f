import { button, el } from "../core/html.js";
import { restore, startFrom } from "../image/restore.js";

/** The images of a grid as a table that fills while it is generated; a click enlarges one. */
class GridResult extends HTMLElement {
  #job = null;
  #cells = [];
  #dialog = el("dialog", { "aria-label": "Image of the grid" });

  /** Shows the current state of a job of kind `grid`. */
  show(job) {
    if (this.#job?.id !== job.id) {
      this.#build(job);
    }
    this.#job = job;
    const finished = job.details.finished_cells;
    for (let at = 0; at < finished; at++) {
      this.#fill(at);
    }
  }

  #build({ details: { columns, rows } }) {
    const labels = rows?.values ?? [""];
    this.#cells = [];
    const body = labels.map((label) =>
      el(
        "tr",
        {},
        rows ? el("th", { scope: "row" }, label) : null,
        columns.values.map((column) => {
          const cell = el("td", {});
          this.#cells.push({ cell, label: rows ? `${column}, ${label}` : column });
          return cell;
        }),
      ),
    );
    const corner = rows ? el("th", { scope: "col" }, `${rows.name} ↓ ${columns.name} →`) : null;
    const head = el("tr", {}, corner, columns.values.map((value) => el("th", { scope: "col" }, value)));
    this.replaceChildren(
      el(
        "div",
        { class: "scroll", tabindex: 0, role: "region", "aria-label": "Grid" },
        el("table", {}, el("caption", { class: "faint" }, rows ? `${columns.name} and ${rows.name}` : columns.name), el("thead", {}, head), el("tbody", {}, body)),
      ),
      this.#dialog,
    );
  }

  #fill(at) {
    const { cell, label } = this.#cells[at];
    if (cell.hasChildNodes()) {
      return;
    }
    const src = `api/grids/${this.#job.id}/cells/${at}`;
    const image = el("img", { src, alt: label, loading: "lazy" });
    cell.append(button(image, () => this.#open(at), { class: "quiet" }));
  }

  #open(at) {
    const { label } = this.#cells[at];
    const reference = `cell:${this.#job.id}/${at}`;
    const closing = (text, act = () => {}) =>
      button(text, () => {
        this.#dialog.close();
        act();
      });
    this.#dialog.replaceChildren(
      el("p", {}, label),
      el("img", { src: `api/grids/${this.#job.id}/cells/${at}`, alt: label }),
      el(
        "div",
        { class: "row" },
        closing("Use these settings", () => restore(reference, label)),
        closing("Send to img2img", () => startFrom(reference, label)),
        closing("Close"),
      ),
    );
    this.#dialog.showModal();
  }
}

customElements.define("sd-grid-result", GridResult);
