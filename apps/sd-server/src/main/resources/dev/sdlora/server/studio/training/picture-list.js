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
    this.#show();
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

  #show() {
    const pictures = draft.get("pictures") ?? [];
    this.#list.hidden = pictures.length === 0;
    this.#list.replaceChildren(...pictures.map((picture, i) => this.#item(picture, i)));
  }

  #item(picture, i) {
    const change = (values) =>
      draft.set({ pictures: draft.get("pictures").map((other, j) => (j === i ? { ...other, ...values } : other)) });
    const caption = el("input", {
      "aria-label": `Caption of ${picture.file}`,
      placeholder: "Caption: what the image shows",
      oninput: () => change({ caption: caption.value }),
    });
    caption.value = picture.caption;
    const gone = el("p", { class: "error", hidden: true }, "This image is no longer on the server; remove it and add it again.");
    const image = el("img", { src: picture.url, alt: picture.file, onerror: () => (gone.hidden = false) });
    const remove = button("✕", () => this.#remove(i), { class: "quiet", "aria-label": `Remove ${picture.file}` });
    return el("li", {}, image, el("div", { class: "stack" }, caption, gone), remove);
  }

  #remove(i) {
    draft.set({ pictures: draft.get("pictures").filter((_, j) => j !== i) });
    this.#show();
    (this.#list.querySelectorAll("li button")[Math.max(0, i - 1)] ?? this.querySelector("input")).focus();
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
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error("this browser cannot read it as an image");
  }
  const factor = Math.min(1, MOST_SIDE / Math.min(bitmap.width, bitmap.height));
  if (factor === 1 && file.type === "image/png") {
    return file;
  }
  const size = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * factor)));
  const canvas = el("canvas", { width: size[0], height: size[1] });
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, ...size);
  bitmap.close();
  const type = file.type === "image/jpeg" ? "image/jpeg" : "image/png";
  return new Promise((done) => canvas.toBlob(done, type, 0.95));
}

customElements.define("sd-training-pictures", PictureList);
