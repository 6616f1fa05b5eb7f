import { button, el, freshId } from "../core/html.js";
import { model } from "../core/model.js";
import { MaskClicks } from "./mask-clicks.js";
import { pictureIn, upload, urlOf } from "./pictures.js";
import { MaskStrokes } from "./mask-strokes.js";

/** The maximum size of masks; they are stretched to their images, so larger ones only cost time. */
const MOST_PIXELS_A_SIDE = 1024;

const HELP =
  "Paint the area to redraw. Keyboard: arrows move the brush, Space paints, E switches between brush and eraser, [ and ] change its size, Ctrl+Z undoes.";

const CLICK_HELP =
  "Click at a thing to add it to the mask. Shift+click excludes what does not belong to it; Alt+click, or the eraser, removes a thing. Keyboard: arrows move the pointer, Space clicks.";

/** The size in pixels of the ring that shows where Space clicks. */
const POINTER = 12;

/** A mask brush over an image. Fires `mask` for a new mask, with its reference or null as detail. */
class MaskEditor extends HTMLElement {
  #picture = el("img", { alt: "" });
  #canvas = el("canvas", { tabindex: 0, role: "application", "aria-label": "Mask", "aria-describedby": "mask-help" });
  #brush = el("span", { class: "brush", hidden: true });
  #frame = el("div", { class: "frame" }, this.#picture, this.#canvas, this.#brush);
  #size = el("input", { type: "range", min: 2, max: 200, value: 40, "aria-label": "Brush size" });
  #erase = el("input", { type: "checkbox" });
  #tools = ["Brush", "Click"].map((value) => el("input", { type: "radio", value, checked: value === "Brush", onchange: () => this.#choose() }));
  #help = el("p", { class: "faint", id: "mask-help" }, HELP);
  #status = el("span", { class: "faint", role: "status" });
  #zoom = el("select", { "aria-label": "Zoom" }, ["Fit", "100 %", "200 %", "400 %"].map((text) => el("option", {}, text)));
  #undo = this.#button("Undo", () => this.#strokes.undo());
  #redo = this.#button("Redo", () => this.#strokes.redo());
  #error = el("p", { class: "error", role: "alert" });
  #strokes = new MaskStrokes(this.#canvas);
  #clicks = new MaskClicks(this.#strokes);
  #waiting = 0;
  #reference = null;
  #shown = null;
  #painting = null;
  #cursor = null;
  #saves = 0;

  connectedCallback() {
    if (this.hasChildNodes()) {
      return;
    }
    const input = el("input", {
      type: "file", accept: "image/*", class: "visually-hidden", "aria-label": "Mask: choose a file",
      onchange: () => this.#putFile(pictureIn(input)).then(() => (input.value = "")),
    });
    this.append(
      el(
        "div",
        { class: "row tools", role: "toolbar", "aria-label": "Mask tools" },
        this.#toolChoice(),
        el("label", { class: "row" }, el("span", { class: "faint" }, "Size"), this.#size),
        el("label", { class: "field check" }, this.#erase, el("span", {}, "Eraser")),
        this.#undo,
        this.#redo,
        this.#button("Clear", () => this.#strokes.clear()),
        this.#button("Invert", () => this.#strokes.invert()),
        el("label", { class: "button" }, input, "Mask file…"),
        this.#zoom,
        this.#status,
      ),
      this.#help,
      el("div", { class: "viewport" }, this.#frame),
      this.#error,
    );
    this.#zoom.addEventListener("change", () => this.#fit());
    this.#picture.addEventListener("load", () => this.#begin());
    this.#canvas.addEventListener("pointerdown", (event) => this.#down(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#move(event));
    this.#canvas.addEventListener("pointerup", () => this.#up());
    this.#canvas.addEventListener("pointercancel", () => this.#up());
    this.#canvas.addEventListener("pointerleave", () => (this.#brush.hidden = true));
    this.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Shows an image and its mask, if it has one. */
  show(picture, mask) {
    if (picture !== this.#shown || mask !== this.#reference) {
      this.#shown = picture;
      this.#reference = mask;
      this.#picture.src = urlOf(picture);
    }
  }

  /** Clears the mask, because it belongs to another image. */
  forget() {
    this.#shown = null;
    this.#reference = null;
  }

  /** The reference of the mask; null if nothing is painted. */
  get reference() {
    return this.#reference;
  }

  /** The choice of the tool; only a server with a segmentation model has more than the brush. */
  #toolChoice() {
    const name = freshId("tool");
    this.#tools.forEach((tool) => (tool.name = name));
    return el(
      "span",
      { class: "row", role: "radiogroup", "aria-label": "Tool", hidden: !model.masks },
      this.#tools.map((tool) => el("label", { class: "field check" }, tool, el("span", {}, tool.value))),
    );
  }

  /** Whether a click selects a thing instead of painting. */
  get #isClicking() {
    return this.#tools[1].checked;
  }

  #choose() {
    this.#size.disabled = this.#isClicking;
    this.#help.textContent = this.#isClicking ? CLICK_HELP : HELP;
  }

  async #click(event) {
    const { naturalWidth: width, naturalHeight: height } = this.#picture;
    const pixel = (at, from, to) => Math.min(to - 1, Math.max(0, Math.floor((at * to) / from)));
    const point = [pixel(this.#cursor[0], this.#canvas.width, width), pixel(this.#cursor[1], this.#canvas.height, height)];
    this.#error.textContent = "";
    this.#waiting += 1;
    this.#status.textContent = "Looking for the thing …";
    try {
      await this.#clicks.click(point, { erase: event.altKey || this.#erase.checked, outside: event.shiftKey });
      this.#changed();
    } catch (error) {
      this.#error.textContent = error.message;
    }
    this.#waiting -= 1;
    this.#status.textContent = this.#waiting > 0 ? this.#status.textContent : "";
  }

  #button(label, act) {
    return button(label, () => this.#edit(act));
  }

  async #begin() {
    const { naturalWidth: width, naturalHeight: height } = this.#picture;
    const scale = Math.min(1, MOST_PIXELS_A_SIDE / Math.max(width, height));
    this.#strokes.reset(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    this.#size.max = Math.ceil(this.#canvas.width / 2);
    this.#size.value = Math.ceil(this.#canvas.width / 8);
    this.#cursor = [this.#canvas.width / 2, this.#canvas.height / 2];
    this.#clicks.begin(this.#shown);
    this.#fit();
    if (this.#reference) {
      await this.#put(urlOf(this.#reference));
    }
    this.#refresh();
  }

  #fit() {
    const zoom = parseInt(this.#zoom.value, 10);
    const { naturalWidth: width, naturalHeight: height } = this.#picture;
    this.#frame.style.width = zoom ? `${(width * zoom) / 100}px` : `min(100%, ${(60 * width) / height}vh)`;
  }

  async #put(source) {
    const image = new Image();
    image.src = source;
    try {
      await image.decode();
      this.#strokes.put(image);
    } catch {
      this.#error.textContent = "The mask cannot be loaded; it may no longer be on the server.";
    }
  }

  async #putFile(file) {
    if (file) {
      const source = URL.createObjectURL(file);
      await this.#put(source);
      URL.revokeObjectURL(source);
      this.#changed();
    }
  }

  #edit(act) {
    act();
    this.#changed();
  }

  #place(event) {
    const box = this.#canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * this.#canvas.width,
      ((event.clientY - box.top) / box.height) * this.#canvas.height,
    ];
  }

  #down(event) {
    if (event.button === 0) {
      event.preventDefault();
      this.#canvas.focus({ preventScroll: true });
      if (this.#isClicking) {
        this.#cursor = this.#place(event);
        this.#click(event);
        return;
      }
      this.#canvas.setPointerCapture(event.pointerId);
      this.#painting = event.pointerId;
      this.#cursor = this.#place(event);
      this.#strokes.begin(Number(this.#size.value), this.#erase.checked, this.#cursor);
    }
  }

  #move(event) {
    this.#cursor = this.#place(event);
    this.#showBrush();
    if (event.pointerId === this.#painting) {
      // Include all points between two frames, so that quick strokes stay smooth.
      const moves = event.getCoalescedEvents?.() ?? [];
      (moves.length > 0 ? moves : [event]).forEach((each) => this.#strokes.extend(this.#place(each)));
    }
  }

  #up() {
    if (this.#painting !== null) {
      this.#painting = null;
      this.#changed();
    }
  }

  #showBrush() {
    const scale = this.#canvas.clientWidth / this.#canvas.width;
    const size = this.#isClicking ? POINTER : this.#size.value * scale;
    const [x, y] = this.#cursor;
    Object.assign(this.#brush.style, {
      width: `${size}px`, height: `${size}px`, left: `${x * scale - size / 2}px`, top: `${y * scale - size / 2}px`,
    });
    this.#brush.hidden = false;
  }

  #key(event) {
    const undo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    const step = Math.max(1, this.#size.value / 4);
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (undo) {
      const possible = event.shiftKey ? this.#strokes.canRedo : this.#strokes.canUndo;
      possible && this.#edit(() => (event.shiftKey ? this.#strokes.redo() : this.#strokes.undo()));
    } else if (event.target !== this.#canvas || event.ctrlKey || event.metaKey || (event.altKey && !(this.#isClicking && event.key === " "))) {
      return;
    } else if (event.key in moves) {
      const [x, y] = moves[event.key];
      this.#cursor = [
        Math.min(this.#canvas.width, Math.max(0, this.#cursor[0] + x)),
        Math.min(this.#canvas.height, Math.max(0, this.#cursor[1] + y)),
      ];
    } else if (event.key === " " && this.#isClicking) {
      this.#click(event);
    } else if (event.key === " ") {
      this.#edit(() => this.#strokes.begin(Number(this.#size.value), this.#erase.checked, this.#cursor));
    } else if (event.key === "[" || event.key === "]") {
      this.#size.value = Number(this.#size.value) + (event.key === "[" ? -4 : 4);
    } else if (event.key.toLowerCase() === "e") {
      this.#erase.checked = !this.#erase.checked;
    } else {
      return;
    }
    event.preventDefault();
    this.#showBrush();
  }

  /** Uploads the mask after each change, so that it survives a reload. */
  async #changed() {
    this.#refresh();
    this.#error.textContent = "";
    const mine = ++this.#saves;
    try {
      const empty = this.#strokes.isEmpty;
      const sent = empty ? null : await upload(this.#strokes.toCanvas().convertToBlob({ type: "image/png" }));
      if (mine === this.#saves) {
        this.#reference = sent?.reference ?? null;
        this.dispatchEvent(new CustomEvent("mask", { detail: this.#reference }));
      }
    } catch (error) {
      this.#error.textContent = error.message;
    }
  }

  #refresh() {
    this.#undo.disabled = !this.#strokes.canUndo;
    this.#redo.disabled = !this.#strokes.canRedo;
  }
}

customElements.define("sd-mask-editor", MaskEditor);
