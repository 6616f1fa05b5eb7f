import { address } from "../core/address.js";
import { el } from "../core/html.js";
import { isUnfinished, jobs } from "../core/jobs.js";
import { QueueItem } from "./queue-item.js";

/** All jobs: running and waiting ones in order, then those that have ended. */
class Queue extends HTMLElement {
  #items = new Map();
  #queue = el("ol", { class: "jobs" });
  #ended = el("ol", { class: "jobs" });
  #none = el("p", { class: "faint" }, "The queue is empty.");
  #history = el("details", { open: true }, el("summary", {}, "Finished"), this.#ended);

  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    this.append(
      el("section", { class: "panel stack", "aria-label": "Queue" }, el("h2", {}, "Queue"), this.#none, this.#queue, this.#history),
    );
    jobs.addEventListener("change", () => this.#show());
    address.addEventListener("change", () => this.#show());
    this.#show();
  }

  #show() {
    const all = jobs.list();
    const unfinished = all.filter(isUnfinished).reverse().sort((a, b) => a.place - b.place);
    const ended = all.filter((job) => !isUnfinished(job));
    for (const id of this.#items.keys()) {
      if (!jobs.find(id)) {
        this.#items.get(id).element.remove();
        this.#items.delete(id);
      }
    }
    const focused = this.contains(document.activeElement) ? document.activeElement : null;
    this.#fill(this.#queue, unfinished);
    this.#fill(this.#ended, ended);
    this.#none.hidden = unfinished.length > 0;
    this.#history.hidden = ended.length === 0;
    if (focused && document.activeElement !== focused) {
      // Moving an element loses the focus.
      (focused.disabled || focused.hidden ? focused.closest("li")?.querySelector("a") : focused)?.focus();
    }
  }

  /** Updates the items of a list; each lane has a last job of its own. */
  #fill(list, all) {
    all.forEach((job, at) => {
      if (!this.#items.has(job.id)) {
        this.#items.set(job.id, new QueueItem(job.id));
      }
      const item = this.#items.get(job.id);
      item.show(job, all.slice(at + 1).every((other) => isTraining(other) !== isTraining(job)));
      if (list.children[at] !== item.element) {
        list.insertBefore(item.element, list.children[at] ?? null);
      }
    });
  }
}

const isTraining = (job) => job.kind === "training";

customElements.define("sd-queue", Queue);
