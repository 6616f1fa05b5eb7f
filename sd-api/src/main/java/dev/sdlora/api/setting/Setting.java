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
   * @param meanings the sentences at doors that say it otherwise
   * @param reasons the reasons at doors where the setting has no name
   * @param unset what applies while the setting has no value, or before its default
   * @param needs the setting of the same group without which this one has no effect
   * @param unit what numbers count
   */
  private record Notes(
      Map<Door, String> names,
      Map<Door, String> meanings,
      Map<Door, String> reasons,
      Optional<String> unset,
      Optional<String> needs,
      Optional<String> unit) {
    private static final Notes NONE =
        new Notes(
            Map.of(), Map.of(), Map.of(), Optional.empty(), Optional.empty(), Optional.empty());

    private static Map<Door, String> with(Map<Door, String> texts, Door door, String text) {
      Map<Door, String> more = new EnumMap<>(Door.class);
      more.putAll(texts);
      more.put(door, text);
      return more;
    }
  }

  Setting<O, B, T> named(Door door, String other) {
    Map<Door, String> more = Notes.with(notes.names, door, other);
    return with(
        new Notes(more, notes.meanings, notes.reasons, notes.unset, notes.needs, notes.unit));
  }

  Setting<O, B, T> says(Door door, String sentence) {
    Map<Door, String> more = Notes.with(notes.meanings, door, sentence);
    return with(new Notes(notes.names, more, notes.reasons, notes.unset, notes.needs, notes.unit));
  }

  Setting<O, B, T> without(Door door, String reason) {
    Map<Door, String> more = Notes.with(notes.reasons, door, reason);
    return with(new Notes(notes.names, notes.meanings, more, notes.unset, notes.needs, notes.unit));
  }

  Setting<O, B, T> unset(String words) {
    Optional<String> unset = Optional.of(words);
    return with(
        new Notes(notes.names, notes.meanings, notes.reasons, unset, notes.needs, notes.unit));
  }

  Setting<O, B, T> needs(String other) {
    Optional<String> needs = Optional.of(other);
    return with(
        new Notes(notes.names, notes.meanings, notes.reasons, notes.unset, needs, notes.unit));
  }

  Setting<O, B, T> unit(String word) {
    Optional<String> unit = Optional.of(word);
    return with(
        new Notes(notes.names, notes.meanings, notes.reasons, notes.unset, notes.needs, unit));
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

  /** Returns what the setting does, in one sentence for the users of a door. */
  public String meaning(Door door) {
    return notes.meanings.getOrDefault(door, meaning);
  }

  /** {@return why the setting has no name at a door; empty if it has one} */
  public Optional<String> reasonWithout(Door door) {
    return Optional.ofNullable(notes.reasons.get(door));
  }

  /**
   * {@return what applies while the setting has no value, such as "the sampler's own"; for a
   * setting with a default, what comes before it, such as "the model's own"}
   */
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
