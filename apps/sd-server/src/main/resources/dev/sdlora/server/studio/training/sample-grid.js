import { el } from "../core/html.js";
import { pathOf } from "../core/jobs.js";

/** The samples of a training: a row for each step and prompt, a column for each weight. Samples that are shown stay, so that nothing flickers. */
class SampleGrid extends HTMLElement {
  #head = el("tr", {});
  #body = el("tbody", {});
  #shown = 0;
  #rows = new Map();

  connectedCallback() {
    const caption = el("caption", { class: "visually-hidden" }, "Samples by step and weight of the LoRA");
    this.replaceChildren(el("table", { class: "sample-grid" }, caption, el("thead", {}, this.#head), this.#body));
  }

  show(training) {
    const { id, samples } = training;
    if (this.dataset.of !== id) {
      this.dataset.of = id;
      this.#shown = 0;
      this.#rows.clear();
      this.#body.replaceChildren();
    }
    this.hidden = samples.length === 0;
    const weights = training.sample_weights;
    const many = weights.length > 1;
    this.#head.replaceChildren(
      el("th", { scope: "col" }, "Step"),
      ...weights.map((weight) => el("th", { scope: "col" }, many ? `Weight ${weight}` : "Sample")),
    );
    for (const sample of samples.slice(this.#shown)) {
      const { step, prompt, weight } = sample;
      const row = this.#row(step, prompt, weights.length);
      const alt = `Sample of step ${step}${prompt > 0 ? `, prompt ${prompt + 1}` : ""}${many ? ` at weight ${weight}` : ""}`;
      const link = el("a", { href: pathOf(sample), target: "_blank", rel: "noopener" }, el("img", { src: pathOf(sample), alt }));
      row.children[1 + Math.max(0, weights.indexOf(weight))].replaceChildren(link);
    }
    this.#shown = samples.length;
  }

  #row(step, prompt, columns) {
    const key = `${step} ${prompt}`;
    if (!this.#rows.has(key)) {
      const cells = Array.from({ length: columns }, () => el("td", {}));
      this.#rows.set(key, el("tr", {}, el("th", { scope: "row" }, String(step)), cells));
      this.#body.append(this.#rows.get(key));
    }
    return this.#rows.get(key);
  }
}

customElements.define("sd-sample-grid", SampleGrid);
