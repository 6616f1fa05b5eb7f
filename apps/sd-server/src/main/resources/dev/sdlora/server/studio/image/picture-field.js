import { button, el, freshId } from "../core/html.js";
import { hasFiles, pictureIn, upload, urlOf } from "./pictures.js";

/**
 * An image of a request: dropped, pasted, or chosen as a file. Fires `picture` when the user
 * adds or removes one, with its reference and size as detail, and `shown` once its size is known.
 */
class PictureField extends HTMLElement {
  #reference = null;
  #image = el("img", { alt: "", hidden: true });
  #hint = el("span", { class: "faint" }, "Drop an image here, or paste one while this field has the focus.");
  #remove = button("Remove", () => this.#put(null), { hidden: true });
  #error = el("p", { class: "error", role: "alert" });
  #status = el("span", { class: "faint", role: "status" });

  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    const name = this.getAttribute("label");
    const id = freshId("picture");
    const input = el("input", {
      type: "file", accept: "image/*", class: "visually-hidden", "aria-label": `${name}: choose a file`,
      onchange: () => this.#take(pictureIn(input)).then(() => (input.value = "")),
    });
    this.setAttribute("role", "group");
    this.setAttribute("aria-labelledby", id);
    this.#remove.setAttribute("aria-label", `Remove ${name.toLowerCase()}`);
    this.#image.addEventListener("error", () => this.#gone());
    this.#image.addEventListener("load", () => this.dispatchEvent(new Event("shown")));
    this.append(
      el("span", { class: "name", id }, name),
      el("div", { class: "drop" }, this.#image, this.#hint),
      el("div", { class: "row" }, el("label", { class: "button" }, input, "Choose a file …"), this.#remove, this.#status),
      this.#error,
    );
    this.addEventListener("dragover", (event) => hasFiles(event.dataTransfer) && event.preventDefault());
    this.addEventListener("drop", (event) => this.#given(event, event.dataTransfer));
    this.addEventListener("paste", (event) => this.#given(event, event.clipboardData));
  }

  /** The size of the image in pixels; null if there is none. */
  get size() {
    const { naturalWidth: width, naturalHeight: height } = this.#image;
    return this.#reference && width > 0 ? { width, height } : null;
  }

  /** The reference of the image; setting it fires no event. */
  get reference() {
    return this.#reference;
  }

  set reference(reference) {
    if (reference === this.#reference) {
      return;
    }
    this.#reference = reference;
    this.#error.textContent = "";
    this.#image.hidden = this.#remove.hidden = !reference;
    this.#hint.hidden = Boolean(reference);
    if (reference) {
      this.#image.src = urlOf(reference);
      this.#image.alt = this.getAttribute("label");
    }
  }

  /** Accepts files that were dropped elsewhere in the view. */
  takeFiles(files) {
    const file = pictureIn({ files });
    if (file) {
      this.#take(file);
    } else {
      this.#error.textContent = "The file is not an image.";
    }
  }

  async #take(file) {
    if (!file) {
      return;
    }
    this.#error.textContent = "";
    this.#status.textContent = "Uploading …";
    try {
      this.#put(await upload(file));
    } catch (error) {
      this.#error.textContent = error.message;
    }
    this.#status.textContent = "";
  }

  #given(event, transfer) {
    const file = pictureIn(transfer);
    if (file) {
      event.preventDefault();
      event.stopPropagation();
      this.#take(file);
    }
  }

  #put(sent) {
    this.reference = sent?.reference ?? null;
    this.dispatchEvent(new CustomEvent("picture", { detail: sent }));
  }

  #gone() {
    this.#image.hidden = true;
    this.#error.textContent = "This image is no longer on the server; choose it again.";
  }
}

customElements.define("sd-picture-field", PictureField);
