import { post } from "../core/api.js";
import { button, el } from "../core/html.js";
import { pathOf } from "../core/jobs.js";
import { draft } from "./draft.js";

/** The shorter side of uploaded images; more than any model is trained at. */
const MOST_SIDE = 1024;

/** The training images, uploaded when added, with their captions. A file `NAME.txt` is the caption of the image `NAME`. */
class PictureList extends HTMLElement {
  #captions = new Map();
  #error = el("p", { class: "error", role: "alert" });
  #status = el("p", { class: "faint", role: "status" });
  #list = el("ul", { class: "training-pictures", "aria-label": "Training images" });

  connectedCallback() {
    const input = el("input", {
      type: "file", multiple: true, accept: "image/*,.txt", class: "visually-hidden", id: "training-files",
      onchange: () => this.#add([...input.files]).then(() => (input.value = "")),
    });
    const zone = el(
      "div",
      {
        class: "drop-zone",
        ondragover: (event) => event.preventDefault() || zone.classList.add("over"),
        ondragleave: () => zone.classList.remove("over"),
        ondrop: (event) => {
          event.preventDefault();
          event.stopPropagation();
          zone.classList.remove("over");
          this.#add([...event.dataTransfer.files]);
        },
      },
      input,
      el("label", { for: "training-files", class: "button" }, "Choose images and captions"),
      el("span", { class: "faint" }, "or drop them here. cat.txt is the caption of cat.png."),
    );
    this.className = "stack";
    this.dataset.drop = "Drop images and captions to train on them";
    this.replaceChildren(zone, this.#error, this.#status, this.#list);
    draft.addEventListener("change", () => this.#show());
    this.#show();
  }

  /** Accepts files that were dropped elsewhere in the view. */
  takeFiles(files) {
    return this.#add(files);
  }

  async #add(files) {
    this.#error.textContent = "";
    const images = files.filter((file) => !isCaption(file));
    const errors = [];
    for (const [i, file] of images.entries()) {
      this.#status.textContent = `Uploading image ${i + 1} of ${images.length} …`;
      try {
        const sent = await post("api/pictures", await shrunk(file));
        const picture = { image: sent.reference, url: pathOf(sent), file: file.name, caption: "" };
        draft.set({ pictures: [...(draft.get("pictures") ?? []), picture] });
      } catch (error) {
        errors.push(`${file.name}: ${error.message}`);
      }
    }
    for (const file of files.filter(isCaption)) {
      this.#captions.set(stem(file.name), { file: file.name, text: captionIn(await file.text()) });
    }
    this.#fillCaptions();
    this.#error.textContent = errors.join(" · ");
  }

  /** Keeps captions until their images are added. */
  #fillCaptions() {
    const pictures = draft.get("pictures") ?? [];
    const used = new Set(pictures.map(({ file }) => stem(file)).filter((name) => this.#captions.has(name)));
    draft.set({
      pictures: pictures.map((picture) => ({ ...picture, caption: this.#captions.get(stem(picture.file))?.text ?? picture.caption })),
    });
    used.forEach((name) => this.#captions.delete(name));
    const waiting = [...this.#captions.values()].map(({ file }) => file);
    this.#status.textContent = waiting.length === 0 ? "" : `No image for these captions yet: ${waiting.join(", ")}`;
  }

  /** Creates the list anew only if images or masks change, so that no caption loses the focus. */
  #show() {
    const pictures = draft.get("pictures") ?? [];
    this.#list.hidden = pictures.length === 0;
    const shown = JSON.stringify(pictures.map(({ image, mask }) => [image, mask]));
    if (shown !== this.#list.dataset.shown) {
      this.#list.dataset.shown = shown;
      this.#list.replaceChildren(...pictures.map((picture, i) => this.#item(picture, i)));
    }
    this.#list.querySelectorAll("textarea").forEach((field, i) => {
      if (field.value !== pictures[i].caption) {
        field.value = pictures[i].caption;
      }
    });
  }

  #item(picture, i) {
    const caption = el("textarea", {
      rows: 3,
      "aria-label": `Caption of ${picture.file}`,
      placeholder: "Caption: what the image shows",
      oninput: () => this.#change(i, { caption: caption.value.replace(/\n+/g, " ") }),
    });
    const gone = el("p", { class: "error", hidden: true }, "This image is no longer on the server; remove it and add it again.");
    const image = el("img", { src: picture.url, alt: picture.file, loading: "lazy", onerror: () => (gone.hidden = false) });
    const remove = button("✕", () => this.#remove(i), { class: "quiet", "aria-label": `Remove ${picture.file}`, title: "Remove the image" });
    const look = el("div", { class: "look" }, image, picture.mask ? el("img", { class: "mask", src: picture.maskUrl, alt: `Mask of ${picture.file}` }) : null);
    return el("li", {}, look, caption, gone, el("div", { class: "row" }, this.#maskButton(picture, i, image), remove));
  }

  #maskButton(picture, i, image) {
    if (picture.mask) {
      return button("Remove mask", () => this.#change(i, { mask: undefined, maskUrl: undefined }), { "aria-label": `Remove the mask of ${picture.file}` });
    }
    const input = el("input", {
      type: "file", accept: "image/*", class: "visually-hidden", "aria-label": `Mask of ${picture.file}`,
      onchange: () => this.#addMask(i, input.files[0], image),
    });
    const label = el("label", { class: "button", title: "White areas are trained on" }, "Add mask", input);
    return label;
  }

  /** A mask has the size of the image that was uploaded. Without masked loss, it would have no effect. */
  async #addMask(i, file, image) {
    this.#error.textContent = "";
    try {
      // An image outside of the view is loaded late, and has no size before.
      image.loading = "eager";
      await image.decode();
      const sent = await post("api/pictures", await scaled(file, image.naturalWidth, image.naturalHeight, "image/png"));
      this.#change(i, { mask: sent.reference, maskUrl: pathOf(sent) });
      draft.set({ masked_loss: true });
    } catch (error) {
      this.#error.textContent = `${file.name}: ${error.message}`;
    }
  }

  #change(i, values) {
    draft.set({ pictures: draft.get("pictures").map((other, j) => (j === i ? { ...other, ...values } : other)) });
  }

  #remove(i) {
    draft.set({ pictures: draft.get("pictures").filter((_, j) => j !== i) });
    (this.#list.querySelectorAll("li button.quiet")[Math.max(0, i - 1)] ?? this.querySelector("input")).focus();
  }
}

function isCaption(file) {
  return /\.txt$/i.test(file.name);
}

/** Joins a caption into one line, as in training from a folder. */
function captionIn(text) {
  return text.trim().replace(/\s*\n\s*/g, " ");
}

/** Returns a file's name without its extension, which an image and its caption share. */
function stem(name) {
  return name.replace(/\.[^.]*$/, "");
}

/** Scales large images down, applies the camera's orientation, and converts other formats to pixels. */
async function shrunk(file) {
  const bitmap = await decoded(file);
  const factor = Math.min(1, MOST_SIDE / Math.min(bitmap.width, bitmap.height));
  if (factor === 1 && file.type === "image/png") {
    return file;
  }
  const size = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * factor)));
  return drawn(bitmap, ...size, file.type === "image/jpeg" ? "image/jpeg" : "image/png");
}

async function scaled(file, width, height, type) {
  return drawn(await decoded(file), width, height, type);
}

async function decoded(file) {
  try {
    return await createImageBitmap(file);
  } catch {
    throw new Error("this browser cannot read it as an image");
  }
}

function drawn(bitmap, width, height, type) {
  const canvas = el("canvas", { width, height });
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return new Promise((done) => canvas.toBlob(done, type, 0.95));
}

customElements.define("sd-training-pictures", PictureList);
