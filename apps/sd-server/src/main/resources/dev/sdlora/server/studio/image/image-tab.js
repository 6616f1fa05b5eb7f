import "../draw/size-hint.js";
import "./mask-editor.js";
import "./picture-field.js";
import "./reference-images.js";
import { indexField, numberField, sliderField } from "../core/fields.js";
import { button, el, freshId } from "../core/html.js";
import { model } from "../core/model.js";
import { settings } from "../core/settings.js";
import { modelSize, ownSize } from "./start-size.js";

const RESIZE_MODES = ["Just resize", "Crop and resize", "Resize and fill", "Just resize (latent upscale)"];
const MASKED_CONTENT = ["fill", "original", "latent noise", "latent nothing"];
const AREAS = ["Whole picture", "Only masked"];
const SIDES = { left: "Left", right: "Right", up: "Up", down: "Down" };
const PARTS = { whole: "The whole image", mask: "Inpaint: the painted area", beyond: "Outpaint: beyond the edges" };

/** Defaults of A1111's page for fields without a default in its API. */
const MASK_DEFAULTS = {
  mask_blur: 4, inpainting_fill: 1, inpaint_full_res: 0, inpaint_full_res_padding: 32, inpainting_mask_invert: 0,
};

/** The start image: img2img, inpainting, outpainting. */
class ImageTab extends HTMLElement {
  #start = el("sd-picture-field", { label: "Start image" });
  #editor = el("sd-mask-editor");
  #radios = new Map();
  #part = "whole";
  #sections = {};
  #settings = el("div", { class: "stack" });
  #size = el("div", { class: "row" });
  #note = el("p", { class: "faint", role: "status" });

  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    this.className = "stack";
    this.#start.addEventListener("picture", (event) => this.#started(event.detail));
    this.#start.addEventListener("shown", () => this.#showSize());
    this.#editor.addEventListener("mask", (event) => settings.set({ mask: event.detail }));
    this.#sections = { mask: this.#maskSection(), beyond: this.#beyondSection() };
    this.#settings.append(
      this.#size,
      el("sd-size-hint"),
      el(
        "div",
        { class: "fields" },
        sliderField({ name: "denoising_strength", label: "Denoising strength", step: 0.01 }),
        indexField({ name: "resize_mode", label: "Resize mode", options: RESIZE_MODES }),
      ),
      this.#choice(),
      this.#sections.mask,
      this.#sections.beyond,
      this.#note,
    );
    this.append(this.#start, this.#settings);
    if (model.reads_references) {
      this.append(el("sd-reference-images"));
    }
    settings.addEventListener("change", () => this.#refresh());
    this.#refresh();
  }

  #choice() {
    const name = freshId("part");
    return el(
      "fieldset",
      {},
      el("legend", {}, "What to redraw"),
      el(
        "div",
        { class: "row" },
        Object.entries(PARTS).map(([part, label]) => {
          const radio = el("input", { type: "radio", name, onchange: () => this.#choose(part) });
          this.#radios.set(part, radio);
          return el("label", { class: "field check" }, radio, el("span", {}, label));
        }),
      ),
    );
  }

  #maskSection() {
    return el(
      "fieldset",
      { class: "stack" },
      el("legend", {}, "Inpaint"),
      this.#editor,
      el(
        "div",
        { class: "fields" },
        sliderField({ name: "mask_blur", label: "Mask blur", min: 0, max: 64 }),
        indexField({ name: "inpainting_fill", label: "Masked content", options: MASKED_CONTENT }),
        indexField({ name: "inpaint_full_res", label: "Inpaint area", options: AREAS }),
        sliderField({ name: "inpaint_full_res_padding", label: "Only masked padding, pixels", min: 0, max: 256, step: 4 }),
        indexField({ name: "inpainting_mask_invert", label: "Mask mode", options: ["Inpaint masked", "Inpaint not masked"] }),
      ),
    );
  }

  #beyondSection() {
    const sides = Object.entries(SIDES).map(([side, label]) => {
      const input = el("input", {
        type: "number", min: 0, max: 2048, step: model.size_multiple, value: 0, "aria-label": `${label}, pixels`,
        oninput: () => input.checkValidity() && this.#setSide(side, Number(input.value)),
      });
      settings.addEventListener("change", () => this.#showSide(input, side));
      this.#showSide(input, side);
      return el("label", { class: "field" }, el("span", { class: "name" }, `${label}, pixels`), input);
    });
    return el(
      "fieldset",
      { class: "stack" },
      el("legend", {}, "Outpaint"),
      el("div", { class: "fields" }, sides, numberField({ name: "mask_blur", label: "Mask blur" })),
      el("p", { class: "faint" }, "Width and height are those of the image plus the pixels added."),
    );
  }

  #showSide(input, side) {
    const value = String(settings.get("outpainting")?.[side] ?? 0);
    if (input !== document.activeElement && input.value !== value) {
      input.value = value;
    }
  }

  #setSide(side, pixels) {
    const sides = { ...settings.get("outpainting"), [side]: pixels };
    settings.set({ outpainting: Object.values(sides).some((each) => each > 0) ? sides : null });
  }

  /** Handles a new image: sets the model's size with its aspect ratio and clears the old mask. */
  #started(sent) {
    this.#editor.forget();
    if (!sent) {
      settings.set({ init_images: null, mask: null, outpainting: null });
      return;
    }
    settings.set({ init_images: [sent.reference], mask: null, ...modelSize(sent) });
  }

  /** Shows the size to draw at, and a button for each sensible alternative. */
  #showSize() {
    const image = this.#start.size;
    this.#size.hidden = !image || Boolean(settings.get("outpainting"));
    if (this.#size.hidden) {
      return;
    }
    const now = { width: settings.get("width"), height: settings.get("height") };
    const choices = [
      ["the model's size", modelSize(image)],
      ["the image's size", ownSize(image)],
    ].filter(([, size], at, all) => !same(size, now) && (at === 0 || !same(size, all[0][1])));
    const shown = `The image is ${text(image)}; it is drawn at ${text(now)}.`;
    if (this.#size.dataset.shown !== shown) {
      this.#size.dataset.shown = shown;
      this.#size.replaceChildren(
        el("span", { class: "faint" }, shown),
        ...choices.map(([label, size]) => button(`Use ${label}, ${text(size)}`, () => settings.set(size))),
      );
    }
  }

  #choose(part) {
    this.#part = part;
    const defaults = part === "mask" ? MASK_DEFAULTS : part === "beyond" ? { mask_blur: 8 } : {};
    const open = Object.entries(defaults).filter(([name]) => settings.get(name) === undefined);
    settings.set({
      ...Object.fromEntries(open),
      mask: part === "mask" ? this.#editor.reference : null,
      outpainting: part === "beyond" ? { left: 0, right: 64, up: 0, down: 0 } : null,
    });
    this.#refresh();
  }

  #refresh() {
    const start = settings.get("init_images")?.[0] ?? null;
    const mask = settings.get("mask") ?? null;
    this.#start.reference = start;
    this.#settings.hidden = !start;
    if (mask) {
      this.#part = "mask";
    } else if (settings.get("outpainting")) {
      this.#part = "beyond";
    }
    this.#radios.get(this.#part).checked = true;
    this.#sections.mask.hidden = this.#part !== "mask";
    this.#sections.beyond.hidden = this.#part !== "beyond";
    if (start && this.#part === "mask") {
      this.#editor.show(start, mask);
    }
    this.#note.textContent = noteOf(this.#part, mask);
    this.#showSize();
  }
}

function noteOf(part, mask) {
  if (part === "mask" && !mask) {
    return "Nothing is painted yet, so the whole image will be redrawn.";
  }
  if (part === "beyond" && !settings.get("outpainting")) {
    return "No pixels are added yet, so the whole image will be redrawn.";
  }
  return settings.get("enable_hr") ? "Hires. fix is not used with a start image." : "";
}

function text({ width, height }) {
  return `${width}×${height}`;
}

function same(a, b) {
  return a.width === b.width && a.height === b.height;
}

customElements.define("sd-image-tab", ImageTab);
