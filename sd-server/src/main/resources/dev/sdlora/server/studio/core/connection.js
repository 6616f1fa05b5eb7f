import { el } from "./html.js";
import { jobs } from "./jobs.js";

const GOOD_NEWS_MILLIS = 4000;

/** Says when the server is gone, and when it is back; all jobs are shown anew then. */
class Connection extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    this.setAttribute("role", "status");
    jobs.addEventListener("connection", () => this.#show());
  }

  #show() {
    clearTimeout(this.#timer);
    if (jobs.connected) {
      this.replaceChildren(el("span", { class: "good" }, "Connected again"));
      this.#timer = setTimeout(() => this.replaceChildren(), GOOD_NEWS_MILLIS);
    } else {
      this.replaceChildren(el("span", { class: "bad" }, "Connection lost; trying again …"));
    }
  }
}

customElements.define("sd-connection", Connection);
