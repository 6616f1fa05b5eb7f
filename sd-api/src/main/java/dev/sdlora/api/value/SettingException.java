package dev.sdlora.api.value;

import java.util.Objects;

/**
 * A setting with a value that it must not have. It keeps the parts of its sentence, so that a door
 * such as the command line can name the setting as its user does.
 */
@SuppressWarnings("serial") // the value is for this process
public final class SettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String rule;
  private final transient Object value;

  /**
   * @param name the setting's name in the API
   * @param rule the rest of the sentence {@code NAME must …}
   * @param value the value that breaks the rule
   */
  public SettingException(String name, String rule, Object value) {
    super(sentence(name, rule, value));
    this.rule = rule;
    this.value = Objects.requireNonNull(value, "value");
  }

  /**
   * The sentence under another name.
   *
   * @param name the setting's name where its user set it
   * @return the message that {@link #getMessage()} would be
   */
  public String messageFor(String name) {
    return sentence(name, rule, value);
  }

  /** {@return the value that breaks the rule} */
  public Object value() {
    return value;
  }

  private static String sentence(String name, String rule, Object value) {
    String shown = value instanceof String text ? "'" + text + "'" : value.toString();
    return name + " must " + rule + ": " + shown;
  }
}
