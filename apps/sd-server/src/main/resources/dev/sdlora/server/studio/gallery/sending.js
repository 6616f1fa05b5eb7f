import { address } from "../core/address.js";
import { settings } from "../core/settings.js";
import { sizeOf } from "../image/start-size.js";

/** Starts img2img from an image, `{ reference, width, height }`. */
export function sendToImg2img({ reference, width, height }) {
  settings.set({ init_images: [reference], mask: null, ...sizeOf({ width, height }) });
  address.go("draw");
  document.querySelector("sd-draw-view sd-tabs")?.select("Image");
}

/** Opens the Upscale view with an image, `{ reference }`. */
export function sendToUpscale({ reference }) {
  address.go("upscale", reference);
}
