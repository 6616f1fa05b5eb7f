import { post } from "../core/api.js";
import { model } from "../core/model.js";

const pending = new Set();

/** Returns the URL of an image by its reference, such as `picture:ID` or `job:ID/0`. */
export function urlOf(reference) {
  const [, kind, name] = reference.match(/^(\w+):(.*)$/s) ?? [];
  const slash = name?.lastIndexOf("/") ?? -1;
  switch (kind) {
    case "picture":
      return `api/pictures/${encodeURIComponent(name)}`;
    case "job":
      return `api/jobs/${encodeURIComponent(name.slice(0, slash))}/images/${encodeURIComponent(name.slice(slash + 1))}`;
    case "cell":
      return `api/grids/${encodeURIComponent(name.slice(0, slash))}/cells/${encodeURIComponent(name.slice(slash + 1))}`;
    case "gallery":
      return `api/gallery/${encodeURIComponent(name)}`;
    default:
      return "";
  }
}

/** Uploads an image file, or the promise of one; resolves to its reference and size. */
export function upload(file) {
  const sent = Promise.resolve(file).then(fitting).then((blob) => post("api/pictures", blob));
  pending.add(sent);
  const done = () => pending.delete(sent);
  sent.then(done, done);
  return sent;
}

/** Waits for uploads to finish, so that no request is sent without its images. */
export function settled() {
  return Promise.all(pending);
}

/**
 * Uploads PNGs unchanged. The browser decodes other formats, because it knows more of them than the
 * server and applies the orientation of photographs; images beyond the server's limit are scaled down.
 */
async function fitting(file) {
  const bitmap = await read(file);
  const scale = Math.min(1, Math.sqrt(model.limits.pixels / (bitmap.width * bitmap.height)));
  if (file.type === "image/png" && scale === 1) {
    return file;
  }
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(bitmap.width * scale));
  canvas.height = Math.max(1, Math.floor(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return pngOf(canvas);
}

async function read(file) {
  try {
    return await createImageBitmap(file);
  } catch {
    throw new Error(`'${file.name ?? "the file"}' is not an image that this browser can read`);
  }
}

/** Returns a canvas as a PNG file. */
export function pngOf(canvas) {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the image is too large for this browser")))),
  );
}

/** Returns the first image of the files that were dropped, pasted or chosen. */
export function pictureIn(transfer) {
  return [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/")) ?? null;
}

/** Whether files are being dragged. */
export function hasFiles(transfer) {
  return [...(transfer?.types ?? [])].includes("Files");
}

/** Completes a request for the server: removes the axes of a grid and, with a start image or reference images, adds the size. */
export function completed(settings) {
  const { grid, ...request } = settings.request();
  if (!request.init_images?.length && !request.reference_images?.length) {
    return request;
  }
  const { width, height, ...rest } = request;
  return request.outpainting ? rest : { ...rest, width: settings.get("width"), height: settings.get("height") };
}
