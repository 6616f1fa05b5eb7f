const PAINT = "#e0218a";

/**
 * The edits of a mask, in order, so that they can be undone: strokes, things that were clicked at,
 * inverting, clearing, and loading a mask image.
 */
export class MaskStrokes {
  #canvas;
  #context;
  #done = [];
  #undone = [];

  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { willReadFrequently: true });
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  /** Whether nothing is masked. */
  get isEmpty() {
    const { data } = this.#context.getImageData(0, 0, this.#canvas.width, this.#canvas.height);
    for (let i = 3; i < data.length; i += 4) {
      if (data[i] > 0) {
        return false;
      }
    }
    return true;
  }

  /** Clears everything and sets a new size. */
  reset(width, height) {
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#done = [];
    this.#undone = [];
  }

  /** Begins a stroke; `extend` adds points to it. */
  begin(size, erase, point) {
    this.#do({ type: "stroke", size, erase, points: [point] });
  }

  extend(point) {
    const stroke = this.#done.at(-1);
    stroke.points.push(point);
    this.#stroke(stroke, stroke.points.length - 2);
  }

  clear() {
    this.#do({ type: "clear" });
  }

  invert() {
    this.#do({ type: "invert" });
  }

  /** The latest edit, or null. */
  get last() {
    return this.#done.at(-1) ?? null;
  }

  /** Adds the white part of an image to the mask, or removes it; returns the edit. */
  thing(image, erase) {
    this.#do({ type: "thing", image, erase });
    return this.last;
  }

  /** Loads an image as the mask: white is painted, black is not. */
  put(image) {
    this.#do({ type: "image", image });
  }

  undo() {
    this.#undone.push(this.#done.pop());
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#done.forEach((step) => this.#draw(step));
  }

  redo() {
    const step = this.#undone.pop();
    this.#done.push(step);
    this.#draw(step);
  }

  /** Returns the mask in the server's format: areas to repaint are white on black. */
  toCanvas() {
    const { width, height } = this.#canvas;
    const mask = new OffscreenCanvas(width, height);
    const context = mask.getContext("2d");
    context.drawImage(this.#canvas, 0, 0);
    context.globalCompositeOperation = "source-in";
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.globalCompositeOperation = "destination-over";
    context.fillStyle = "#000";
    context.fillRect(0, 0, width, height);
    return mask;
  }

  #do(step) {
    this.#done.push(step);
    this.#undone = [];
    this.#draw(step);
  }

  #draw(step) {
    const { width, height } = this.#canvas;
    const context = this.#context;
    switch (step.type) {
      case "stroke":
        this.#stroke(step, 0);
        break;
      case "clear":
        context.clearRect(0, 0, width, height);
        break;
      case "invert":
        context.globalCompositeOperation = "xor";
        context.fillStyle = PAINT;
        context.fillRect(0, 0, width, height);
        context.globalCompositeOperation = "source-over";
        break;
      case "image":
        context.clearRect(0, 0, width, height);
        context.drawImage(this.#painted(step.image), 0, 0);
        break;
      case "thing":
        context.globalCompositeOperation = step.erase ? "destination-out" : "source-over";
        context.drawImage(this.#painted(step.image), 0, 0);
        context.globalCompositeOperation = "source-over";
        break;
    }
  }

  #stroke({ size, erase, points }, from) {
    const context = this.#context;
    context.globalCompositeOperation = erase ? "destination-out" : "source-over";
    context.strokeStyle = PAINT;
    context.lineWidth = size;
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    context.moveTo(...points[from]);
    // A line of length zero is a dot, because its ends are round.
    points.slice(from).forEach((point) => context.lineTo(...point));
    context.stroke();
    context.globalCompositeOperation = "source-over";
  }

  /** Returns an image at the size of the mask, with paint where it is white. */
  #painted(image) {
    const { width, height } = this.#canvas;
    const painted = new OffscreenCanvas(width, height);
    const context = painted.getContext("2d");
    context.drawImage(image, 0, 0, width, height);
    const pixels = context.getImageData(0, 0, width, height);
    const [red, green, blue] = [0xe0, 0x21, 0x8a];
    const { data } = pixels;
    for (let i = 0; i < data.length; i += 4) {
      const bright = (data[i] * 0.3 + data[i + 1] * 0.59 + data[i + 2] * 0.11) * (data[i + 3] / 255);
      data.set([red, green, blue, bright], i);
    }
    context.putImageData(pixels, 0, 0);
    return painted;
  }
}
