package dev.sdlora.demo;

/** The style of a scene. The base model learns only the plain one; the others are for LoRAs. */
public enum SceneStyle {
  /** Things and grounds in flat colours. */
  PLAIN,
  /** Things as outlines, like pen drawings. */
  LINES,
  /** The plain style at night: all colours at 30 % of their values. */
  DARK
}
