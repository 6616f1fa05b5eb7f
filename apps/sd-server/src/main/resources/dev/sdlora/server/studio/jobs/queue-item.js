import { address } from "../core/address.js";
import { button, el, setText } from "../core/html.js";
import { isUnfinished, jobs, thumbnailOf } from "../core/jobs.js";
import { endOf, progressOf, titleOf } from "./words.js";

/** The views that show jobs of a kind. */
const VIEWS = { upscale: "upscale", training: "train" };

/** One job of the queue. Updates keep its elements, so that none loses the focus. */
export class QueueItem {
  #id;
  #thumbnail = el("img", { alt: "", hidden: true, loading: "lazy" });
  #title = el("a", {});
  #kind = el("span", { class: "kind faint" });
  #state = el("span", { class: "faint" });
  #bar = el("progress", { max: 1 });
  #error = el("p", { class: "error", hidden: true });
  #up = button("↑", () => this.#move(-1), { class: "quiet" });
  #down = button("↓", () => this.#move(1), { class: "quiet" });
  #end = button("", () => this.#ask(() => this.#endOrRemove()), { class: "quiet" });

  constructor(id) {
    this.#id = id;
    this.element = el(
      "li",
      {},
      this.#thumbnail,
      el("div", { class: "what" }, el("div", { class: "row" }, this.#title, this.#kind), this.#state, this.#bar, this.#error),
      el("div", { class: "acts" }, this.#up, this.#down, this.#end),
    );
  }

  /** Shows the current state; `last` says whether no job waits after it. */
  show(job, last) {
    const title = titleOf(job);
    const unfinished = isUnfinished(job);
    setText(this.#title, title);
    this.#title.href = address.of(VIEWS[job.kind] ?? "draw", job.id);
    this.#title.title = title;
    this.#title.toggleAttribute("aria-current", address.rest === job.id);
    setText(this.#kind, job.kind);
    setText(this.#state, unfinished ? progressOf(job) : endOf(job));
    this.#bar.hidden = job.state !== "running";
    this.#bar.value = job.progress;
    this.#bar.setAttribute("aria-label", `Progress of ${title}`);
    this.#up.hidden = this.#down.hidden = job.state !== "waiting";
    this.#up.disabled = job.place <= 1;
    this.#down.disabled = last;
    this.#up.setAttribute("aria-label", `Move up: ${title}`);
    this.#down.setAttribute("aria-label", `Move down: ${title}`);
    setText(this.#end, unfinished ? "Cancel" : "Remove");
    this.#end.setAttribute("aria-label", `${unfinished ? "Cancel" : "Remove"}: ${title}`);
    this.#failed(job.error ?? "");
    const picture = job.images.at(-1);
    this.#thumbnail.hidden = !picture;
    if (picture && this.#thumbnail.getAttribute("src") !== thumbnailOf(picture)) {
      this.#thumbnail.src = thumbnailOf(picture);
    }
  }

  #failed(sentence) {
    setText(this.#error, sentence);
    this.#error.hidden = sentence === "";
  }

  #endOrRemove() {
    return isUnfinished(jobs.find(this.#id) ?? {}) ? jobs.interrupt(this.#id) : jobs.cancel(this.#id);
  }

  #move(places) {
    return this.#ask(() => jobs.move(this.#id, jobs.find(this.#id).place + places));
  }

  async #ask(send) {
    try {
      await send();
    } catch (error) {
      this.#failed(error.message);
    }
  }
}
