import "./picture-list.js";
import { address } from "../core/address.js";
import { get, latest } from "../core/api.js";
import { el } from "../core/html.js";
import { canChoose, model, withModel } from "../core/model.js";
import { clock } from "../jobs/words.js";
import { draft } from "./draft.js";
import { trainings } from "./trainings.js";

const MODULES = { attention: "Attention only", linear: "All linear layers", convolutions: "Linear and convolution layers" };

/** A new training. Empty fields get the values recommended for the model. */
class TrainingForm extends HTMLElement {
  #error = el("p", { class: "error", role: "alert" });
  #estimate = el("p", { class: "faint", role: "status" });
  #start = el("button", { class: "primary" }, "Start training");
  #recommend = latest((signal, count) => get(withModel(`api/trainings/recommended?pictures=${count}`), { signal }));
  #recommended = null;
  #count = -1;

  connectedCallback() {
    const form = el(
      "form",
      { class: "panel stack", novalidate: true, "aria-label": "New training", onsubmit: (event) => this.#submit(event) },
      el("h2", {}, "New training"),
      el(
        "div",
        { class: "fields" },
        this.#text("name", "Name of the LoRA", { required: true, maxlength: 80, autocomplete: "off" }),
        this.#text("trigger", "Trigger word", { placeholder: "A rare word, such as zorp", autocomplete: "off" }),
      ),
      el("sd-training-pictures"),
      this.#text("sample_prompt", "Sample prompt", { placeholder: "Default: the trigger word and the first caption" }),
      el("details", {}, el("summary", {}, "Training settings"), this.#settings()),
      this.#estimate,
      this.#error,
      el("div", { class: "row" }, this.#start),
    );
    this.replaceChildren(form);
    draft.addEventListener("change", () => this.#refresh());
    this.#refresh();
  }

  #settings() {
    return el(
      "div",
      { class: "fields" },
      this.#number("steps", "Steps", { min: 1, max: 10000000 }),
      this.#number("learning_rate", "Learning rate", { min: 0, step: "any" }),
      this.#number("rank", "Rank", { min: 1, max: 1024 }),
      this.#number("alpha", "Alpha", { min: 0, step: "any" }),
      this.#number("batch_size", "Batch size", { min: 1 }),
      this.#number("width", "Width", { min: 64, max: 2048, step: 8 }),
      this.#number("height", "Height", { min: 64, max: 2048, step: 8 }),
      this.#number("seed", "Seed", { min: 0 }),
      this.#modules(),
      this.#check("text_encoder", "Train the text encoder too"),
    );
  }

  #field(name, label, input) {
    input.value = draft.get(name) ?? "";
    input.addEventListener("input", () => input.checkValidity() && draft.set({ [name]: input.value }));
    return el("label", { class: "field" }, el("span", { class: "name" }, label), input);
  }

  #text(name, label, attributes) {
    return this.#field(name, label, el("input", { name, ...attributes }));
  }

  #number(name, label, attributes) {
    return this.#field(name, label, el("input", { type: "number", name, step: 1, inputmode: "decimal", ...attributes }));
  }

  #modules() {
    const options = Object.entries(MODULES).map(([value, label]) => el("option", { value }, label));
    return this.#field("modules", "Layers", el("select", { name: "modules" }, el("option", { value: "" }), ...options));
  }

  #check(name, label) {
    const input = el("input", { type: "checkbox", name, onchange: () => draft.set({ [name]: input.checked }) });
    input.checked = draft.get(name) === true;
    return el("label", { class: "field check" }, input, el("span", {}, label));
  }

  async #refresh() {
    const count = (draft.get("pictures") ?? []).length;
    if (count !== this.#count) {
      this.#count = count;
      await this.#ask(count);
    }
    this.#estimate.textContent = this.#said();
  }

  async #ask(count) {
    try {
      const answer = await this.#recommend(Math.max(1, count));
      if (answer === null) {
        return;
      }
      this.#recommended = answer;
      this.#error.textContent = answer.obstacle ?? "";
      this.#start.disabled = answer.obstacle !== undefined;
      this.querySelectorAll("details input[type=number]").forEach((input) => (input.placeholder = answer[input.name] ?? "random"));
      this.querySelector("select option").textContent = `Recommended: ${MODULES[answer.modules].toLowerCase()}`;
      this.querySelector("[name=seed]").placeholder = "0";
    } catch (error) {
      this.#error.textContent = error.message;
    }
  }

  /** The amount of work, and the time estimated from earlier trainings on this server. */
  #said() {
    const like = this.#recommended;
    if (like === null || this.#count === 0) {
      return "";
    }
    const of = (name) => Number(draft.get(name) || like[name]);
    const steps = `${this.#count} ${this.#count === 1 ? "image" : "images"}, ${of("steps")} steps`;
    const pixels = of("width") * of("height") * of("batch_size");
    return like.seconds_per_pixel === undefined
      ? `${steps}; the time is estimated after the first steps`
      : `${steps}: about ${clock(Math.max(1, of("steps") * pixels * like.seconds_per_pixel))}`;
  }

  async #submit(event) {
    event.preventDefault();
    const invalid = event.target.querySelector(":invalid");
    if (invalid) {
      invalid.closest("details")?.setAttribute("open", "");
      invalid.reportValidity();
      return;
    }
    this.#error.textContent = "";
    this.#start.disabled = true;
    try {
      const training = await trainings.start(request(draft.all()));
      address.go("train", training.id);
    } catch (error) {
      this.#error.textContent = error.message;
    } finally {
      this.#start.disabled = false;
    }
  }
}

/** The request without empty fields. */
function request(values) {
  const given = Object.entries(values).filter(([, value]) => value !== "" && value !== false);
  const pictures = (values.pictures ?? []).map(({ image, caption }) => ({ image, caption }));
  return { ...Object.fromEntries(given), pictures, ...(canChoose() ? { checkpoint: model.name } : {}) };
}

customElements.define("sd-training-form", TrainingForm);
