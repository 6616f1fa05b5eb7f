package dev.sdlora.prompt.dynamic;

import java.util.List;

/** Named files of wildcard values. */
public interface Wildcards {
  /**
   * Returns the names of the files that a wildcard matches.
   *
   * @param pattern a name such as {@code colors/warm}, or a pattern in which {@code *} matches
   *     anything within a folder, {@code **} anything at all and {@code ?} one character
   * @return the names, at least one
   * @throws dev.sdlora.api.error.PromptSyntaxException if no file matches
   */
  List<String> matching(String pattern);

  /**
   * Returns the values in a file: its lines without comments and empty lines.
   *
   * @param name the name of a file that matches a pattern
   * @throws dev.sdlora.api.error.PromptSyntaxException if the file cannot be read
   */
  List<String> lines(String name);
}
