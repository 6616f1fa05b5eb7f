import { latest, post } from "../core/api.js";
import { el } from "../core/html.js";
import { duration } from "../jobs/words.js";
import { chosenModel } from "./chosen-model.js";
import { draft } from "./draft.js";
import { isSlider, requestOf } from "./options.js";

const WAIT_MILLIS = 600;

/** What the training of the draft would do: images, sizes, steps, time and memory. Asks again when settings change. */
class PlanPanel extends HTMLElement {
  #facts = el("dl", { class: "plan-facts" });
  #notes = el("div", { class: "stack" });
  #ask = latest((signal, request) => post("api/trainings/plan", request, { signal }));
  #asked = "";
  #timer = 0;

  connectedCallback() {
    this.className = "stack";
    this.setAttribute("role", "status");
    this.setAttribute("aria-label", "Plan");
    this.replaceChildren(this.#facts, this.#notes);
    draft.addEventListener("change", () => this.#schedule());
    this.#schedule();
  }

  /** Captions change nothing in a plan. */
  #schedule() {
    clearTimeout(this.#timer);
    let request;
    try {
      request = { ...requestOf(draft.all()), ...chosenModel() };
    } catch (error) {
      this.#show(null, [el("p", { class: "error" }, error.message)]);
      return;
    }
    delete request.name;
    request.pictures?.forEach((picture) => delete picture.caption);
    if (!isReady(request)) {
      this.#asked = "";
      this.#show(null, []);
      return;
    }
    const text = JSON.stringify(request);
    if (text !== this.#asked) {
      this.#timer = setTimeout(() => this.#look(text, request), WAIT_MILLIS);
    }
  }

  async #look(text, request) {
    this.#asked = text;
    try {
      const plan = await this.#ask(request);
      if (plan !== null) {
        this.#show(plan, plan.warnings.map((warning) => el("p", { class: "warning" }, warning)));
      }
    } catch (error) {
      this.#show(null, [el("p", { class: "error" }, error.message)]);
    }
  }

  #show(plan, notes) {
    const rows = plan === null ? [] : facts(plan);
    this.#facts.replaceChildren(...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
    this.#notes.replaceChildren(...notes);
    this.hidden = rows.length === 0 && notes.length === 0;
  }
}

function isReady(request) {
  return isSlider(draft.all()) ? request.slider?.positive && request.slider?.negative : request.pictures.length > 0;
}

function facts(plan) {
  const rows = [];
  if (plan.images > 0) {
    const more = [
      plan.held_out > 0 && `${plan.held_out} held out`,
      plan.class_images > 0 && `${plan.class_images} of the class`,
    ].filter(Boolean);
    rows.push(["Images", [plan.images, ...more].join(", ")]);
    rows.push([plan.buckets.length > 1 ? "Sizes" : "Size", plan.buckets.map(sized(plan.buckets.length > 1)).join(" · ")]);
  }
  const step = plan.images_per_step === 1 ? "1 image each" : `${plan.images_per_step} images each`;
  const epochs = plan.epochs > 0 ? `, ${Number(plan.epochs.toPrecision(2))} epochs` : "";
  rows.push(["Steps", `${plan.steps}, ${step}${epochs}`]);
  rows.push(["Samples", String(plan.samples)]);
  rows.push(["Time", `about ${duration(Math.max(1, plan.seconds))}`]);
  rows.push(["Memory", `about ${gigabytes(plan.memory)}`]);
  return rows;
}

function sized(counted) {
  return ({ width, height, images }) => (counted ? `${width}×${height}: ${images}` : `${width}×${height}`);
}

function gigabytes(bytes) {
  return bytes < 1e9 ? `${Math.max(1, Math.round(bytes / 1e6))} MB` : `${(bytes / 1e9).toPrecision(2)} GB`;
}

customElements.define("sd-training-plan", PlanPanel);
