package dev.sdlora.request.setting;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.api.setting.Attachments;
import dev.sdlora.api.setting.Door;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Group.Copy;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.api.value.Labels;
import dev.sdlora.request.json.Fields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A part of a request whose settings have fields: the rows of its group, and where it is.
 *
 * @param <T> a request under construction
 * @param <O> the part
 * @param <B> its builder
 * @param group the settings
 * @param usual a part with the defaults
 * @param builder returns the builder of the part
 * @param owner returns the part of a request; empty if the request has none
 */
public record Place<T, O, B>(
    Group<O, B> group, O usual, Function<T, B> builder, Function<PromptSpec, Optional<O>> owner) {

  static final Place<OptionDraft, PromptSpec, PromptSpec.Builder> SPEC =
      of(Settings.SPEC, draft -> draft.spec, spec -> spec);
  static final Place<OptionDraft, PromptOptions, Copy<PromptOptions>> PROMPTS =
      of(Settings.PROMPT, draft -> draft.prompts, PromptSpec::promptOptions);
  static final Place<OptionDraft, SamplerOptions, SamplerOptions.Builder> SAMPLER =
      of(Settings.SAMPLER, draft -> draft.sampler, PromptSpec::samplerOptions);
  static final Place<OptionDraft, SpeedOptions, SpeedOptions.Builder> SPEED =
      of(Settings.SPEED, draft -> draft.speed, PromptSpec::speedOptions);
  static final Place<OptionDraft, SizeConditioning, Copy<SizeConditioning>> SIZES =
      of(Settings.SIZE_CONDITIONING, draft -> draft.sizes, PromptSpec::sizeConditioning);
  static final Place<ImageToImage.Builder, ImageToImage, ImageToImage.Builder> START =
      new Place<>(
          Settings.IMAGE_TO_IMAGE,
          ImageToImage.builder(blank()).build(),
          start -> start,
          PromptSpec::imageToImage);
  static final Place<Inpainting.Builder, Inpainting, Inpainting.Builder> MASK =
      new Place<>(
          Settings.INPAINTING,
          Inpainting.builder(blank()).build(),
          mask -> mask,
          spec -> spec.imageToImage().flatMap(ImageToImage::inpainting));
  static final Place<HiresFix.Builder, HiresFix, HiresFix.Builder> HIRES =
      new Place<>(Settings.HIRES, Settings.HIRES.defaults(), hires -> hires, PromptSpec::hiresFix);

  /** All parts whose settings have fields or options, the more general ones first. */
  static final List<Place<?, ?, ?>> ALL =
      List.of(SPEC, PROMPTS, SAMPLER, SPEED, SIZES, START, MASK, HIRES);

  /** The parts that every request has. */
  static final List<Place<OptionDraft, ?, ?>> OF_ALL =
      List.of(SPEC, PROMPTS, SAMPLER, SPEED, SIZES);

  private static <O, B> Place<OptionDraft, O, B> of(
      Group<O, B> group, Function<OptionDraft, B> builder, Function<PromptSpec, O> owner) {
    return new Place<>(group, group.defaults(), builder, spec -> Optional.of(owner.apply(spec)));
  }

  private static Image blank() {
    return Image.of(8, 8, new byte[3 * 64]);
  }

  /** Whether a field can have a value of this kind. */
  public static boolean isSimple(Kind<?> kind) {
    return switch (kind.type()) {
      case NUMBER, WHOLE_NUMBER, FLAG, CHOICE, TEXT -> true;
      case LIST -> kind.element().orElseThrow().type() == Kind.Type.WHOLE_NUMBER;
      default -> false;
    };
  }

  /** Returns the options of all settings that fields can have, under their names in JSON. */
  List<Option<T>> options() {
    return simple().<Option<T>>map(this::option).toList();
  }

  private Stream<Setting<O, B, ?>> simple() {
    return group.settings().stream()
        .filter(setting -> setting.reasonWithout(Door.JSON).isEmpty())
        .filter(setting -> isSimple(setting.kind()));
  }

  /** Returns the JSON schema of each setting that fields can have, under its name in JSON. */
  Map<String, ObjectNode> schemas() {
    return byField(row -> FieldSchemas.of(group, row));
  }

  /** Returns what each setting that fields can have does, under its name in JSON. */
  Map<String, String> meanings() {
    return byField(Setting::meaning);
  }

  private <V> Map<String, V> byField(Function<Setting<O, B, ?>, V> value) {
    Map<String, V> fields = new LinkedHashMap<>();
    simple().forEach(row -> fields.put(row.name(Door.JSON), value.apply(row)));
    return fields;
  }

  /** Returns the option of a setting, under its name in JSON. */
  Option<T> option(String setting) {
    return option(group.setting(setting));
  }

  private <V> Option<T> option(Setting<O, B, V> setting) {
    String name = setting.name(Door.JSON);
    return new Option<>(
        name,
        json(setting, usual).orElse(NullNode.instance),
        (target, fields) -> read(setting, name, fields, builder.apply(target)),
        Optional.of(spec -> owner.apply(spec).flatMap(part -> json(setting, part))));
  }

  private static <B, V> void read(Setting<?, B, V> setting, String name, Fields fields, B builder) {
    value(setting.kind(), name, fields, value -> setting.set(builder, value));
  }

  /** Sets the settings whose fields, named as in the API, are given. */
  public void readOthers(Set<String> thanThese, Fields fields, T target) {
    for (Setting<O, B, ?> setting : group.settings()) {
      if (!thanThese.contains(setting.name()) && fields.has(setting.name())) {
        read(setting, setting.name(), fields, builder.apply(target));
      }
    }
  }

  /** Writes the settings that do not have their defaults, named as in the API. */
  public void write(O part, Set<String> except, ObjectNode fields) {
    group.settings().stream()
        .filter(setting -> !except.contains(setting.name()))
        .forEach(
            setting ->
                json(setting, part)
                    .filter(value -> !json(setting, usual).equals(Optional.of(value)))
                    .ifPresent(value -> fields.set(setting.name(), value)));
  }

  /** Passes the value of a field to a setter, which checks its range. */
  @SuppressWarnings("unchecked") // Numbers, flags and lists have the types of their kinds.
  private static <V> void value(Kind<V> kind, String name, Fields fields, Consumer<V> setter) {
    Consumer<Object> any = (Consumer<Object>) (Consumer<?>) setter;
    switch (kind.type()) {
      case NUMBER -> fields.ifNumber(name, number -> any.accept(number));
      case WHOLE_NUMBER -> {
        if (kind.most() <= Integer.MAX_VALUE) {
          fields.ifWhole(name, number -> any.accept(number));
        } else {
          fields.whole(name).ifPresent(number -> any.accept(number));
        }
      }
      case FLAG -> any.accept(fields.flag(name, false));
      case CHOICE -> fields.ifName(name, text -> setter.accept(choice(kind, name, text)));
      case TEXT -> fields.ifName(name, text -> setter.accept(kind.parse(text)));
      case LIST -> fields.ifWholes(name, list -> any.accept(list));
      default -> throw new IllegalArgumentException("no field has a value of this kind: " + name);
    }
  }

  private static <V> V choice(Kind<V> kind, String name, String text) {
    return kind.choices().stream()
        .filter(label -> Labels.key(label).equals(Labels.key(text)))
        .findFirst()
        .map(kind::parse)
        .orElseGet(() -> other(kind, name, text));
  }

  /** Reads a name that is not in the list: another spelling of one, or a mistake. */
  private static <V> V other(Kind<V> kind, String name, String text) {
    try {
      return kind.parse(text);
    } catch (IllegalArgumentException e) {
      boolean ofALabel = !String.valueOf(e.getMessage()).startsWith("must ");
      throw ofALabel ? e : Labels.unknown(name, text, kind.choices());
    }
  }

  private static <O, V> Optional<JsonNode> json(Setting<O, ?, V> setting, O part) {
    return setting
        .get(part)
        .map(value -> Fields.parsed(setting.kind().write(value, Attachments.NONE)));
  }
}
