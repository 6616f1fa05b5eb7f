package dev.sdlora.server.training;

import dev.sdlora.request.Fields;
import java.util.function.BiFunction;

/**
 * Options under construction, which are immutable themselves. A refused value is reported with the
 * name of its field. Not safe for use by several threads.
 *
 * @param <T> the type of the options
 */
final class OptionDraft<T> {
  private final Fields fields;
  private final String prefix;
  private T options;

  /**
   * Creates a draft.
   *
   * @param prefix the start of the names of all fields, such as {@code adapter.}
   * @param start the options without fields
   */
  OptionDraft(Fields fields, String prefix, T start) {
    this.fields = fields;
    this.prefix = prefix;
    this.options = start;
  }

  /** Changes the options if a number is present. */
  OptionDraft<T> number(String name, BiFunction<T, Double, T> change) {
    fields.ifNumber(prefix + name, value -> options = change.apply(options, value));
    return this;
  }

  /** Changes the options if an integer is present. */
  OptionDraft<T> whole(String name, BiFunction<T, Integer, T> change) {
    fields.ifWhole(prefix + name, value -> options = change.apply(options, value));
    return this;
  }

  /** Changes the options if a boolean is present. */
  OptionDraft<T> flag(String name, BiFunction<T, Boolean, T> change) {
    if (fields.has(prefix + name)) {
      boolean value = fields.flag(prefix + name, false);
      fields.set(prefix + name, () -> options = change.apply(options, value));
    }
    return this;
  }

  /** Returns the options. */
  T options() {
    return options;
  }
}
