import { get } from "./api.js";

/** What the server draws with, and what there is to choose: `GET /api/model`. */
export let model = null;

/** Has to be done before anything else. */
export async function loadModel() {
  model = await get("api/model");
}
