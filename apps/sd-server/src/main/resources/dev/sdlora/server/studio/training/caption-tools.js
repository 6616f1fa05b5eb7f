import { button, el, setText } from "../core/html.js";
import { replaced, tagCounts, withoutTag, withTag } from "./captions.js";
import { draft } from "./draft.js";

/** The most frequent tags are enough to find mistakes. */
const MOST_TAGS = 40;

/** Changes all captions at once: find and replace, tags to add or remove, and the number of images of each tag. */
class CaptionTools extends HTMLElement {
  #find = el("input", { autocomplete: "off" });
  #replacement = el("input", { autocomplete: "off" });
  #tag = el("input", { autocomplete: "off" });
  #said = el("p", { class: "faint", role: "status" });
  #tags = el("ul", { class: "tag-counts", "aria-label": "Tags by number of images" });

  connectedCallback() {
    this.replaceChildren(
      el(
        "details",
        {},
        el("summary", {}, "Edit all captions"),
        el(
          "div",
          { class: "stack" },
          el(
            "div",
            { class: "caption-edit" },
            labelled("Find", this.#find),
            labelled("Replace with", this.#replacement),
            button("Replace in all captions", () => this.#change((caption) => replaced(caption, this.#find.value, this.#replacement.value))),
          ),
          el(
            "div",
            { class: "caption-edit" },
            labelled("Tag", this.#tag),
            button("Add to all", () => this.#changeTags(withTag)),
            button("Remove from all", () => this.#changeTags(withoutTag)),
          ),
          this.#said,
          this.#tags,
        ),
      ),
    );
    draft.addEventListener("change", () => this.#show());
    this.#show();
  }

  #changeTags(change) {
    const tag = this.#tag.value.trim();
    if (tag !== "") {
      this.#change((caption) => change(caption, tag));
    }
  }

  #change(change) {
    const pictures = draft.get("pictures") ?? [];
    const changed = pictures.map((picture) => ({ ...picture, caption: change(picture.caption) }));
    const count = changed.filter(({ caption }, i) => caption !== pictures[i].caption).length;
    draft.set({ pictures: changed });
    setText(this.#said, count === 1 ? "1 caption changed" : `${count} captions changed`);
  }

  #show() {
    const pictures = draft.get("pictures") ?? [];
    this.hidden = pictures.length === 0;
    const counts = tagCounts(pictures.map(({ caption }) => caption));
    const shown = JSON.stringify(counts);
    if (shown === this.dataset.shown) {
      return;
    }
    this.dataset.shown = shown;
    const more = counts.length - MOST_TAGS;
    this.#tags.hidden = counts.length === 0;
    this.#tags.replaceChildren(
      ...counts.slice(0, MOST_TAGS).map(([tag, count]) => el("li", {}, button(`${tag} (${count})`, () => this.#choose(tag)))),
      ...(more > 0 ? [el("li", { class: "faint" }, `and ${more} more`)] : []),
    );
  }

  #choose(tag) {
    this.#tag.value = tag;
    this.#find.value = tag;
    this.#tag.focus();
  }
}

function labelled(label, input) {
  return el("label", { class: "field" }, el("span", { class: "name" }, label), input);
}

customElements.define("sd-caption-tools", CaptionTools);
