import { el } from "../core/html.js";

/** Compares two images with a slider: the first is visible on its left, the second on its right. */
class Compare extends HTMLElement {
  #first = el("img", {});
  #second = el("img", {});
  #slider = el("input", { type: "range", min: 0, max: 100, value: 50, step: 1 });
  #names = el("p", { class: "faint" });

  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    this.#slider.addEventListener("input", () => this.#cut());
    this.append(
      el("div", { class: "stage" }, this.#second, this.#first),
      el("label", { class: "field" }, el("span", { class: "visually-hidden" }, "Compare: share of the first image shown"), this.#slider),
      this.#names,
    );
    this.#cut();
  }

  /** Shows two images, each `{ src, name }`; the first is stretched to the size of the second. */
  show(first, second) {
    for (const [image, picture] of [[this.#first, first], [this.#second, second]]) {
      if (image.getAttribute("src") !== picture.src) {
        image.src = picture.src;
      }
      image.alt = picture.name;
    }
    this.#names.textContent = `Left: ${first.name} · Right: ${second.name}`;
  }

  #cut() {
    this.#first.style.clipPath = `inset(0 ${100 - this.#slider.value}% 0 0)`;
    this.#slider.setAttribute("aria-valuetext", `${this.#slider.value} percent of the first image`);
  }
}

customElements.define("sd-compare", Compare);
