package dev.sdlora.demo;

/** The manner a scene is drawn in; all but the plain one are left for LoRAs to learn. */
public enum Look {
  /** Things and grounds filled with their colours. */
  PLAIN,
  /** Things as outlines, as drawn with a pen. */
  LINES,
  /** The plain look at night: all colours at three tenths. */
  DARK
}
