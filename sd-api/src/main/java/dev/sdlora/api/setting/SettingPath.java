package dev.sdlora.api.setting;

import dev.sdlora.api.PromptSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The way to a setting of a request, which may be in an object such as {@code hiresFix}. Settings
 * of the elements of lists have none.
 *
 * @param <T> the type of the values
 */
public final class SettingPath<T> {
  /** All settings that are no objects, in the order of the rows. */
  public static final List<SettingPath<?>> ALL = all();

  private final Setting<?, ?, T> setting;
  private final Optional<T> usual;
  private final Function<PromptSpec, Optional<T>> get;
  private final BiConsumer<PromptSpec.Builder, T> put;

  private SettingPath(
      Setting<?, ?, T> setting,
      Optional<T> usual,
      Function<PromptSpec, Optional<T>> get,
      BiConsumer<PromptSpec.Builder, T> put) {
    this.setting = setting;
    this.usual = usual;
    this.get = get;
    this.put = put;
  }

  private static List<SettingPath<?>> all() {
    List<SettingPath<?>> all = new ArrayList<>();
    Settings.SPEC.settings().forEach(setting -> addOfRequest(setting, all));
    return List.copyOf(all);
  }

  private static <T> void addOfRequest(
      Setting<PromptSpec, PromptSpec.Builder, T> setting, List<SettingPath<?>> all) {
    add(Settings.SPEC, setting, setting::get, setting::set, all);
  }

  @SuppressWarnings("unchecked") // The type of an object's settings is that of its kind.
  private static <O, B, T> void add(
      Group<O, B> group,
      Setting<O, B, T> setting,
      Function<PromptSpec, Optional<T>> get,
      BiConsumer<PromptSpec.Builder, T> put,
      List<SettingPath<?>> all) {
    Optional<Group<?, ?>> inner = setting.kind().group();
    if (inner.isPresent() && setting.kind().type() == Kind.Type.OBJECT) {
      addOfObject((Group<T, ?>) inner.get(), get, put, all);
    } else {
      all.add(new SettingPath<>(setting, group.defaultOf(setting), get, put));
    }
  }

  private static <O, B> void addOfObject(
      Group<O, B> group,
      Function<PromptSpec, Optional<O>> get,
      BiConsumer<PromptSpec.Builder, O> put,
      List<SettingPath<?>> all) {
    group.settings().forEach(setting -> addOfObject(group, setting, get, put, all));
  }

  private static <O, B, T> void addOfObject(
      Group<O, B> group,
      Setting<O, B, T> setting,
      Function<PromptSpec, Optional<O>> object,
      BiConsumer<PromptSpec.Builder, O> replace,
      List<SettingPath<?>> all) {
    add(
        group,
        setting,
        spec -> object.apply(spec).flatMap(setting::get),
        (spec, value) -> {
          O before = object.apply(spec.build()).orElseThrow(() -> without(group));
          B builder = group.edit(before);
          setting.set(builder, value);
          replace.accept(spec, group.build(builder));
        },
        all);
  }

  private static IllegalArgumentException without(Group<?, ?> group) {
    return new IllegalArgumentException("the request has no " + group.type().getSimpleName());
  }

  /** {@return the row of the setting} */
  public Setting<?, ?, T> setting() {
    return setting;
  }

  /** {@return the default; empty if there is none or if it is required} */
  public Optional<T> usual() {
    return usual;
  }

  /** Returns the value in a request; empty if there is none. */
  public Optional<T> get(PromptSpec spec) {
    return get.apply(spec);
  }

  /**
   * Sets the value in a request.
   *
   * @throws IllegalArgumentException if the value is out of range, or the request does not have the
   *     object
   * @throws IllegalStateException if settings exclude each other, or this one is required
   */
  public void put(PromptSpec.Builder spec, T value) {
    put.accept(spec, value);
  }
}
