import { post } from "../core/api.js";
import { settings } from "../core/settings.js";

/** Edits that wait for the one under way, by LoRA; the last one of each counts. */
const waiting = new Map();
let running = false;

/**
 * Puts a LoRA into the prompts (`{}` or `{ weight }`) or takes it out (`{ remove: true }`), as the
 * server says. Edits follow each other, and what somebody types meanwhile stays. Resolves when it is
 * done or another edit of the same LoRA has taken its place.
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
