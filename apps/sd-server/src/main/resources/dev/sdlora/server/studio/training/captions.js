/** Pure functions on captions, whose tags are the parts between commas. */

/** Returns the tags of a caption. */
export function tagsOf(caption) {
  return caption.split(",").map((tag) => tag.trim()).filter((tag) => tag !== "");
}

/** Returns `[tag, count]` of all captions, the most frequent first. */
export function tagCounts(captions) {
  const counts = new Map();
  for (const caption of captions) {
    for (const tag of new Set(tagsOf(caption))) {
      counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}

/** Returns a caption with a tag in front of the others, unless it has the tag. */
export function withTag(caption, tag) {
  const tags = tagsOf(caption);
  return tags.includes(tag) ? caption : [tag, ...tags].join(", ");
}

/** Returns a caption without a tag. */
export function withoutTag(caption, tag) {
  const tags = tagsOf(caption);
  return tags.includes(tag) ? tags.filter((other) => other !== tag).join(", ") : caption;
}

/** Returns a caption in which a text is replaced wherever it is. */
export function replaced(caption, from, to) {
  return from === "" ? caption : caption.split(from).join(to);
}
