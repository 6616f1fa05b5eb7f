package dev.sdlora.api.setting;

import static java.util.Locale.ROOT;

import dev.sdlora.api.value.Nearest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one type of value, such as {@code SamplerOptions}, in the order in which they are
 * set.
 *
 * @param <O> the immutable value
 * @param <B> its builder
 */
public final class Group<O, B> {
  private final Class<O> type;
  private final Function<Required, B> begin;
  private final Function<O, B> edit;
  private final Function<B, O> build;
  private final List<Setting<O, B, ?>> settings;
  private final Optional<O> start;

  private Group(Rows<O, B> rows) {
    type = rows.type;
    begin = rows.begin;
    edit = rows.edit;
    build = rows.build;
    settings = List.copyOf(rows.settings);
    start = rows.start;
  }

  /**
   * Starts a list of settings.
   *
   * @param type the type of the values
   * @param begin creates a builder with the defaults from the required values
   * @param edit creates a builder from a value
   * @param build creates a value from its builder
   */
  public static <O, B> Rows<O, B> of(
      Class<O> type, Function<Required, B> begin, Function<O, B> edit, Function<B, O> build) {
    return new Rows<>(type, begin, edit, build);
  }

  /** Starts a list of the settings of a type that is changed by copying. */
  static <O> Rows<O, Copy<O>> ofCopies(Class<O> type, Function<Required, O> begin) {
    return new Rows<>(type, values -> new Copy<>(begin.apply(values)), Copy::new, Copy::value);
  }

  /**
   * Starts a list of the settings of a type that is made of all of them at once, such as a record.
   *
   * @param start has the defaults of all settings that are not required
   * @param build creates a value
   */
  public static <O> Rows<O, Draft> ofParts(O start, Function<Draft, O> build) {
    List<Setting<O, Draft, ?>> settings = new ArrayList<>();
    @SuppressWarnings("unchecked") // the class of a value of this type
    Class<O> type = (Class<O>) start.getClass();
    return new Rows<>(
        type,
        required -> Draft.of(start, settings).with(required.values),
        value -> Draft.of(value, settings).with(Draft.required(value, settings)),
        build,
        settings,
        Optional.of(start));
  }

  /** {@return the type of the values} */
  public Class<O> type() {
    return type;
  }

  /** {@return the settings, in the order in which they are set} */
  public List<Setting<O, B, ?>> settings() {
    return settings;
  }

  /**
   * Returns the setting of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Setting<O, B, ?> setting(String name) {
    return settings.stream()
        .filter(setting -> setting.name().equals(name))
        .findFirst()
        .orElseThrow(() -> unknown(name));
  }

  private IllegalArgumentException unknown(String name) {
    List<String> names = settings.stream().map(Setting::name).toList();
    return new IllegalArgumentException(
        "setting '%s' is unknown".formatted(name) + Nearest.question(name, names));
  }

  /**
   * {@return the value with the default of each setting}
   *
   * @throws IllegalStateException if the group has required settings
   */
  public O defaults() {
    if (settings.stream().anyMatch(Setting::isRequired)) {
      throw new IllegalStateException(type.getSimpleName() + " has required settings");
    }
    return build.apply(begin.apply(new Required(Map.of())));
  }

  /** {@return the default of a setting; empty if it has none or is required} */
  public <T> Optional<T> defaultOf(Setting<O, B, T> setting) {
    if (setting.isRequired()) {
      return Optional.empty();
    }
    return setting.get(start.orElseGet(this::sample));
  }

  /** Returns a value with the defaults and any values of the required settings. */
  private O sample() {
    Map<String, Object> required = new HashMap<>();
    settings.stream()
        .filter(Setting::isRequired)
        .forEach(one -> required.put(one.name(), Placeholders.of(one.kind())));
    return build.apply(begin.apply(new Required(required)));
  }

  /** {@return the default of a setting as users write it; empty if it has none} */
  public <T> Optional<String> defaultText(Setting<O, B, T> setting) {
    return defaultOf(setting).map(setting.kind()::format).filter(text -> !text.isEmpty());
  }

  /** Returns a builder that starts from a value. */
  public B edit(O value) {
    return edit.apply(value);
  }

  /**
   * Builds a value.
   *
   * @throws IllegalStateException if settings exclude each other
   */
  public O build(B builder) {
    return build.apply(builder);
  }

  /**
   * Converts a value to a map from the names of its settings to plain values. Settings with their
   * default values are left out.
   *
   * @param value the value
   * @param attachments converts images, files and LoRAs
   * @return the map, in the order of the settings
   */
  public Map<String, Object> write(O value, Attachments attachments) {
    O usual = build.apply(begin.apply(new Required(requiredOf(value))));
    Map<String, Object> plain = new LinkedHashMap<>();
    settings.forEach(setting -> write(setting, value, usual, plain, attachments));
    return plain;
  }

  private Map<String, Object> requiredOf(O value) {
    Map<String, Object> required = new HashMap<>();
    settings.stream()
        .filter(Setting::isRequired)
        .forEach(setting -> required.put(setting.name(), setting.get(value).orElseThrow()));
    return required;
  }

  private static <O, B, T> void write(
      Setting<O, B, T> setting,
      O value,
      O usual,
      Map<String, Object> plain,
      Attachments attachments) {
    Optional<T> given = setting.get(value);
    if (setting.isRequired() || !given.equals(setting.get(usual))) {
      given.ifPresent(one -> plain.put(setting.name(), setting.kind().write(one, attachments)));
    }
  }

  /**
   * Creates a value from a map that {@link #write} returned.
   *
   * @param plain the map
   * @param attachments converts images, files and LoRAs
   * @return the value
   * @throws IllegalArgumentException if the map has an unknown name, lacks a required one, or a
   *     value is invalid; the message begins with its path
   * @throws IllegalStateException if settings exclude each other
   */
  public O read(Object plain, Attachments attachments) {
    Map<String, Object> map = Kind.names(plain);
    map.keySet().forEach(this::setting);
    Map<String, Object> required = new HashMap<>();
    for (Setting<O, B, ?> setting : settings) {
      if (setting.isRequired()) {
        Object given = map.get(setting.name());
        if (given == null) {
          throw new InvalidSettingException(
              setting.name(), new IllegalArgumentException("must be set"));
        }
        required.put(setting.name(), read(setting, given, attachments));
      }
    }
    B builder = begin.apply(new Required(required));
    for (Setting<O, B, ?> setting : settings) {
      Object given = map.get(setting.name());
      if (given != null && !setting.isRequired()) {
        set(setting, builder, given, attachments);
      }
    }
    return build.apply(builder);
  }

  /**
   * Changes some settings of a value, in the order of the settings.
   *
   * @param value the value; empty for the defaults
   * @param plain the names of the settings with plain values
   * @param attachments converts images, files and LoRAs
   * @return the changed value
   * @throws IllegalArgumentException if a name is unknown or a value is invalid
   */
  public O change(Optional<O> value, Map<String, Object> plain, Attachments attachments) {
    plain.keySet().forEach(this::setting);
    B builder = value.map(edit).orElseGet(() -> begin.apply(new Required(Map.of())));
    for (Setting<O, B, ?> setting : settings) {
      Optional.ofNullable(plain.get(setting.name()))
          .ifPresent(given -> put(setting, builder, given, attachments));
    }
    return build.apply(builder);
  }

  private static <O, B, T> void put(
      Setting<O, B, T> setting, B builder, Object given, Attachments attachments) {
    setting.set(builder, setting.kind().read(given, attachments));
  }

  private static <O, B, T> T read(Setting<O, B, T> setting, Object given, Attachments attachments) {
    try {
      return setting.kind().read(given, attachments);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new InvalidSettingException(setting.name(), e);
    }
  }

  private static <O, B, T> void set(
      Setting<O, B, T> setting, B builder, Object given, Attachments attachments) {
    T value = read(setting, given, attachments);
    try {
      setting.set(builder, value);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(setting.name(), e);
    }
  }

  /** The values that a builder is created with. */
  public static final class Required {
    private final Map<String, Object> values;

    private Required(Map<String, Object> values) {
      this.values = values;
    }

    /** Returns a required value. */
    <T> T get(Class<T> type, String name) {
      return Objects.requireNonNull(type.cast(values.get(name)), name);
    }
  }

  /** An immutable value that setters replace by a changed copy. */
  public static final class Copy<O> {
    private O value;

    private Copy(O value) {
      this.value = value;
    }

    O value() {
      return value;
    }

    /** Replaces the value by a changed copy. */
    public void change(Function<O, O> copy) {
      value = copy.apply(value);
    }
  }

  /** Collects settings. */
  public static final class Rows<O, B> {
    private final Class<O> type;
    private final Function<Required, B> begin;
    private final Function<O, B> edit;
    private final Function<B, O> build;
    private final List<Setting<O, B, ?>> settings;
    private final Map<Door, UnaryOperator<String>> naming = new EnumMap<>(Door.class);
    private final Optional<O> start;

    private Rows(
        Class<O> type, Function<Required, B> begin, Function<O, B> edit, Function<B, O> build) {
      this(type, begin, edit, build, new ArrayList<>(), Optional.empty());
    }

    private Rows(
        Class<O> type,
        Function<Required, B> begin,
        Function<O, B> edit,
        Function<B, O> build,
        List<Setting<O, B, ?>> settings,
        Optional<O> start) {
      this.type = type;
      this.begin = begin;
      this.edit = edit;
      this.build = build;
      this.settings = settings;
      this.start = start;
    }

    /** Adds a setting. */
    public <T> Rows<O, B> with(Setting<O, B, T> setting) {
      settings.add(setting);
      return this;
    }

    /** Adds a setting that always has a value. */
    <T> Rows<O, B> with(
        String name, Kind<T> kind, String meaning, Function<O, T> getter, BiConsumer<B, T> setter) {
      return add(name, kind, meaning, owner -> Optional.of(getter.apply(owner)), setter);
    }

    /** Adds a setting that is unset by default. */
    <T> Rows<O, B> optional(
        String name,
        Kind<T> kind,
        String meaning,
        Function<O, Optional<T>> getter,
        BiConsumer<B, T> setter) {
      return add(name, kind, meaning, getter, setter);
    }

    /** Adds a value that the builder is created with. */
    <T> Rows<O, B> required(String name, Kind<T> kind, String meaning, Function<O, T> getter) {
      return add(name, kind, meaning, owner -> Optional.of(getter.apply(owner)), null);
    }

    private <T> Rows<O, B> add(
        String name,
        Kind<T> kind,
        String meaning,
        Function<O, Optional<T>> getter,
        @Nullable BiConsumer<B, T> setter) {
      Setting<O, B, T> setting = new Setting<>(name, kind, meaning, getter, setter);
      for (Map.Entry<Door, UnaryOperator<String>> rule : naming.entrySet()) {
        setting = setting.named(rule.getKey(), rule.getValue().apply(name));
      }
      settings.add(setting);
      return this;
    }

    /** Gives the last setting another name at a door than the door's rule. */
    public Rows<O, B> named(Door door, String name) {
      return changeLast(last -> last.named(door, name));
    }

    /** Begins the names of the following settings at a door with a word: {@code --hires-steps}. */
    public Rows<O, B> prefix(Door door, String word) {
      naming.put(
          door,
          name -> door.nameOf(word + name.substring(0, 1).toUpperCase(ROOT) + name.substring(1)));
      return this;
    }

    /** Gives the following settings one name at a door, which has a notation for all of them. */
    Rows<O, B> allIn(Door door, String option) {
      naming.put(door, name -> option);
      return this;
    }

    /** Says at a door what the last setting does there. */
    public Rows<O, B> described(Door door, String sentence) {
      return changeLast(last -> last.described(door, sentence));
    }

    /** Says what the default of the last setting is at a door that has another one. */
    public Rows<O, B> usually(Door door, String words) {
      return changeLast(last -> last.usually(door, words));
    }

    /** Says why the last setting has no name at a door. */
    public Rows<O, B> without(Door door, String reason) {
      return changeLast(last -> last.without(door, reason));
    }

    /** Says why the settings so far have no name at a door. */
    public Rows<O, B> allWithout(Door door, String reason) {
      settings.replaceAll(setting -> setting.without(door, reason));
      return this;
    }

    /**
     * Says what applies while the last setting has no value, or before its default, such as "the
     * model's own".
     */
    public Rows<O, B> unset(String words) {
      return changeLast(last -> last.unset(words));
    }

    /** Says that the last setting has no effect without another one of this group. */
    public Rows<O, B> needs(String other) {
      return changeLast(last -> last.needs(other));
    }

    /** Says what the numbers of the last setting count or are, such as {@code SIGMA}. */
    public Rows<O, B> unit(String word) {
      return changeLast(last -> last.unit(word));
    }

    private Rows<O, B> changeLast(UnaryOperator<Setting<O, B, ?>> change) {
      settings.set(settings.size() - 1, change.apply(settings.get(settings.size() - 1)));
      return this;
    }

    /** Says that the last setting has an effect only with some values of another one. */
    public Rows<O, B> onlyWith(String other, String... values) {
      return changeLast(last -> last.onlyWith(other, values));
    }

    /** Says that the last setting has no default. */
    public Rows<O, B> required() {
      return changeLast(Setting::required);
    }

    /** Returns the group of the settings. */
    public Group<O, B> group() {
      return new Group<>(this);
    }
  }
}
