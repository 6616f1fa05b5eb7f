import "./compare.js";
import { del, get } from "../core/api.js";
import { button, el } from "../core/html.js";
import { restore } from "../image/restore.js";
import { urlOf } from "../image/pictures.js";
import { sendToImg2img, sendToUpscale } from "./sending.js";

/**
 * One of several images, as large as the window allows: `open(pictures, index)`, where `pictures` has a `total` and `at(index)`,
 * which resolves to `{ reference, name, title, parameters, width, height }`. Images of the
 * gallery can be deleted, which fires `deleted`.
 */
class PictureView extends HTMLElement {
  #pictures = null;
  #index = 0;
  #picture = null;
  #kept = null;
  #dialog = el("dialog", { "aria-labelledby": "picture-title" });
  #title = el("h2", { id: "picture-title", tabindex: -1 });
  #image = el("img", {});
  #compare = el("sd-compare", { hidden: true });
  #text = el("pre", { class: "parameters" });
  #error = el("p", { class: "error", role: "alert" });
  #note = el("p", { class: "faint", role: "status" });
  #previous = button("← Previous", () => this.#show(this.#index - 1));
  #next = button("Next →", () => this.#show(this.#index + 1));
  #keep = button("Compare", () => this.#toggleCompare());
  #download = el("a", { class: "button" }, "Download");
  #delete = button("Delete", () => this.#remove(), { class: "danger" });

  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    this.append(this.#dialog);
    this.#dialog.append(
      el("div", { class: "row head" }, this.#title, button("Close", () => this.#dialog.close())),
      this.#image,
      this.#compare,
      el(
        "div",
        { class: "side stack" },
        this.#error,
        this.#note,
        el("div", { class: "row" }, this.#previous, this.#next, this.#keep),
        this.#text,
        el(
          "div",
          { class: "row" },
          button("Use these settings", () => this.#use(), { class: "primary" }),
          button("Send to img2img", () => this.#leave(() => sendToImg2img(this.#picture))),
          button("Send to upscale", () => this.#leave(() => sendToUpscale(this.#picture))),
          this.#download,
          this.#delete,
        ),
      ),
    );
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
    this.#dialog.addEventListener("close", () => this.dispatchEvent(Object.assign(new Event("closed"), { index: this.#index })));
  }

  get isOpen() {
    return this.#dialog.open;
  }

  async open(pictures, index) {
    this.#pictures = pictures;
    this.#keptIs(null);
    if (!this.#dialog.open) {
      this.#dialog.showModal();
    }
    await this.#show(index);
    this.#title.focus();
  }

  async #show(index) {
    if (index < 0 || index >= this.#pictures.total) {
      return;
    }
    this.#index = index;
    this.#error.textContent = "";
    try {
      const picture = await this.#pictures.at(index);
      if (index === this.#index) {
        this.#put(picture);
      }
    } catch (error) {
      this.#error.textContent = error.message;
    }
  }

  #put(picture) {
    this.#picture = picture;
    const src = urlOf(picture.reference);
    this.#title.textContent = picture.title;
    this.#image.src = src;
    this.#image.width = picture.width;
    this.#image.height = picture.height;
    this.#image.alt = picture.parameters.split("\n")[0];
    this.#text.textContent = picture.parameters;
    this.#download.href = src;
    this.#download.download = picture.name;
    this.#delete.hidden = !picture.reference.startsWith("gallery:");
    this.#delete.textContent = "Delete";
    this.#previous.disabled = this.#index === 0;
    this.#next.disabled = this.#index === this.#pictures.total - 1;
    this.#showCompare();
  }

  #toggleCompare() {
    this.#keptIs(this.#kept ? null : this.#picture);
    this.#showCompare();
  }

  #keptIs(picture) {
    this.#kept = picture;
    this.#keep.setAttribute("aria-pressed", picture !== null);
  }

  #showCompare() {
    const both = this.#kept !== null && this.#kept.reference !== this.#picture.reference;
    this.#image.hidden = both;
    this.#compare.hidden = !both;
    this.#note.textContent = this.#kept && !both ? "Open another image to compare it with this one under a slider." : "";
    if (both) {
      const side = (picture) => ({ src: urlOf(picture.reference), name: picture.title });
      this.#compare.show(side(this.#kept), side(this.#picture));
    }
  }

  #leave(act) {
    this.#dialog.close();
    act();
  }

  #use() {
    this.#leave(() => restore(this.#picture.reference, this.#picture.title));
  }

  /** Asks for confirmation on the button itself: only a second press deletes. */
  async #remove() {
    if (this.#delete.textContent === "Delete") {
      this.#delete.textContent = "Delete permanently?";
      return;
    }
    try {
      await del(urlOf(this.#picture.reference));
      this.#dialog.close();
      this.dispatchEvent(new Event("deleted"));
    } catch (error) {
      this.#error.textContent = error.message;
    }
  }

  /** Arrow keys show the next or previous image, except in a slider. */
  #key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && !event.target.matches("input") && !(event.altKey || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#show(this.#index + step);
    }
  }
}

customElements.define("sd-picture-view", PictureView);

/** Returns the images of a job for a picture view. */
export function picturesOf(job) {
  return { total: job.images.length, at: async (index) => pictureOf(job, index) };
}

/** Returns one image of a job. */
export function pictureOf(job, index) {
  return {
    ...job.images[index],
    reference: `job:${job.id}/${index}`,
    name: `${job.id}-${index}.png`,
    title: `Image ${index + 1} of ${job.images.length}`,
  };
}

/** Returns the images of the gallery that match a search. */
export async function galleryPage(search, from, count, signal) {
  const query = new URLSearchParams({ search, from, count });
  const { total, pictures } = await get(`api/gallery?${query}`, { signal });
  return { total, items: pictures };
}
