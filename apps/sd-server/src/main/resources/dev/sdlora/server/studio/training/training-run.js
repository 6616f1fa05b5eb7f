import "./sample-grid.js";
import { address } from "../core/address.js";
import { button, el, setText } from "../core/html.js";
import { isUnfinished, pathOf } from "../core/jobs.js";
import { settings } from "../core/settings.js";
import { clock } from "../jobs/words.js";
import { levelPlot } from "./level-plot.js";
import { lossPlot } from "./loss-plot.js";
import { trainings } from "./trainings.js";

const STATES = { waiting: "waiting", running: "running", done: "done", failed: "failed", cancelled: "cancelled" };

/** One training: its progress, losses and samples, and buttons to stop, resume or try it. */
class TrainingRun extends HTMLElement {
  #title = el("h2", {});
  #state = el("p", { role: "status" });
  #bar = el("progress", { max: 1, value: 0, "aria-label": "Training progress" });
  #plot = el("div", {});
  #legend = el("p", { class: "faint" }, "Dashed: loss on held-out images, which are not trained on.");
  #levels = el("div", {});
  #levelPlot = el("details", {}, el("summary", {}, "Loss by noise level"), this.#levels);
  #samples = el("sd-sample-grid");
  #report = el("details", {}, el("summary", {}, "Report"));
  #notes = el("div", { class: "stack" });
  #error = el("p", { class: "error", role: "alert" });
  #actions = el("div", { class: "row" });
  #offered = "";

  connectedCallback() {
    this.className = "panel stack";
    this.replaceChildren(
      this.#title, this.#state, this.#bar, this.#error, this.#notes, this.#actions, this.#plot, this.#legend, this.#levelPlot,
      this.#samples, this.#report,
    );
    trainings.addEventListener("change", () => this.#show());
    this.#show();
  }

  #show() {
    const training = trainings.shown;
    this.#title.textContent = training ? training.name : "No training yet";
    for (const part of [this.#state, this.#bar, this.#plot, this.#legend, this.#levelPlot, this.#samples, this.#report, this.#actions, this.#notes]) {
      part.hidden = training === null;
    }
    setText(this.#error, trainings.error || training?.error || "");
    if (training === null) {
      return;
    }
    setText(this.#state, described(training));
    this.#bar.hidden = !isUnfinished(training);
    this.#bar.value = training.progress;
    this.#showLosses(training);
    this.#notes.replaceChildren(...training.warnings.map((warning) => el("p", { class: "warning" }, warning)));
    this.#samples.show(training);
    this.#showReport(training);
    this.#offer(training);
  }

  #showLosses(training) {
    const { losses, validation, noise_levels: levels } = training;
    this.#plot.replaceChildren(lossPlot(losses, isUnfinished(training) ? training.steps : training.step, validation));
    this.#plot.hidden = losses.length === 0;
    this.#legend.hidden = validation.length === 0;
    this.#levelPlot.hidden = !levels.some(({ recent }) => recent !== null);
    if (!this.#levelPlot.hidden) {
      this.#levels.replaceChildren(levelPlot(levels));
    }
  }

  /** The report is a page without scripts, which cannot reach this one. */
  #showReport({ report, name }) {
    this.#report.hidden = report === undefined;
    if (report === undefined || this.#report.dataset.of === report) {
      return;
    }
    this.#report.dataset.of = report;
    const path = pathOf({ url: report });
    this.#report.replaceChildren(
      el("summary", {}, "Report"),
      el(
        "div",
        { class: "row" },
        el("a", { href: path, target: "_blank", rel: "noopener" }, "Open the report"),
        el("a", { href: `${path}?download=true`, download: `${name}.html` }, "Download the report"),
      ),
      el("iframe", { src: path, sandbox: true, loading: "lazy", title: `Report of ${name}` }),
    );
  }

  /** Replaces the buttons only when they change, so that none loses the focus. */
  #offer(training) {
    const { id, state, lora, resumable_step: resumable } = training;
    const offered = [id, state, lora, resumable].join();
    if (offered === this.#offered) {
      return;
    }
    this.#offered = offered;
    const doing = (label, act, attributes) => button(label, () => this.#do(act), attributes);
    this.#actions.replaceChildren(
      ...[
        lora && doing("Try it", () => this.#tryOut(training), { class: "primary" }),
        state === "running" && doing("Stop and keep", () => trainings.stop(id, true)),
        isUnfinished(training) && doing("Cancel", () => trainings.stop(id), { class: "danger" }),
        resumable > 0 && doing(`Resume from step ${resumable}`, () => this.#resume(id)),
        !isUnfinished(training) && doing("Remove from the list", () => trainings.stop(id)),
      ].filter(Boolean),
    );
  }

  async #do(act) {
    try {
      await act();
    } catch (error) {
      setText(this.#error, error.message);
    }
  }

  async #resume(id) {
    address.go("train", (await trainings.resume(id)).id);
  }

  #tryOut(training) {
    settings.set({ prompt: training.try_prompt });
    address.go("draw");
  }
}

function described(training) {
  const { state, step, steps, seconds, seconds_left: left, mean_loss: loss, lora, place } = training;
  const parts = [STATES[state]];
  if (state === "waiting") {
    parts.push(`number ${place} in the queue`);
  } else {
    parts.push(steps === 0 ? "encoding images" : `step ${step} of ${steps}`, `${clock(seconds)} elapsed`);
  }
  if (state === "running" && left > 0) {
    parts.push(`about ${clock(left)} left`);
  }
  if (loss !== undefined) {
    parts.push(`loss ${loss.toPrecision(3)}`);
  }
  if (lora) {
    parts.push(`saved as ${lora}`);
  }
  return parts.join(" · ");
}

customElements.define("sd-training-run", TrainingRun);
