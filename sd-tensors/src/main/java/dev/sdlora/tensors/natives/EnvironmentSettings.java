package dev.sdlora.tensors.natives;

import java.util.Optional;

/**
 * Reads settings from the environment or a system property; the environment takes precedence, as in
 * DJL.
 */
public final class EnvironmentSettings {
  private EnvironmentSettings() {}

  /** Returns the value of a setting that is set and not empty. */
  public static Optional<String> value(String variable, String property) {
    return Optional.ofNullable(System.getenv(variable))
        .filter(value -> !value.isEmpty())
        .or(() -> Optional.ofNullable(System.getProperty(property)))
        .filter(value -> !value.isEmpty());
  }
}
