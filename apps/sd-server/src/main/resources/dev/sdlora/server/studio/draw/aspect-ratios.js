import { button, el } from "../core/html.js";
import { model } from "../core/model.js";
import { settings } from "../core/settings.js";

/** Buttons for sizes of usual aspect ratios with the pixels that the model was trained for. */
class AspectRatios extends HTMLElement {
  #buttons = [];

  connectedCallback() {
    if (this.#buttons.length > 0) {
      return;
    }
    const swap = () => settings.set({ width: settings.get("height"), height: settings.get("width") });
    this.#buttons = model.aspect_ratios.map(({ name, width, height }) =>
      button(name, () => settings.set({ width, height }), { class: "chip", title: `${width} × ${height}` }),
    );
    this.append(
      el("div", { class: "row", role: "group", "aria-label": "Aspect ratio" }, this.#buttons),
      el("div", { class: "row" }, button("⇅ Swap width and height", swap)),
    );
    this.classList.add("stack");
    settings.addEventListener("change", () => this.#show());
    this.#show();
  }

  #show() {
    model.aspect_ratios.forEach(({ width, height }, at) => {
      const chosen = settings.get("width") === width && settings.get("height") === height;
      this.#buttons[at].setAttribute("aria-pressed", chosen);
      this.#buttons[at].classList.toggle("added", chosen);
    });
  }
}

customElements.define("sd-aspect-ratios", AspectRatios);
