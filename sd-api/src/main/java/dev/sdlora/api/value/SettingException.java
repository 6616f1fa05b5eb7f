package dev.sdlora.api.value;

import java.util.Objects;

/**
 * Thrown if a setting has an invalid value. It keeps the parts of its message, so that a front end
 * such as the command line can replace the setting's name with its own.
 */
@SuppressWarnings("serial") // the value is transient
public final class SettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String name;
  private final String rule;
  private final transient Object value;

  /**
   * Creates an exception.
   *
   * @param name the setting's name in the API
   * @param rule the end of the sentence {@code NAME must …}
   * @param value the invalid value
   */
  public SettingException(String name, String rule, Object value) {
    super(sentence(name, rule, value));
    this.name = Objects.requireNonNull(name, "name");
    this.rule = rule;
    this.value = Objects.requireNonNull(value, "value");
  }

  /**
   * Returns the message with another name for the setting.
   *
   * @param name the name that the user knows
   * @return the message
   */
  public String messageFor(String name) {
    return sentence(name, rule, value);
  }

  /** {@return the setting's name in the API} */
  public String name() {
    return name;
  }

  /** {@return the invalid value} */
  public Object value() {
    return value;
  }

  private static String sentence(String name, String rule, Object value) {
    String shown = value instanceof String text ? "'" + text + "'" : value.toString();
    return name + " must " + rule + ": " + shown;
  }
}
