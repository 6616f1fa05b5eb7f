import "./training-form.js";
import "./training-run.js";
import { address } from "../core/address.js";
import { el } from "../core/html.js";
import { trainings } from "./trainings.js";

/** A form for a new training on one side, existing trainings on the other. */
class TrainView extends HTMLElement {
  #list = el("ul", { class: "training-list" });
  #others = el("nav", { class: "panel stack", "aria-label": "Trainings" }, el("h2", {}, "Trainings"), this.#list);

  connectedCallback() {
    this.replaceChildren(
      el("sd-training-form"),
      el("div", { class: "stack" }, el("sd-training-run"), this.#others),
    );
    trainings.addEventListener("change", () => this.#show());
    address.addEventListener("change", () => this.#watch());
    this.#watch();
  }

  #watch() {
    if (address.view === "train") {
      trainings.look(address.rest);
      trainings.watch(() => address.rest, () => address.view === "train");
    }
  }

  #show() {
    const all = trainings.list();
    this.#others.hidden = all.length < 2;
    const shown = all.map(({ id, name, state }) => [id, `${name} · ${state}`, id === trainings.shown?.id]);
    if (this.#list.dataset.shown === JSON.stringify(shown)) {
      return;
    }
    this.#list.dataset.shown = JSON.stringify(shown);
    this.#list.replaceChildren(
      ...shown.map(([id, label, current]) =>
        el("li", {}, el("a", { href: address.of("train", id), "aria-current": current && "true" }, label)),
      ),
    );
  }
}

customElements.define("sd-train-view", TrainView);
