package dev.sdlora.tensors.natives;

import java.util.Optional;

/** What the environment or a system property says; the environment goes first, as in DJL. */
final class Settings {
  private Settings() {}

  /** The value of a setting that is there and not empty. */
  static Optional<String> value(String variable, String property) {
    return Optional.ofNullable(System.getenv(variable))
        .filter(value -> !value.isEmpty())
        .or(() -> Optional.ofNullable(System.getProperty(property)))
        .filter(value -> !value.isEmpty());
  }
}
