package dev.sdlora.api.setting;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
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

  /** What only some settings have. */
  private static final class Notes {
    private static final Notes NONE = new Notes();

    /** The names at doors whose rule makes another. */
    final Map<Door, String> names = new EnumMap<>(Door.class);

    /** The sentences at doors that say it otherwise. */
    final Map<Door, String> meanings = new EnumMap<>(Door.class);

    /** The reasons at doors where the setting has no name. */
    final Map<Door, String> reasons = new EnumMap<>(Door.class);

    /** What applies at doors that have other defaults than the API. */
    final Map<Door, String> defaults = new EnumMap<>(Door.class);

    /** What applies while the setting has no value, or before its default. */
    Optional<String> unset = Optional.empty();

    /** The setting of the same group without which this one has no effect. */
    Optional<String> needs = Optional.empty();

    /** The values of that setting with which this one has an effect; empty for all others. */
    List<String> neededValues = List.of();

    /** What numbers count. */
    Optional<String> unit = Optional.empty();

    /** Whether there is no default. */
    boolean required;

    Notes with(Consumer<Notes> change) {
      Notes copy = new Notes();
      copy.names.putAll(names);
      copy.meanings.putAll(meanings);
      copy.reasons.putAll(reasons);
      copy.defaults.putAll(defaults);
      copy.unset = unset;
      copy.needs = needs;
      copy.neededValues = neededValues;
      copy.unit = unit;
      copy.required = required;
      change.accept(copy);
      return copy;
    }
  }

  /** Returns the setting with another name at a door than the door's rule makes. */
  public Setting<O, B, T> named(Door door, String other) {
    return with(more -> more.names.put(door, other));
  }

  /** Returns the setting with what it does at a door. */
  public Setting<O, B, T> described(Door door, String sentence) {
    return with(more -> more.meanings.put(door, sentence));
  }

  /** Returns the setting with the words for another default at a door than in the API. */
  public Setting<O, B, T> usually(Door door, String words) {
    return with(more -> more.defaults.put(door, words));
  }

  /** Returns the setting without a name at a door, and why. */
  public Setting<O, B, T> without(Door door, String reason) {
    return with(more -> more.reasons.put(door, reason));
  }

  /** Returns the setting with what applies while it has no value, such as "the model's own". */
  public Setting<O, B, T> unset(String words) {
    return with(more -> more.unset = Optional.of(words));
  }

  /** Returns the setting, which has no effect without another one of its group. */
  public Setting<O, B, T> needs(String other) {
    return with(more -> more.needs = Optional.of(other));
  }

  /** Returns the setting, which has an effect only with some values of another one of its group. */
  public Setting<O, B, T> onlyWith(String other, String... values) {
    return needs(other).with(more -> more.neededValues = List.of(values));
  }

  /** Returns the setting with what its numbers count or are, such as {@code SIGMA}. */
  public Setting<O, B, T> unit(String word) {
    return with(more -> more.unit = Optional.of(word));
  }

  Setting<O, B, T> required() {
    return with(more -> more.required = true);
  }

  private Setting<O, B, T> with(Consumer<Notes> change) {
    return new Setting<>(name, kind, meaning, getter, setter, notes.with(change));
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

  /** {@return the words for the default at a door; empty if it is that of the API} */
  public Optional<String> defaultAt(Door door) {
    return Optional.ofNullable(notes.defaults.get(door));
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

  /**
   * {@return the values of the needed setting with which this one has an effect; empty for all but
   * its default}
   */
  public List<String> neededValues() {
    return notes.neededValues;
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
    return setter == null || notes.required;
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
