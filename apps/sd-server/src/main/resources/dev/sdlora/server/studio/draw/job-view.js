import "../gallery/picture-view.js";
import "../grid/grid-result.js";
import "../jobs/job-progress.js";
import "./examples.js";
import { address } from "../core/address.js";
import { button, el, setText } from "../core/html.js";
import { isUnfinished, jobs, pathOf } from "../core/jobs.js";
import { model } from "../core/model.js";
import { settings } from "../core/settings.js";
import { pictureOf, picturesOf } from "../gallery/picture-view.js";
import { sendToImg2img, sendToUpscale } from "../gallery/sending.js";
import { endOf, titleOf } from "../jobs/words.js";

/** Kinds that have a view of their own. */
const ELSEWHERE = ["training", "upscale"];

/** Kinds whose settings this view can load. */
const DRAWN = ["txt2img", "img2img"];

/** The job in the URL, or the newest: its progress, then its images. */
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
  #none = el("div", { class: "stage" }, el("sd-examples"));

  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    this.className = "panel stack";
    this.append(
      this.#none, this.#title, this.#progress, this.#grid, this.#pictures, this.#end, this.#error, this.#warnings,
      this.#again, this.#loras, this.#view,
    );
    jobs.addEventListener("change", () => this.#show());
    address.addEventListener("change", () => this.#show());
    settings.addEventListener("change", () => this.#frame());
    this.#show();
  }

  /** Scrolls into view, because on narrow screens this is below the settings. */
  lookAt() {
    this.scrollIntoView({ block: "nearest" });
  }

  #job() {
    return jobs.find(address.rest) ?? jobs.list().find((one) => !ELSEWHERE.includes(one.kind));
  }

  #show() {
    const job = this.#job();
    const shown = [this.#title, this.#progress, this.#end, this.#pictures];
    shown.forEach((element) => (element.hidden = !job));
    this.#none.hidden = Boolean(job);
    this.#frame();
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
    // The jobs of a database tell their axes only once a server draws them.
    this.#grid.hidden = job.kind !== "grid" || !job.details;
    if (!this.#grid.hidden) {
      this.#grid.show(job);
    }
    for (let at = this.#pictures.children.length; at < job.images.length; at++) {
      this.#pictures.append(this.#picture(job, at));
    }
    this.#warn(job.warnings);
    this.#told(job.loras);
  }

  /** Reserves space with the image's aspect ratio, so that nothing moves when it appears. */
  #frame() {
    const job = this.#job();
    const of = (name) => job?.settings?.[name] ?? (job ? model.defaults[name] : settings.get(name));
    this.style.setProperty("--ratio", of("width") / of("height"));
  }

  #picture(job, at) {
    const picture = pictureOf(job, at);
    const { width, height, seed } = picture;
    const img = el("img", { src: pathOf(picture), width, height, alt: `Image ${at + 1}: ${titleOf(job)}` });
    const open = () => this.#view.open(picturesOf(jobs.find(job.id)), at);
    const figure = el(
      "figure",
      {},
      button(img, open, { class: "result", title: "Enlarge" }),
      el(
        "figcaption",
        { class: "row" },
        el("span", { class: "faint" }, `Seed ${seed}`),
        button("Reuse seed", () => settings.set({ seed })),
        el("a", { class: "button", href: pathOf(picture), download: picture.name }, "Download"),
        button("Send to img2img", () => sendToImg2img(picture)),
        button("Send to upscale", () => sendToUpscale(picture)),
      ),
    );
    figure.style.setProperty("--ratio", width / height);
    return figure;
  }

  /** Also works for jobs that failed and have no image to restore the settings from. */
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
    list(this.#loras.lastChild, reports.map(useOf));
  }
}

function useOf({ name, strength, matched, modules, mode }) {
  return `${name}: strength ${strength}, ${matched} of ${modules} modules fit the model, ${mode}`;
}

function list(element, sentences) {
  if (element.dataset.shown !== JSON.stringify(sentences)) {
    element.dataset.shown = JSON.stringify(sentences);
    element.replaceChildren(...sentences.map((sentence) => el("li", {}, sentence)));
  }
}

customElements.define("sd-job-view", JobView);
