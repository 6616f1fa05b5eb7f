import { post } from "../core/api.js";
import { settings } from "../core/settings.js";

/** Edits that wait for the current one, by LoRA; only the last one of each LoRA is kept. */
const waiting = new Map();
let running = false;

/**
 * Adds a LoRA to the prompts (`{}` or `{ weight }`) or removes it (`{ remove: true }`) through the
 * server. Edits run one after another and keep what the user types meanwhile. Resolves when the edit
 * is done or replaced by another edit of the same LoRA.
 */
export function edit(name, change) {
  return new Promise((done, failed) => {
    waiting.get(name)?.done();
    waiting.set(name, { change, done, failed });
    run();
  });
}

async function run() {
  if (running) {
    return;
  }
  running = true;
  while (waiting.size > 0) {
    const [name, { change, done, failed }] = waiting.entries().next().value;
    waiting.delete(name);
    try {
      await write({ name, ...change });
      done();
    } catch (error) {
      failed(error);
    }
  }
  running = false;
}

async function write(change) {
  let before;
  let answer;
  do {
    before = texts();
    answer = await post("api/prompt/lora", { ...before, ...change });
  } while (JSON.stringify(before) !== JSON.stringify(texts()));
  settings.set(answer);
}

function texts() {
  return { prompt: settings.get("prompt") ?? "", negative_prompt: settings.get("negative_prompt") ?? "" };
}
