package dev.sdlora.api.setting;

import dev.sdlora.api.value.Checks;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The values of settings by name, from which a value is made. Not safe for use by several threads.
 */
public final class Draft {
  private final Map<String, Object> values = new HashMap<>();

  /** Creates a draft without values. */
  public Draft() {}

  /** Creates a draft with the settings of a value, without the required ones. */
  static <O> Draft of(O value, List<Setting<O, Draft, ?>> settings) {
    Draft draft = new Draft();
    for (Setting<O, Draft, ?> setting : settings) {
      if (!setting.isRequired()) {
        setting.get(value).ifPresent(one -> draft.values.put(setting.name(), one));
      }
    }
    return draft;
  }

  static <O> Map<String, Object> required(O value, List<Setting<O, Draft, ?>> settings) {
    Map<String, Object> required = new HashMap<>();
    settings.stream()
        .filter(Setting::isRequired)
        .forEach(setting -> required.put(setting.name(), setting.get(value).orElseThrow()));
    return required;
  }

  Draft with(Map<String, Object> others) {
    values.putAll(others);
    return this;
  }

  /**
   * Returns a setting of a value that is made of a draft.
   *
   * @param getter returns the setting of the value
   */
  public static <O, T> Setting<O, Draft, T> part(
      String name, Kind<T> kind, String meaning, Function<O, T> getter) {
    return optionalPart(name, kind, meaning, value -> Optional.of(getter.apply(value)));
  }

  /** Returns a setting of a value that is made of a draft, which may have no value. */
  public static <O, T> Setting<O, Draft, T> optionalPart(
      String name, Kind<T> kind, String meaning, Function<O, Optional<T>> getter) {
    return new Setting<>(name, kind, meaning, getter, putting(name, kind));
  }

  /** Returns a setting of drafts themselves with a default. */
  public static <T> Setting<Draft, Draft, T> setting(
      String name, Kind<T> kind, T usual, String meaning) {
    return ofDraft(name, kind, meaning, Optional.of(usual));
  }

  /** Returns a setting of drafts themselves without a default. */
  public static <T> Setting<Draft, Draft, T> setting(String name, Kind<T> kind, String meaning) {
    return ofDraft(name, kind, meaning, Optional.empty());
  }

  private static <T> Setting<Draft, Draft, T> ofDraft(
      String name, Kind<T> kind, String meaning, Optional<T> usual) {
    return new Setting<>(
        name, kind, meaning, draft -> draft.<T>find(name).or(() -> usual), putting(name, kind));
  }

  private static <T> BiConsumer<Draft, T> putting(String name, Kind<T> kind) {
    return (draft, value) -> draft.values.put(name, kind.require(value, name));
  }

  /** Returns the value of a setting that was set; empty if there is none. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // its setting puts only these
  public <T> Optional<T> find(String name) {
    return Optional.ofNullable((T) values.get(name));
  }

  /**
   * Returns the value of a setting.
   *
   * @throws IllegalStateException if it has none
   */
  @SuppressWarnings("TypeParameterUnusedInFormals") // as in find
  public <T> T get(String name) {
    return this.<T>find(name).orElseThrow(() -> Checks.missing(name));
  }

  /** Removes the value of a setting. */
  public void remove(String name) {
    values.remove(name);
  }

  /** Returns a copy. */
  public Draft copy() {
    return new Draft().with(values);
  }
}
