package dev.sdlora.spring;

import static dev.sdlora.api.setting.Door.PROPERTY;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.api.value.SettingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

/**
 * The options of requests, which are properties {@code sdlora.*} too: one for each row of {@link
 * Settings} without a reason to have none, and those that only Spring has. Settings of an object
 * that a request does not have, such as a mask, have no effect.
 */
final class RequestOptions {
  /** The options without a row, or with other values than those of their row. */
  private static final List<RequestOption> OWN =
      List.of(
          new RequestOption(
              "model",
              String.class,
              "Name of the expected checkpoint, its file name without extension; a request that"
                  + " names another one is rejected. Default: any."),
          new RequestOption(
              "width",
              Integer.class,
              "Image width in pixels, a multiple of 8. Default: the size that the model was"
                  + " trained on."),
          new RequestOption(
              "height",
              Integer.class,
              "Image height in pixels, a multiple of 8. Default: the size that the model was"
                  + " trained on."),
          new RequestOption(
              "response-format",
              String.class,
              "Form of the returned image: b64_json for base64 (the default), or url for a data:"
                  + " URL with the same bytes."),
          new RequestOption(
              "output-format",
              String.class,
              "File format of images, png (the default) or jpeg. Both contain the settings in"
                  + " A1111's format."),
          new RequestOption(
              "style",
              String.class,
              "Name of a style in the styles file; its texts are added to the prompts."),
          new RequestOption(
              "loras",
              ResolvableType.forClassWithGenerics(Map.class, String.class, Double.class),
              "LoRAs by name, with their weights, for prompts that do not name them in a tag.",
              Optional.empty()),
          new RequestOption(
              "few-steps",
              FewSteps.class,
              "Few-step method of a LoRA or checkpoint, such as lcm or lightning: sets sampler,"
                  + " schedule, steps and guidance unless they are set explicitly."),
          new RequestOption(
              "sampler",
              String.class,
              "Sampler by A1111's name, such as Euler a or DPM++ 2M Karras. Default: the model's,"
                  + " usually DPM++ 2M."),
          new RequestOption(
              "dynamic-prompts",
              Boolean.class,
              "Whether prompts are templates such as {red|blue}, expanded for each image. Default:"
                  + " false."));

  /** All options by their names. */
  static final Map<String, RequestOption> ALL = all();

  private RequestOptions() {}

  private static Map<String, RequestOption> all() {
    List<RequestOption> all = new ArrayList<>(OWN);
    add(Settings.SPEC, "", all);
    return all.stream().collect(Collectors.toUnmodifiableMap(RequestOption::name, each -> each));
  }

  private static <O, B> void add(Group<O, B> group, String at, List<RequestOption> all) {
    group.settings().forEach(setting -> add(group, setting, at, all));
  }

  private static <O, B, T> void add(
      Group<O, B> group, Setting<O, B, T> setting, String at, List<RequestOption> all) {
    String property = property(at, setting);
    if (isGroup(setting)) {
      add(group(setting.kind()), property, all);
    } else if (isOption(setting)) {
      all.add(option(group, setting, property));
    }
  }

  private static String property(String at, Setting<?, ?, ?> setting) {
    String name = setting.name(PROPERTY);
    return at.isEmpty() || name.isEmpty() ? at + name : at + "-" + name;
  }

  /** Returns the option of a row. */
  private static <O, B, T> RequestOption option(
      Group<O, B> group, Setting<O, B, T> setting, String property) {
    Kind<T> kind = setting.kind();
    Optional<T> usual = group.defaultOf(setting);
    String words =
        setting
            .unset()
            .map(unset -> usual.map(v -> unset + ", else " + text(kind, v)).orElse(unset))
            .map(unset -> " Default: " + unset + ".")
            .orElse("");
    return new RequestOption(
        property,
        type(kind),
        setting.meaning(PROPERTY) + words,
        usual.filter(v -> words.isEmpty()).map(v -> v));
  }

  private static <T> String text(Kind<T> kind, T value) {
    return value instanceof Upscaler upscaler ? upscaler.name() : kind.format(value);
  }

  private static boolean isGroup(Setting<?, ?, ?> setting) {
    Kind<?> kind = setting.kind();
    boolean hasName = setting.reasonWithout(PROPERTY).isEmpty();
    return hasName && kind.type() == Kind.Type.OBJECT && !isUpscaler(kind);
  }

  /** Upscalers are names. */
  private static boolean isUpscaler(Kind<?> kind) {
    return kind.group().filter(group -> group.type() == Upscaler.class).isPresent();
  }

  private static boolean isOption(Setting<?, ?, ?> setting) {
    return setting.reasonWithout(PROPERTY).isEmpty() && !isGroup(setting);
  }

  private static ResolvableType type(Kind<?> kind) {
    return switch (kind.type()) {
      case NUMBER -> ResolvableType.forClass(Double.class);
      case WHOLE_NUMBER ->
          ResolvableType.forClass(kind.most() > Integer.MAX_VALUE ? Long.class : Integer.class);
      case FLAG -> ResolvableType.forClass(Boolean.class);
      case CHOICE -> ResolvableType.forClass(choice(kind));
      case LIST ->
          ResolvableType.forClassWithGenerics(List.class, type(kind.element().orElseThrow()));
      case TEXT, OBJECT -> ResolvableType.forClass(String.class);
      case MAP, IMAGE, FILE, LORA ->
          throw new IllegalStateException("a row has neither text nor a reason without a property");
    };
  }

  /** Returns an enum, whose constants Spring parses, or text for A1111's names of samplers. */
  private static Class<?> choice(Kind<?> kind) {
    return kind.parse(kind.choices().get(0)) instanceof Enum<?> one && !(one instanceof Sampler)
        ? one.getDeclaringClass()
        : String.class;
  }

  /**
   * Returns the option of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static RequestOption named(String name) {
    @Nullable RequestOption option = ALL.get(name);
    if (option == null) {
      throw new IllegalArgumentException(
          "option '%s' is unknown".formatted(name) + Nearest.question(name, ALL.keySet()));
    }
    return option;
  }

  /**
   * Starts a request with the given options that have rows.
   *
   * @param spec the other settings
   * @param given values by name
   * @throws IllegalArgumentException if a value is out of range
   * @throws IllegalStateException if settings exclude each other
   */
  static PromptSpec.Builder edit(PromptSpec spec, Map<String, Object> given) {
    return edit(Settings.SPEC, spec, "", given);
  }

  private static <O, B> B edit(Group<O, B> group, O value, String at, Map<String, Object> given) {
    B builder = group.edit(value);
    group.settings().forEach(setting -> set(setting, builder, value, at, given));
    return builder;
  }

  private static <O, B, T> void set(
      Setting<O, B, T> setting, B builder, O value, String at, Map<String, Object> given) {
    String property = property(at, setting);
    Kind<T> kind = setting.kind();
    if (isGroup(setting)) {
      setting
          .get(value)
          .ifPresent(
              inner -> {
                T changed = changed(group(kind), inner, property, given);
                if (!changed.equals(inner)) {
                  setting.set(builder, changed);
                }
              });
    } else if (isOption(setting)) {
      String name = RequestOption.nameOf(property);
      @Nullable Object one = given.get(name);
      if (one != null) {
        set(setting, builder, one, name);
      }
    }
  }

  private static <O, B> O changed(
      Group<O, B> group, O value, String at, Map<String, Object> given) {
    return group.build(edit(group, value, at, given));
  }

  private static <B, T> void set(Setting<?, B, T> setting, B builder, Object given, String name) {
    try {
      setting.set(builder, value(setting.kind(), given));
    } catch (SettingException e) {
      throw new IllegalArgumentException(e.messageFor(name), e);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      String start =
          message.startsWith(name) ? "" : message.startsWith("must ") ? name + " " : name + ": ";
      throw new IllegalArgumentException(start + message, e);
    }
  }

  @SuppressWarnings("unchecked") // The type of an object's settings is that of its kind.
  private static <T> Group<T, ?> group(Kind<T> kind) {
    return (Group<T, ?>) kind.group().orElseThrow();
  }

  /** Returns a value of {@link RequestOption#type} as the setting has it. */
  @SuppressWarnings("unchecked") // Other types than text are those of the setting.
  private static <T> T value(Kind<T> kind, Object given) {
    if (isUpscaler(kind)) {
      return (T) Upscaler.named((String) given);
    }
    return given instanceof String text ? kind.parse(text) : (T) given;
  }
}
