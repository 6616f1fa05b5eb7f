import { address } from "../core/address.js";
import { el } from "../core/html.js";
import { isUnfinished, jobs, pathOf } from "../core/jobs.js";
import { endOf, progressOf, titleOf } from "./words.js";

/** Where a job of a kind is looked at. */
const VIEWS = { upscale: "upscale", training: "train" };

/** One job of the queue. Its parts stay the same elements while it changes, so that none loses the focus. */
export class QueueItem {
  #id;
  #thumbnail = el("img", { alt: "", hidden: true, loading: "lazy" });
  #title = el("a", {});
  #kind = el("span", { class: "kind faint" });
  #state = el("span", { class: "faint" });
  #bar = el("progress", { max: 1 });
  #error = el("p", { class: "error", hidden: true });
  #up = el("button", { type: "button", class: "quiet" }, "↑");
  #down = el("button", { type: "button", class: "quiet" }, "↓");
  #end = el("button", { type: "button", class: "quiet" });

  constructor(id) {
    this.#id = id;
    this.element = el(
      "li",
      {},
      this.#thumbnail,
      el("div", { class: "what" }, el("div", { class: "row" }, this.#title, this.#kind), this.#state, this.#bar, this.#error),
      el("div", { class: "acts" }, this.#up, this.#down, this.#end),
    );
    this.#up.addEventListener("click", () => this.#ask(() => jobs.move(id, jobs.find(id).place - 1)));
    this.#down.addEventListener("click", () => this.#ask(() => jobs.move(id, jobs.find(id).place + 1)));
    this.#end.addEventListener("click", () => this.#ask(() => jobs.cancel(id)));
  }

  /** Shows how the job is now; `last` says whether none waits behind it. */
  show(job, last) {
    const title = titleOf(job);
    const unfinished = isUnfinished(job);
    put(this.#title, title);
    this.#title.href = address.of(VIEWS[job.kind] ?? "draw", job.id);
    this.#title.title = title;
    this.#title.toggleAttribute("aria-current", address.rest === job.id);
    put(this.#kind, job.kind);
    put(this.#state, unfinished ? progressOf(job) : endOf(job));
    this.#bar.hidden = job.state !== "running";
    this.#bar.value = job.progress;
    this.#bar.setAttribute("aria-label", `Progress of ${title}`);
    this.#up.hidden = this.#down.hidden = job.state !== "waiting";
    this.#up.disabled = job.place <= 1;
    this.#down.disabled = last;
    this.#up.setAttribute("aria-label", `Earlier: ${title}`);
    this.#down.setAttribute("aria-label", `Later: ${title}`);
    put(this.#end, unfinished ? "Cancel" : "Remove");
    this.#end.setAttribute("aria-label", `${unfinished ? "Cancel" : "Remove"}: ${title}`);
    this.#failed(job.error ?? "");
    const picture = job.images.at(-1);
    this.#thumbnail.hidden = !picture;
    if (picture && this.#thumbnail.getAttribute("src") !== `${pathOf(picture)}/thumbnail`) {
      this.#thumbnail.src = `${pathOf(picture)}/thumbnail`;
    }
  }

  #failed(sentence) {
    put(this.#error, sentence);
    this.#error.hidden = sentence === "";
  }

  async #ask(send) {
    try {
      await send();
    } catch (error) {
      this.#failed(error.message);
    }
  }
}

function put(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
