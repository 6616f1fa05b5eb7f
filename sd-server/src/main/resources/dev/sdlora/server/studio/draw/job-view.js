import "../grid/grid-result.js";
import { address } from "../core/address.js";
import { el } from "../core/html.js";
import { isUnfinished, jobs } from "../core/jobs.js";

/** The job that the address names, or the newest: on its way, and its pictures. */
class JobView extends HTMLElement {
  #grid = el("sd-grid-result");

  connectedCallback() {
    this.className = "panel stack";
    jobs.addEventListener("change", () => this.#show());
    address.addEventListener("change", () => this.#show());
    this.#show();
  }

  #show() {
    const job = jobs.find(address.rest) ?? jobs.list()[0];
    if (!job) {
      this.replaceChildren(el("p", { class: "faint" }, "Pictures appear here."));
      return;
    }
    this.replaceChildren(
      el("p", { class: "faint" }, `${job.title} · ${job.state}`),
      isUnfinished(job)
        ? el("progress", { max: 1, value: job.progress, "aria-label": "Progress" })
        : el("p", { class: "error" }, job.error ?? ""),
      job.kind === "grid" ? this.#grid : "",
      ...job.images.map((image) => picture(job, image)),
    );
    if (job.kind === "grid") {
      this.#grid.show(job);
    }
  }
}

function picture(job, image) {
  const { width, height, parameters } = image;
  const img = el("img", { src: image.url.replace(/^\//, ""), width, height, alt: job.title });
  return el("figure", {}, img, el("figcaption", { class: "faint" }, parameters));
}

customElements.define("sd-job-view", JobView);
