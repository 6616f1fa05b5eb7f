import "./picture-view.js";
import { address } from "../core/address.js";
import { el, setText } from "../core/html.js";
import { isUnfinished, jobs } from "../core/jobs.js";
import { VirtualList } from "../core/virtual-list.js";
import { galleryPage } from "./picture-view.js";

const SEARCH_MILLIS = 250;
const CAPTION_PIXELS = 44;

/** All generated images, newest first. */
class GalleryView extends HTMLElement {
  #search = el("input", { type: "search", placeholder: "Words in prompts and settings" });
  #count = el("p", { class: "faint", role: "status" });
  #frame = el("div", { class: "pictures" });
  #view = el("sd-picture-view");
  #list = null;
  #timer = 0;
  #ended = "";

  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    this.className = "stack";
    this.append(
      el(
        "div",
        { class: "panel row", role: "search" },
        el("label", { class: "field" }, el("span", { class: "name" }, "Search images"), this.#search),
        this.#count,
      ),
      this.#frame,
      this.#view,
    );
    this.#list = new VirtualList(this.#frame, {
      label: "Images",
      load: (from, count, signal) => galleryPage(this.#search.value, from, count, signal),
      render: (picture, index) => this.#card(picture, index),
      cardWidth: 150,
      cardHeight: (width) => width + CAPTION_PIXELS,
      empty: "No images yet. Generated images appear here.",
      onTotal: (total) => this.#counted(total),
    });
    this.#search.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#list.reset(), SEARCH_MILLIS);
    });
    this.#view.addEventListener("deleted", () => this.#list.refresh());
    this.#view.addEventListener("closed", (event) => this.offsetParent && this.#list.focus(event.index));
    jobs.addEventListener("change", () => this.#refresh());
    address.addEventListener("change", () => this.#refresh());
    this.#ended = ended();
  }

  /** Refreshes when a job ends, to show its images. */
  #refresh() {
    if (address.view === "gallery" && !this.#view.isOpen && this.#ended !== ended()) {
      this.#ended = ended();
      this.#list.refresh();
    }
  }

  #counted(total) {
    setText(this.#count, total === 1 ? "1 image" : `${total} images`);
  }

  #card(picture, index) {
    const prompt = picture.parameters.split("\n")[0];
    return el(
      "button",
      { type: "button", class: "picture", "data-main": true, title: prompt, onclick: () => this.#open(index) },
      el("img", { src: thumbnail(picture), alt: "", loading: "lazy", decoding: "async" }),
      el("span", { class: "faint" }, prompt === "" ? picture.name : prompt),
    );
  }

  #open(index) {
    const search = this.#search.value;
    const at = async (i) => {
      const picture = this.#list.item(i) ?? (await galleryPage(search, i, 1)).items[0];
      return { ...picture, reference: `gallery:${picture.name}`, title: picture.name };
    };
    this.#view.open({ total: this.#list.total, at }, index);
  }
}

/** The URL changes when the file is rewritten. */
function thumbnail(picture) {
  return `api/gallery/${encodeURIComponent(picture.name)}/thumbnail?${encodeURIComponent(picture.time)}`;
}

const ended = () => jobs.list().filter((job) => !isUnfinished(job)).map((job) => job.id).join();

customElements.define("sd-gallery", GalleryView);
