import { el } from "./html.js";
import { jobs } from "./jobs.js";

const GOOD_NEWS_MILLIS = 4000;

/** Reports when the connection to the server is lost and restored. */
class Connection extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    this.setAttribute("role", "status");
    jobs.addEventListener("connection", () => this.#show());
  }

  #show() {
    clearTimeout(this.#timer);
    if (jobs.connected) {
      this.replaceChildren(el("span", { class: "good" }, "Reconnected"));
      this.#timer = setTimeout(() => this.replaceChildren(), GOOD_NEWS_MILLIS);
    } else {
      this.replaceChildren(el("span", { class: "bad" }, "Connection lost; reconnecting …"));
    }
  }
}

customElements.define("sd-connection", Connection);
