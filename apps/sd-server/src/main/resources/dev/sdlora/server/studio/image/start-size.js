import { model } from "../core/model.js";

/** Sides between these multiples of the model's own size give images as it was trained to draw them. */
const LEAST = 0.5;
const MOST = 1.5;

/** Whether a size is far from the one that the model was trained for. */
export function isFarFromModel({ width, height }) {
  const far = (side, trained) => side < LEAST * trained || side > MOST * trained;
  return far(width, model.defaults.width) || far(height, model.defaults.height);
}

/** An image's own size in multiples of 8, within what the server draws. */
export function ownSize({ width, height }) {
  return scaled(width, height, Math.min(1, Math.sqrt(model.limits.pixels / (width * height))));
}

/** The model's size with the proportions of an image: about as many pixels, sides in multiples of 8. */
export function modelSize({ width, height }) {
  const { width: trainedWidth, height: trainedHeight } = model.defaults;
  return scaled(width, height, Math.sqrt((trainedWidth * trainedHeight) / (width * height)));
}

/** The size to draw at from an image made here: its own, unless that is far from the model's. */
export function sizeOf(image) {
  return isFarFromModel(image) ? modelSize(image) : ownSize(image);
}

function scaled(width, height, scale) {
  const side = (length) => Math.max(64, Math.round((length * scale) / 8) * 8);
  return { width: side(width), height: side(height) };
}
