import { model } from "../core/model.js";

/** The range of sizes, as multiples of the model's native size, that it can draw well. */
const LEAST = 0.5;
const MOST = 1.5;

/** Whether a size is far from the model's native size. */
export function isFarFromModel({ width, height }) {
  const far = (side, trained) => side < LEAST * trained || side > MOST * trained;
  return far(width, model.defaults.width) || far(height, model.defaults.height);
}

/** Returns an image's own size in multiples that the model draws, within the server's limits. */
export function ownSize({ width, height }) {
  return scaled(width, height, Math.min(1, Math.sqrt(model.limits.pixels / (width * height))));
}

/** Returns a size with about as many pixels as the model's and the image's aspect ratio. */
export function modelSize({ width, height }) {
  const { width: trainedWidth, height: trainedHeight } = model.defaults;
  return scaled(width, height, Math.sqrt((trainedWidth * trainedHeight) / (width * height)));
}

/** Returns the size for img2img with a generated image: its own, unless that is far from the model's. */
export function sizeOf(image) {
  return isFarFromModel(image) ? modelSize(image) : ownSize(image);
}

function scaled(width, height, scale) {
  const side = (length) => Math.max(64, Math.round((length * scale) / model.size_multiple) * model.size_multiple);
  return { width: side(width), height: side(height) };
}
