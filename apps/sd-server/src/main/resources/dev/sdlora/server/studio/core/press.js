let pressed = false;
const waiting = new Set();

document.addEventListener("pointerdown", () => (pressed = true), true);
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, release, true);
}

/** The click follows the release, and must still find the pressed element. */
function release() {
  pressed = false;
  setTimeout(() => {
    for (const change of pressed ? [] : waiting) {
      waiting.delete(change);
      change();
    }
  });
}

/**
 * Makes a change that moves other parts of the page: now, or after the click if a pointer is pressed,
 * because a button that moves between press and release gets no click.
 */
export function afterPress(change) {
  if (pressed) {
    waiting.add(change);
  } else {
    change();
  }
}
