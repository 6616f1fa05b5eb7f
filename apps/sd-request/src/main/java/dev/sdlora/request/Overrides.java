package dev.sdlora.request;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Background;
import dev.sdlora.request.json.Fields;
import dev.sdlora.request.setting.InertOptions;
import dev.sdlora.request.setting.Option;
import dev.sdlora.request.setting.OptionDraft;
import dev.sdlora.request.setting.Options;
import java.awt.Color;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Values of A1111's options, set for the server or for one request. Immutable. */
public final class Overrides {
  /** No options. */
  public static final Overrides NONE = new Overrides(Fields.object());

  private static final Set<String> NAMES = names();

  private final ObjectNode values;

  private Overrides(ObjectNode values) {
    this.values = values;
  }

  private static Set<String> names() {
    Set<String> names = new TreeSet<>(Set.of("sd_model_checkpoint", "sd_vae"));
    Options.acting().forEach(option -> names.add(option.name()));
    return names;
  }

  /**
   * Reads options. Options without effect add a warning to the fields.
   *
   * @throws IllegalArgumentException if an option has an invalid value or names a model that is not
   *     loaded
   */
  public static Overrides read(Fields fields, RequestContext context) {
    Fields options = fields.asOptions();
    ObjectNode values = Fields.object();
    for (String name : options.names()) {
      if (NAMES.contains(name)) {
        values.set(name, options.node().get(name).deepCopy());
      } else if (options.has(name)) {
        warn(name, options);
      }
    }
    options.ifName(
        "sd_model_checkpoint", model -> context.requireCheckpoint("sd_model_checkpoint", model));
    options.ifName("sd_vae", vae -> requireVae("option 'sd_vae'", vae, context));
    values.remove(List.of("sd_model_checkpoint", "sd_vae"));
    Overrides read = new Overrides(values);
    read.check();
    return read;
  }

  /** Returns options of which {@link #values} were kept. */
  public static Overrides of(ObjectNode values) {
    return new Overrides(values.deepCopy());
  }

  /** Returns the options that are set, with their values. */
  public ObjectNode values() {
    return values.deepCopy();
  }

  private static void warn(String name, Fields options) {
    Set<String> harmless = Options.UNSUPPORTED.get(name);
    if (harmless == null) {
      boolean isA1111s = InertOptions.NAMES.contains(name);
      options.warn(
          isA1111s
              ? "option '%s' has no effect here".formatted(name)
              : KnownFields.unknown("option", name, NAMES));
    } else if (!harmless.contains(options.node().get(name).asText())) {
      options.warn("option '%s' is not supported: %s".formatted(name, options.node().get(name)));
    }
  }

  /**
   * Throws if a request names a VAE that is not loaded.
   *
   * @param subject the beginning of the message, such as "option 'sd_vae'"
   */
  static void requireVae(String subject, String name, RequestContext context) {
    Optional<String> own =
        context.pipeline().checkpoint().vae().map(path -> RequestContext.stem(path.toString()));
    boolean any = name.equals("Automatic") || own.equals(Optional.of(RequestContext.stem(name)));
    if (!any && !(name.equals("None") && own.isEmpty())) {
      throw new IllegalArgumentException(
          "%s names '%s', but only %s is loaded"
              .formatted(
                  subject, name, own.map(vae -> "'" + vae + "'").orElse("the model's own VAE")));
    }
  }

  /** Checks the values by setting them on throwaway requests. */
  private void check() {
    Image image = Image.of(8, 8, new byte[3 * 64]);
    beforeFields(PromptSpec.builder());
    afterFields(PromptSpec.builder());
    start(ImageToImage.builder(image));
    mask(Inpainting.builder(image));
    hires(HiresFix.builder());
    detail(DetailPass.builder("any"));
  }

  /** Merges these options with others; these take precedence. */
  public Overrides over(Overrides others) {
    ObjectNode both = others.values.deepCopy();
    both.setAll(values);
    return new Overrides(both);
  }

  /** Returns all options that have an effect, with their values. */
  public ObjectNode toJson() {
    ObjectNode json = Fields.object();
    Options.acting()
        .forEach(
            option ->
                json.set(
                    option.name(),
                    values.path(option.name()).isMissingNode()
                        ? option.usual()
                        : values.get(option.name())));
    return json;
  }

  private Fields options() {
    return Fields.of(values).asOptions();
  }

  private <T> void set(List<Option<T>> options, T target) {
    Fields given = options();
    options.forEach(option -> option.apply(target, given));
  }

  /** Sets the options that the fields of a request override. */
  void beforeFields(PromptSpec.Builder spec) {
    OptionDraft draft = new OptionDraft(spec);
    set(Options.REQUEST, draft);
    set(Options.SAMPLING, draft);
    draft.finish();
  }

  /** Sets the options that modify the values of fields. */
  void afterFields(PromptSpec.Builder spec) {
    OptionDraft draft = new OptionDraft(spec);
    set(Options.AFTER_FIELDS, draft);
    draft.finish();
  }

  /** Sets the options of the start image. */
  void start(ImageToImage.Builder start) {
    set(Options.START, start);
  }

  /** Sets the options of the mask. */
  void mask(Inpainting.Builder mask) {
    set(Options.MASK, mask);
  }

  /** Sets the options of hires fix. */
  void hires(HiresFix.Builder hires) {
    set(Options.HIRES, hires);
  }

  /** Sets the options of a detail pass of ADetailer. */
  void detail(DetailPass.Builder pass) {
    set(Options.DETAIL, pass);
  }

  /** Returns the color behind transparent areas of images; empty for white. */
  Optional<Color> background() {
    return Background.of(options());
  }

  /** Returns the options that a request needs in addition to its fields for a checkpoint. */
  static ObjectNode of(PromptSpec spec, Checkpoint checkpoint) {
    ObjectNode written = Fields.object();
    Options.acting()
        .forEach(
            option -> option.written(spec).ifPresent(value -> written.set(option.name(), value)));
    if (spec.clipSkip() == checkpoint.defaults().clipSkip()) {
      written.remove(Options.CLIP_SKIP);
    } else {
      written.put(Options.CLIP_SKIP, spec.clipSkip());
    }
    return written;
  }
}
