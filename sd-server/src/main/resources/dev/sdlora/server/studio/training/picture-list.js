import { post } from "../core/api.js";
import { button, el } from "../core/html.js";
import { pathOf } from "../core/jobs.js";
import { draft } from "./draft.js";

/** Longer than what any model is trained at: the shorter side of what is sent. */
const MOST_SIDE = 1024;

/** The pictures to learn from, with a caption each. They lie on the server; here are their names. */
class PictureList extends HTMLElement {
  #error = el("p", { class: "error", role: "alert" });
  #status = el("p", { class: "faint", role: "status" });
  #list = el("ul", { class: "training-pictures", "aria-label": "Pictures" });

  connectedCallback() {
    const input = el("input", {
      type: "file", multiple: true, accept: "image/*", class: "visually-hidden", id: "training-files",
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
      el("label", { for: "training-files", class: "button" }, "Choose pictures"),
      el("span", { class: "faint" }, "or drop them here"),
    );
    this.className = "stack";
    this.replaceChildren(zone, this.#error, this.#status, this.#list);
    this.#show();
  }

  async #add(files) {
    this.#error.textContent = "";
    for (const [i, file] of files.entries()) {
      this.#status.textContent = `Sending picture ${i + 1} of ${files.length} …`;
      try {
        const sent = await post("api/pictures", await shrunk(file));
        const picture = { image: sent.reference, url: pathOf(sent), file: file.name, caption: "" };
        draft.set({ pictures: [...(draft.get("pictures") ?? []), picture] });
      } catch (error) {
        this.#error.textContent = `${file.name}: ${error.message}`;
      }
    }
    this.#status.textContent = "";
    this.#show();
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
      placeholder: "Caption: what else is in the picture",
      oninput: () => change({ caption: caption.value }),
    });
    caption.value = picture.caption;
    const gone = el("p", { class: "error", hidden: true }, "The server has it no more: remove it and add it again.");
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

/** Large ones are made smaller, and what cameras note of turns and other formats becomes pixels. */
async function shrunk(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error("it is no picture that the browser can read");
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
