package dev.sdlora.cli.console;

/** A line that shows the progress of a command. Thread-safe. */
public interface ProgressLine {
  /** Replaces the shown text; control characters in it are escaped. */
  void show(String text);

  /** Clears the text; a later one is shown again. */
  void clear();

  /** Clears the text permanently. */
  void end();
}
