import "../gallery/picture-view.js";
import "../grid/grid-result.js";
import "../jobs/job-progress.js";
import { address } from "../core/address.js";
import { button, el, setText } from "../core/html.js";
import { isUnfinished, jobs, pathOf } from "../core/jobs.js";
import { picturesOf } from "../gallery/picture-view.js";
import { settings } from "../core/settings.js";
import { endOf, titleOf } from "../jobs/words.js";

/** Kinds that have a view of their own. */
const ELSEWHERE = ["training", "upscale"];

/** Kinds whose settings are a request of this view. */
const DRAWN = ["txt2img", "img2img"];

/** The job that the address names, or the newest: on its way, and its pictures. */
class JobView extends HTMLElement {
  #id = "";
  #title = el("p", { class: "title" });
  #progress = el("sd-progress");
  #end = el("p", { class: "faint", role: "status" });
  #error = el("p", { class: "error", role: "alert" });
  #grid = el("sd-grid-result", { hidden: true });
  #pictures = el("div", { class: "results" });
  #warnings = el("ul", { class: "warning", hidden: true });
  #again = button("Use these settings", () => this.#use());
  #loras = el("details", { hidden: true }, el("summary", {}, "LoRAs"), el("ul", { class: "faint" }));
  #view = el("sd-picture-view");
  #none = el("p", { class: "faint" }, "Pictures appear here.");

  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    this.className = "panel stack";
    this.append(
      this.#none, this.#title, this.#progress, this.#end, this.#error, this.#grid, this.#pictures, this.#warnings,
      this.#again,
      this.#loras, this.#view,
    );
    jobs.addEventListener("change", () => this.#show());
    address.addEventListener("change", () => this.#show());
    this.#show();
  }

  #show() {
    const job = jobs.find(address.rest) ?? jobs.list().find((one) => !ELSEWHERE.includes(one.kind));
    const shown = [this.#title, this.#progress, this.#end, this.#pictures];
    shown.forEach((element) => (element.hidden = !job));
    this.#none.hidden = Boolean(job);
    if (!job) {
      this.#error.textContent = "";
      this.#again.hidden = true;
      this.#warn([]);
      this.#told([]);
      return;
    }
    const unfinished = isUnfinished(job);
    if (this.#id !== job.id) {
      this.#id = job.id;
      this.#pictures.replaceChildren();
    }
    setText(this.#title, titleOf(job));
    this.#progress.hidden = !unfinished;
    if (unfinished) {
      this.#progress.show(job);
    }
    setText(this.#end, unfinished ? "" : endOf(job));
    setText(this.#error, job.error ?? "");
    this.#again.hidden = !DRAWN.includes(job.kind) && !job.kind.startsWith("image_");
    this.#grid.hidden = job.kind !== "grid";
    if (job.kind === "grid") {
      this.#grid.show(job);
    }
    for (let at = this.#pictures.children.length; at < job.images.length; at++) {
      this.#pictures.append(this.#picture(job, at));
    }
    this.#warn(job.warnings);
    this.#told(job.loras);
  }

  #picture(job, at) {
    const image = job.images[at];
    const { width, height } = image;
    const img = el("img", { src: pathOf(image), width, height, alt: `Picture ${at + 1}: ${titleOf(job)}` });
    const open = () => this.#view.open(picturesOf(jobs.find(job.id)), at);
    return button(img, open, { class: "result", title: "Open" });
  }

  /** Also those of a job that failed, whose pictures cannot tell them. */
  #use() {
    settings.replace(jobs.find(this.#id).settings);
    document.querySelector("sd-draw-view form [name=prompt], sd-draw-view form textarea")?.focus();
  }

  #warn(sentences) {
    this.#warnings.hidden = sentences.length === 0;
    list(this.#warnings, sentences);
  }

  #told(reports) {
    this.#loras.hidden = reports.length === 0;
    list(this.#loras.lastChild, reports);
  }
}

function list(element, sentences) {
  if (element.dataset.shown !== JSON.stringify(sentences)) {
    element.dataset.shown = JSON.stringify(sentences);
    element.replaceChildren(...sentences.map((sentence) => el("li", {}, sentence)));
  }
}

customElements.define("sd-job-view", JobView);
