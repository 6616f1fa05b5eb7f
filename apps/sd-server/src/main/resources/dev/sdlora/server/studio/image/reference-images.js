import "./picture-field.js";
import { el } from "../core/html.js";
import { settings } from "../core/settings.js";
import { modelSize } from "./start-size.js";

const MOST = 4;

/** The images that the model reads in addition to the prompt, which can name them as "image 1" and so on. */
class ReferenceImages extends HTMLElement {
  #fields = [];

  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    for (let at = 0; at < MOST; at++) {
      const field = el("sd-picture-field", { label: `Reference image ${at + 1}` });
      field.addEventListener("picture", (event) => this.#put(at, event.detail));
      this.#fields.push(field);
    }
    this.append(
      el(
        "fieldset",
        { class: "stack" },
        el("legend", {}, "Reference images"),
        el("p", { class: "faint" }, "The model reads these in addition to the prompt: \u201cthe cat of image 1 on the sofa of image 2\u201d."),
        this.#fields,
      ),
    );
    settings.addEventListener("change", (event) => event.names.includes("reference_images") && this.#refresh());
    this.#refresh();
  }

  /** Sets, adds or removes an image; the first one sets the size, as a start image does. */
  #put(at, sent) {
    const images = [...references()];
    images.splice(at, 1, ...(sent ? [sent.reference] : []));
    const first = sent && at === 0 && !settings.get("init_images")?.length;
    settings.set({ reference_images: images.length > 0 ? images : null, ...(first ? modelSize(sent) : {}) });
    this.#refresh();
  }

  /** Shows the images and one empty field. */
  #refresh() {
    const images = references();
    this.#fields.forEach((field, at) => {
      field.reference = images[at] ?? null;
      field.hidden = at > images.length;
    });
  }
}

function references() {
  return settings.get("reference_images") ?? [];
}

customElements.define("sd-reference-images", ReferenceImages);
