import { el } from "../core/html.js";
import { model } from "../core/model.js";
import { settings } from "../core/settings.js";
import { isFarFromModel } from "../image/start-size.js";

/** Warns about sizes that the model was not trained for. */
class SizeHint extends HTMLElement {
  #text = el("p", { class: "warning", role: "status" });

  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    this.append(this.#text);
    settings.addEventListener("change", () => this.#show());
    this.#show();
  }

  #show() {
    const size = { width: settings.get("width"), height: settings.get("height") };
    const { width, height } = model.defaults;
    const larger = settings.get("init_images")?.length ? "upscale the result" : "use Hires. fix";
    const sentence = `This model was trained at ${width}×${height}. Sizes far from that often repeat or distort things; for larger images, ${larger}.`;
    this.hidden = !isFarFromModel(size) || Boolean(settings.get("outpainting"));
    this.#text.textContent = this.hidden ? "" : sentence;
  }
}

customElements.define("sd-size-hint", SizeHint);
