package dev.sdlora.api.setting;

import dev.sdlora.api.value.SettingException;

/** Thrown for a setting that cannot be read; its message begins with the setting's path. */
final class InvalidSettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String path;
  private final RuntimeException reason;

  /**
   * Creates an exception, or puts a name before the path of one.
   *
   * @param name the name of a setting, or the place in a list or map in brackets
   */
  InvalidSettingException(String name, RuntimeException cause) {
    super(cause);
    if (cause instanceof InvalidSettingException inner) {
      path = name + (inner.path.startsWith("[") ? "" : ".") + inner.path;
      reason = inner.reason;
    } else {
      path = name;
      reason = cause;
    }
  }

  /** {@return what is wrong with the value at the path} */
  RuntimeException reason() {
    return reason;
  }

  /** {@return a sentence such as {@code hiresFix.scale must be from 1 to 8: 9.0}} */
  @Override
  public String getMessage() {
    String message = String.valueOf(reason.getMessage());
    if (reason instanceof SettingException invalid) {
      return invalid.messageFor(path);
    }
    return path + (message.startsWith("must ") ? " " : ": ") + message;
  }
}
