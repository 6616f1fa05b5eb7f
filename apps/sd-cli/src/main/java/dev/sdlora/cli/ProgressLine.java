package dev.sdlora.cli;

/** The place where a command shows how far its work is. Safe for use by several threads. */
interface ProgressLine {
  /** Shows a text instead of the one before; control characters in it are made visible. */
  void show(String text);

  /** Takes the text away; a later one shows again. */
  void clear();

  /** Takes the text away for good. */
  void end();
}
