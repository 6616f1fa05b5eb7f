import { button, el } from "../core/html.js";
import { model } from "../core/model.js";
import { settings } from "../core/settings.js";

/** Example prompts, shown until there is an image; a click on one uses it. */
class Examples extends HTMLElement {
  connectedCallback() {
    const prompts = model.examples.map((prompt) => button(prompt, () => this.#take(prompt), { class: "chip" }));
    this.replaceChildren(
      el("p", { class: "faint" }, "Your image appears here. Write a prompt, or try one of these:"),
      el("div", { class: "row" }, prompts),
    );
  }

  #take(prompt) {
    settings.set({ prompt });
    document.querySelector("sd-prompt-box[name=prompt] textarea").focus();
  }
}

customElements.define("sd-examples", Examples);
