import { button, el, setText } from "../core/html.js";
import { jobs } from "../core/jobs.js";
import { progressOf } from "./words.js";

/** How many times a screen reader announces the progress of a job. */
const ANNOUNCED = 4;

/** A running or waiting job: the preview of its image, its progress, and buttons to end it. */
class JobProgress extends HTMLElement {
  #job = null;
  #image = el("img", { alt: "Preview of the current image", hidden: true });
  #bar = el("progress", { max: 1, "aria-label": "Progress" });
  #stage = el("div", { class: "stage" }, this.#image);
  #text = el("p", { class: "faint" });
  #announced = el("p", { class: "visually-hidden", role: "status" });
  #error = el("p", { class: "error", role: "alert" });
  #skip = button("Skip", () => this.#ask(this.#skip, () => jobs.skip(this.#job.id)), {
    title: "Skip this image and continue with the next",
  });
  #cancel = button("Cancel", () => this.#ask(this.#cancel, () => jobs.interrupt(this.#job.id)), {
    class: "danger",
    title: "End the job and keep what is drawn",
  });

  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    this.append(
      this.#stage,
      this.#bar,
      this.#text,
      this.#announced,
      this.#error,
      el("div", { class: "row" }, this.#skip, this.#cancel),
    );
    jobs.addEventListener("preview", (event) => event.id === this.#job?.id && this.#look());
  }

  /** Shows the current state of a job. */
  show(job) {
    this.classList.toggle("small", job.kind === "grid");
    this.#stage.hidden = job.images.length >= job.image_count; // The last image is already shown.
    if (job.id !== this.#job?.id) {
      this.#image.hidden = true;
      this.#error.textContent = "";
      this.#skip.disabled = false;
      this.#cancel.disabled = false;
    }
    if (job.image !== this.#job?.image) {
      this.#skip.disabled = false;
    }
    this.#job = job;
    if (job.state === "waiting") {
      this.#bar.removeAttribute("value");
    } else {
      this.#bar.value = job.progress;
    }
    this.#text.textContent = progressOf(job);
    this.#skip.hidden = job.state !== "running" || job.image_count < 2 || job.kind === "grid";
    const quarter = Math.floor(job.progress * ANNOUNCED);
    const said = job.state === "waiting" ? progressOf(job) : `Generating, ${Math.round((quarter / ANNOUNCED) * 100)} percent`;
    setText(this.#announced, said);
    this.#look();
  }

  #look() {
    const preview = jobs.preview(this.#job.id);
    if (preview && this.#image.src !== preview) {
      this.#image.src = preview;
      this.#image.hidden = false;
    }
  }

  async #ask(asked, send) {
    asked.disabled = true;
    this.#error.textContent = "";
    try {
      await send();
    } catch (error) {
      this.#error.textContent = error.message;
      asked.disabled = false;
    }
  }
}

customElements.define("sd-progress", JobProgress);
