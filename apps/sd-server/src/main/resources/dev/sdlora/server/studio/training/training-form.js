import "./caption-tools.js";
import "./picture-list.js";
import "./plan-panel.js";
import { address } from "../core/address.js";
import { get, latest } from "../core/api.js";
import { el } from "../core/html.js";
import { withModel } from "../core/model.js";
import { chosenModel } from "./chosen-model.js";
import { draft } from "./draft.js";
import { optionField } from "./option-field.js";
import { COMMON, GROUPS, isSlider, requestOf, SLIDER } from "./options.js";
import { trainings } from "./trainings.js";

const TEXTS = [
  { name: "name", label: "Name of the LoRA", type: "text" },
  { name: "trigger", label: "Trigger word", type: "text", placeholder: "A rare word, such as zorp", when: (values) => !isSlider(values) },
];

const TRAIN_ON = {
  name: "train_on", label: "Train on", type: "choice", first: "Images with captions", texts: { prompts: "Prompts, as a slider" },
};

/** The fields whose recommended values the server tells. */
const RECOMMENDED = ["steps", "rank", "alpha", "learning_rate", "batch_size", "width", "height"];

const SLIDER_DEFAULTS = { steps: 500, rank: 8, alpha: "The rank", learning_rate: 0.0001, batch_size: 1 };

/** A new training. Empty fields get the values recommended for the model. */
class TrainingForm extends HTMLElement {
  #error = el("p", { class: "error", role: "alert" });
  #start = el("button", { class: "primary" }, "Start training");
  #recommend = latest((signal, count) => get(withModel(`api/trainings/recommended?pictures=${count}`), { signal }));
  #recommended = {};
  #count = -1;
  #images = el("div", { class: "stack" }, el("sd-training-pictures"), el("sd-caption-tools"));

  connectedCallback() {
    const form = el(
      "form",
      { class: "panel stack", novalidate: true, "aria-label": "New training", onsubmit: (event) => this.#submit(event) },
      el("h2", {}, "New training"),
      el("div", { class: "fields" }, [...TEXTS, TRAIN_ON].map(optionField)),
      this.#images,
      el("div", { class: "fields" }, SLIDER.map(optionField)),
      el("div", { class: "fields" }, COMMON.map(optionField)),
      el("details", {}, el("summary", {}, "More settings"), el("div", { class: "stack" }, GROUPS.map(group))),
      el("sd-training-plan"),
      this.#error,
      el("div", { class: "row" }, this.#start),
    );
    this.replaceChildren(form);
    const name = this.querySelector("[name=name]");
    name.required = true;
    name.maxLength = 80;
    draft.addEventListener("change", () => this.#refresh());
    this.#refresh();
  }

  async #refresh() {
    this.#images.hidden = isSlider(draft.all());
    this.#hint();
    const count = (draft.get("pictures") ?? []).length;
    if (count !== this.#count) {
      this.#count = count;
      await this.#ask(count);
    }
  }

  /** Shows the recommended values where the user gives none. */
  async #ask(count) {
    try {
      const answer = await this.#recommend(Math.max(1, count));
      if (answer === null) {
        return;
      }
      this.#error.textContent = answer.obstacle ?? "";
      this.#start.disabled = answer.obstacle !== undefined;
      this.#recommended = answer;
      this.#hint();
    } catch (error) {
      this.#error.textContent = error.message;
    }
  }

  /** Shows the values that empty fields get. Recommendations are for images; sliders have defaults of their own. */
  #hint() {
    const known = isSlider(draft.all()) ? SLIDER_DEFAULTS : this.#recommended;
    for (const name of RECOMMENDED) {
      this.querySelector(`[name=${name}]`).placeholder = known[name] ?? this.#recommended[name] ?? "";
    }
    const layers = this.querySelector("[name=modules]");
    const usual = [...layers.options].find(({ value }) => value !== "" && value === this.#recommended.modules);
    if (usual) {
      layers.options[0].textContent = isSlider(draft.all()) ? "Default" : `Recommended: ${usual.textContent.toLowerCase()}`;
    }
  }

  async #submit(event) {
    event.preventDefault();
    const invalid = [...event.target.querySelectorAll(":invalid:not(fieldset)")].find((control) => !control.closest("[hidden]"));
    if (invalid) {
      invalid.closest("details")?.setAttribute("open", "");
      invalid.reportValidity();
      return;
    }
    this.#error.textContent = "";
    this.#start.disabled = true;
    try {
      const training = await trainings.start({ ...requestOf(draft.all()), ...chosenModel() });
      address.go("train", training.id);
    } catch (error) {
      this.#error.textContent = error.message;
    } finally {
      this.#start.disabled = false;
    }
  }
}

function group({ title, options, when }) {
  const fieldset = el("fieldset", {}, el("legend", {}, title), el("div", { class: "fields" }, options.map(optionField)));
  if (when) {
    const refresh = () => (fieldset.hidden = !when(draft.all()));
    draft.addEventListener("change", refresh);
    refresh();
  }
  return fieldset;
}

customElements.define("sd-training-form", TrainingForm);
