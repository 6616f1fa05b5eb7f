import "./aspect-ratios.js";
import "./size-hint.js";
import { numberField, selectField, sliderField } from "../core/fields.js";
import { button, el } from "../core/html.js";
import { model } from "../core/model.js";
import { settings } from "../core/settings.js";

const MOST_PIXELS_A_SIDE = 2048;

/** The settings of A1111's tab "Generation". */
class GenerationSettings extends HTMLElement {
  connectedCallback() {
    this.className = "stack";
    const side = { min: 64, max: MOST_PIXELS_A_SIDE, step: model.size_multiple };
    this.replaceChildren(
      el(
        "div",
        { class: "fields" },
        selectField({ name: "sampler_name", label: "Sampling method", options: model.samplers }),
        selectField({ name: "scheduler", label: "Schedule type", options: model.schedulers }),
        sliderField({ name: "steps", label: "Sampling steps", min: 1, max: 150 }),
        sliderField({ name: "cfg_scale", label: "CFG Scale", min: 1, max: 30, step: 0.5 }),
        sliderField({ name: "width", label: "Width", ...side }),
        sliderField({ name: "height", label: "Height", ...side }),
        sliderField({ name: "n_iter", label: "Batch count", max: model.limits.images, most: model.limits.images }),
        this.#seed(),
      ),
      el("sd-size-hint"),
      el("sd-aspect-ratios"),
      model.usage_hint ? el("p", { class: "faint" }, `About this model: ${model.usage_hint}`) : "",
    );
  }

  #seed() {
    const field = numberField({ name: "seed", label: "Seed", min: -1, max: Number.MAX_SAFE_INTEGER });
    const random = button("Random", () => settings.set({ seed: -1 }), { title: "−1: a random seed for each job" });
    return el("div", { class: "seed" }, field, random);
  }
}

customElements.define("sd-generation-settings", GenerationSettings);
