package dev.sdlora.api.setting;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One setting: what it is called, which values it has, and how it is read and set.
 *
 * @param <O> the immutable value that has the setting, such as {@code SamplerOptions}
 * @param <B> its builder
 * @param <T> the type of the setting's values
 */
public final class Setting<O, B, T> {
  private final String name;
  private final Kind<T> kind;
  private final String meaning;
  private final Function<O, Optional<T>> getter;
  private final @Nullable BiConsumer<B, T> setter;

  Setting(
      String name,
      Kind<T> kind,
      String meaning,
      Function<O, Optional<T>> getter,
      @Nullable BiConsumer<B, T> setter) {
    this.name = name;
    this.kind = kind;
    this.meaning = meaning;
    this.getter = getter;
    this.setter = setter;
  }

  /** {@return the name in the API, such as {@code skipLayerScale}} */
  public String name() {
    return name;
  }

  /** {@return the kind of the values} */
  public Kind<T> kind() {
    return kind;
  }

  /** {@return what the setting does, in one sentence for users} */
  public String meaning() {
    return meaning;
  }

  /** {@return whether the builder is created with the value, so that it always has one} */
  public boolean isRequired() {
    return setter == null;
  }

  /** Returns the value of the setting; empty if it is not set and has no default. */
  public Optional<T> get(O owner) {
    return getter.apply(owner);
  }

  /**
   * Sets the value.
   *
   * @throws IllegalArgumentException if the value is out of range
   * @throws IllegalStateException if the setting {@linkplain #isRequired is required}
   */
  public void set(B builder, T value) {
    if (setter == null) {
      throw new IllegalStateException(name + " is set when the builder is created");
    }
    setter.accept(builder, value);
  }
}
