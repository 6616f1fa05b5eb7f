package dev.sdlora.api.setting;

import java.util.EnumMap;
import java.util.Map;
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
  private final Notes notes;

  Setting(
      String name,
      Kind<T> kind,
      String meaning,
      Function<O, Optional<T>> getter,
      @Nullable BiConsumer<B, T> setter) {
    this(name, kind, meaning, getter, setter, Notes.NONE);
  }

  private Setting(
      String name,
      Kind<T> kind,
      String meaning,
      Function<O, Optional<T>> getter,
      @Nullable BiConsumer<B, T> setter,
      Notes notes) {
    this.name = name;
    this.kind = kind;
    this.meaning = meaning;
    this.getter = getter;
    this.setter = setter;
    this.notes = notes;
  }

  /**
   * What only some settings have.
   *
   * @param names the names at doors whose rule makes another
   * @param unset what applies while the setting has no value
   * @param needs the setting of the same group without which this one has no effect
   * @param unit what numbers count
   */
  private record Notes(
      Map<Door, String> names,
      Optional<String> unset,
      Optional<String> needs,
      Optional<String> unit) {
    private static final Notes NONE =
        new Notes(Map.of(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  Setting<O, B, T> named(Door door, String other) {
    Map<Door, String> names = new EnumMap<>(Door.class);
    names.putAll(notes.names);
    names.put(door, other);
    return with(new Notes(names, notes.unset, notes.needs, notes.unit));
  }

  Setting<O, B, T> unset(String words) {
    return with(new Notes(notes.names, Optional.of(words), notes.needs, notes.unit));
  }

  Setting<O, B, T> needs(String other) {
    return with(new Notes(notes.names, notes.unset, Optional.of(other), notes.unit));
  }

  Setting<O, B, T> unit(String word) {
    return with(new Notes(notes.names, notes.unset, notes.needs, Optional.of(word)));
  }

  private Setting<O, B, T> with(Notes others) {
    return new Setting<>(name, kind, meaning, getter, setter, others);
  }

  /** {@return the name in the API, such as {@code skipLayerScale}} */
  public String name() {
    return name;
  }

  /** Returns the name at a door. */
  public String name(Door door) {
    return notes.names.getOrDefault(door, door.nameOf(name));
  }

  /** {@return what applies while the setting has no value, such as "the sampler's own"} */
  public Optional<String> unset() {
    return notes.unset;
  }

  /** {@return the name of the setting of the same group without which this one has no effect} */
  public Optional<String> needs() {
    return notes.needs;
  }

  /** {@return what its numbers count or are, such as {@code SIGMA}} */
  public Optional<String> unit() {
    return notes.unit;
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
