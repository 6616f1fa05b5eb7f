package dev.sdlora.request;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.api.value.RandomSeed;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.context.RequestImages;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import dev.sdlora.request.setting.Options;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads requests with the fields of A1111's {@code txt2img} and {@code img2img}. */
public final class DrawingReader {
  /** Tags that "disable_extra_networks" removes. */
  private static final Pattern NETWORK_TAG = Pattern.compile("<(lora|lyco|hypernet):[^>]*>");

  /** Names of the field for a LoRA's strength: stable-diffusion.cpp's, then those of manifests. */
  private static final List<String> WEIGHTS = List.of("multiplier", "weight", "strength");

  private static final List<String> LORA_FIELDS =
      Stream.concat(Stream.of("path", "name"), WEIGHTS.stream()).toList();

  private final RequestContext context;

  /** Creates a reader that looks up names in a context, {@link RequestContext#chosenBy}. */
  public DrawingReader(RequestContext context) {
    this.context = context;
  }

  /**
   * Reads a request. Fields without effect add a warning to the fields.
   *
   * @param fields named as in A1111, plus {@code lora}; options in {@code override_settings} take
   *     precedence over those of the server
   * @param dialect the defaults for missing fields
   * @param serverOptions the options of the server
   * @return the request, always with a seed; a random one if the request has none
   * @throws IllegalArgumentException if a field has a value of the wrong type or out of range, or
   *     requests something that is not available
   * @throws dev.sdlora.api.error.ResourceException if one image or all together have too many
   *     pixels or bytes
   * @throws dev.sdlora.api.error.StableDiffusionException if a LoRA or an image cannot be used
   */
  public PromptSpec read(Fields fields, Dialect dialect, Overrides serverOptions) {
    StoredRequest.requireShort(fields, context.limits().text());
    KnownFields.check(fields);
    fields.ifName("checkpoint", name -> context.requireCheckpoint("checkpoint", name));
    Overrides options =
        Overrides.read(fields.object("override_settings"), context).over(serverOptions);
    requireKnownScripts(fields);
    requireSupported(fields);
    Optional<PromptSpec> recorded = fields.name("infotext").map(PromptSpec::fromInfotext);
    PromptSpec.Builder spec =
        recorded
            .map(PromptSpec::toBuilder)
            .orElseGet(() -> dialect.start(context.pipeline().checkpoint()));
    spec = fewSteps(fields, spec);
    sampler(fields, spec);
    options.beforeFields(spec);
    texts(fields, spec);
    sampling(fields, spec);
    sizes(fields, spec);
    seeds(fields, spec);
    loras(fields, spec);
    images(fields, spec);
    refiner(fields, spec);
    if (fields.has("tiling")) {
      spec.tiling(tiling(fields));
    }
    RequestImages images = new RequestImages(context, fields);
    new OwnFields(context, images).read(fields, spec);
    new ImageToImageFields(
            images, options, recorded.map(PromptSpec::otherParameters).orElse(Map.of()))
        .read(fields, spec);
    hires(fields, options, spec);
    options.afterFields(spec);
    new ControlUnits(context, images).read(fields, spec);
    new DetailPassFields(context).read(fields, options, spec);
    PromptSpec read = spec.build();
    requirePixels(read);
    return read;
  }

  /** Uses the wording of A1111's own error. */
  private void requireKnownScripts(Fields fields) {
    Optional<String> script = fields.name("script_name").filter(name -> !name.equals("None"));
    script.ifPresent(name -> refuseScript("script_name", name, fields));
    if (script.isEmpty() && fields.node().path("script_args").size() > 0) {
      fields.warn("field 'script_args' has no effect without 'script_name'");
    }
    for (String name : fields.object("alwayson_scripts").names()) {
      if (!ControlUnits.isTheirs(name) && !DetailerScript.isTheirs(name)) {
        refuseScript("alwayson_scripts", name, fields);
      }
    }
  }

  private void refuseScript(String field, String name, Fields fields) {
    if (!context.ignoreScripts()) {
      throw new FieldException(field, "Script '%s' not found".formatted(name));
    }
    fields.warn("script '%s' is not supported and was ignored".formatted(name));
  }

  private static void requireSupported(Fields fields) {
    if (fields.flag("restore_faces", false)) {
      throw new FieldException("restore_faces", "'restore_faces' is not supported");
    }
    for (String name : List.of("latent_mask", "firstpass_image")) {
      if (fields.name(name).isPresent()) {
        throw new FieldException(name, "'%s' is not supported".formatted(name));
      }
    }
  }

  /** Sets what a few-step method recommends; options and fields replace it one by one. */
  private static PromptSpec.Builder fewSteps(Fields fields, PromptSpec.Builder start) {
    if (fields.name("few_steps").isEmpty()) {
      return start;
    }
    // A builder of a finished spec, because the method does not change what a builder has set.
    PromptSpec.Builder spec = start.build().toBuilder();
    fields.ifName("few_steps", text -> FewStepsChoice.parse(text).applyTo(spec));
    return spec.build().toBuilder();
  }

  /** In addition to A1111's true and false, the names of {@link Tiling}. */
  private static Tiling tiling(Fields fields) {
    String text = fields.node().get("tiling").asText().strip();
    return Arrays.stream(Tiling.values())
        .filter(tiling -> tiling.name().equalsIgnoreCase(text))
        .findFirst()
        .orElseGet(() -> fields.flag("tiling", false) ? Tiling.BOTH : Tiling.NONE);
  }

  private void texts(Fields fields, PromptSpec.Builder spec) {
    boolean without = fields.flag("disable_extra_networks", false);
    fields.text("prompt").map(text -> networks(text, without)).ifPresent(spec::prompt);
    fields
        .text("negative_prompt")
        .map(text -> networks(text, without))
        .ifPresent(spec::negativePrompt);
    List<Style> styles =
        fields.texts("styles").stream()
            .filter(name -> !name.isBlank())
            .map(context::style)
            .toList();
    if (!styles.isEmpty()) {
      spec.promptOptions(spec.promptOptions().withStyles(styles));
    }
  }

  private static String networks(String prompt, boolean without) {
    return without ? NETWORK_TAG.matcher(prompt).replaceAll("") : prompt;
  }

  private static void sampler(Fields fields, PromptSpec.Builder spec) {
    String name = fields.name("sampler_name").isPresent() ? "sampler_name" : "sampler_index";
    fields.ifName(
        name,
        text -> {
          spec.sampler(Sampler.inName(text));
          spec.schedule(Schedule.inName(text).orElse(Schedule.AUTOMATIC));
        });
    fields.ifName("scheduler", text -> spec.schedule(Schedule.parse(text)));
  }

  private static void sampling(Fields fields, PromptSpec.Builder spec) {
    fields.ifWhole("steps", spec::steps);
    fields.ifNumber("cfg_scale", spec::cfgScale);
    SamplerOptions.Builder options = spec.samplerOptions().toBuilder();
    fields.ifNumber("eta", eta -> options.eta(eta).etaDdim(eta));
    fields.ifNumber(
        "s_tmax",
        sigma -> {
          if (sigma > 0) { // In A1111, 0 means no limit.
            options.sTmax(sigma);
          }
        });
    fields.ifNumber("s_min_uncond", options::skipUncondBelowSigma);
    spec.samplerOptions(options.build());
    fields.ifNumber(
        "token_merging_ratio",
        ratio -> {
          if (ratio != 0) { // In A1111, 0 keeps the value of the option.
            SpeedOptions speed = spec.speedOptions();
            spec.speedOptions(speed.toBuilder().tokenMergingRatio(ratio).build());
          }
        });
  }

  private void sizes(Fields fields, PromptSpec.Builder spec) {
    // A1111's size of the first pass, which overrides the size.
    String width = fields.whole("firstphase_width", 0) > 0 ? "firstphase_width" : "width";
    String height = fields.whole("firstphase_height", 0) > 0 ? "firstphase_height" : "height";
    if (fields.has(width) || fields.has(height)) {
      ImageSize before = spec.size().orElseGet(() -> context.pipeline().checkpoint().defaultSize());
      int wide = fields.whole(width, before.width());
      int high = fields.whole(height, before.height());
      fields.set(wide % 8 == 0 ? height : width, () -> spec.size(wide, high));
    }
  }

  private static void seeds(Fields fields, PromptSpec.Builder spec) {
    long seed = fields.whole("seed").orElseGet(() -> spec.seed().orElse(-1));
    spec.seed(seed == -1 ? RandomSeed.draw() : seed);
    Variation before = spec.variation();
    double strength = fields.number("subseed_strength").orElse(before.strength());
    long subseed = fields.whole("subseed").orElse(before.seed().orElse(-1));
    int fromWidth = fields.whole("seed_resize_from_w", -1);
    int fromHeight = fields.whole("seed_resize_from_h", -1);
    Variation variation =
        new Variation(
            OptionalLong.of(subseed == -1 ? RandomSeed.draw() : subseed),
            strength,
            before.resizeFrom());
    if (fromWidth > 0 && fromHeight > 0) {
      fields.set(
          "seed_resize_from_w",
          () -> spec.variation(variation.withResizeFrom(new ImageSize(fromWidth, fromHeight))));
    } else if (strength != 0 || variation.resizeFrom().isPresent()) {
      spec.variation(variation);
    }
  }

  /** Reads stable-diffusion.cpp's field: LoRAs by name, in addition to those in the prompt. */
  private void loras(Fields fields, PromptSpec.Builder spec) {
    List<Fields> loras = fields.objects("lora");
    int most = spec.promptOptions().limits().loras();
    Fields.requireFew("lora", loras.size(), "LoRAs", most);
    for (Fields lora : loras) {
      String name =
          lora.name("path")
              .or(() -> lora.name("name"))
              .orElseThrow(
                  () ->
                      new FieldException(
                          "lora", "each element of 'lora' must have a field 'path'"));
      lora.names().stream()
          .filter(field -> !LORA_FIELDS.contains(field) && lora.has(field))
          .forEach(field -> lora.warn(KnownFields.unknown("field of 'lora'", field, LORA_FIELDS)));
      String weight = WEIGHTS.stream().filter(lora::has).findFirst().orElse("multiplier");
      double strength = lora.number(weight).orElse(1);
      LoraAdapter found = context.lora(name);
      lora.set(weight, () -> spec.lora(found.withStrength(strength)));
    }
  }

  private void images(Fields fields, PromptSpec.Builder spec) {
    long images = (long) fields.whole("batch_size", 1) * fields.whole("n_iter", 1);
    if (images < 1 || images > context.limits().images()) {
      throw new FieldException(
          fields.whole("batch_size", 1) == 1 ? "n_iter" : "batch_size",
          "a request can make from 1 to %s images: %s"
              .formatted(context.limits().images(), images));
    }
    spec.images((int) images);
  }

  /** As in A1111, the refiner needs both fields and a switch before the end. */
  private void refiner(Fields fields, PromptSpec.Builder spec) {
    Optional<String> name = fields.name("refiner_checkpoint").filter(it -> !it.equals("None"));
    double at = fields.number("refiner_switch_at").orElse(1);
    if (name.isPresent() && at != 1) {
      context.requireRefiner("refiner_checkpoint", name.get());
      fields.set("refiner_switch_at", () -> spec.refinerSwitch(at));
    } else if (name.isPresent()) {
      fields.warn("field 'refiner_checkpoint' has no effect without 'refiner_switch_at' below 1");
    } else if (at != 1 && at != 0) {
      fields.warn("field 'refiner_switch_at' has no effect without 'refiner_checkpoint'");
    }
  }

  private Upscaler upscaler(String name) {
    Upscaler upscaler = Upscaler.named(name);
    if (!Upscaler.builtIn().contains(upscaler) && !context.upscalers().containsKey(name)) {
      List<String> names =
          Stream.concat(
                  Upscaler.builtIn().stream().map(Upscaler::name),
                  context.upscalers().keySet().stream())
              .toList();
      throw new FieldException(
          "hr_upscaler",
          "there is no upscaler '%s'; available: %s%s"
              .formatted(name, String.join(", ", names), Nearest.question(name, names)));
    }
    return upscaler;
  }

  private void hires(Fields fields, Overrides options, PromptSpec.Builder spec) {
    boolean wanted = fields.flag("enable_hr", false);
    if (wanted && fields.texts("init_images").isEmpty()) {
      ImageSize first = spec.size().orElseGet(() -> context.pipeline().checkpoint().defaultSize());
      spec.hiresFix(hires(fields, options, first));
    } else if (wanted) {
      fields.warn("field 'enable_hr' has no effect with 'init_images'");
    }
  }

  private HiresFix hires(Fields fields, Overrides options, ImageSize first) {
    HiresFix.Builder hires = HiresFix.builder();
    options.hires(hires);
    fields.ifNumber("hr_scale", hires::scale);
    hiresSize(fields, first, context.sizeMultiple(), hires);
    Options.HIRES.forEach(option -> option.apply(hires, fields));
    fields.name("hr_upscaler").map(this::upscaler).ifPresent(hires::upscaler);
    fields.ifWhole("hr_second_pass_steps", hires::steps);
    fields.ifNumber("denoising_strength", hires::denoisingStrength);
    fields.ifNumber("hr_cfg", hires::cfgScale);
    fields.ifNumber("hr_distilled_cfg", hires::distilledGuidance);
    fields.ifName("hr_prompt", hires::prompt);
    fields.ifName("hr_negative_prompt", hires::negativePrompt);
    fields
        .name("hr_sampler_name")
        .filter(name -> !name.equals("Use same sampler"))
        .ifPresent(
            name -> {
              hires.sampler(Sampler.inName(name));
              Schedule.inName(name).ifPresent(hires::schedule);
            });
    fields
        .name("hr_scheduler")
        .filter(name -> !name.equals("Use same scheduler"))
        .map(Schedule::parse)
        .ifPresent(hires::schedule);
    fields
        .name("hr_checkpoint_name")
        .filter(name -> !name.equals("Use same checkpoint"))
        .ifPresent(name -> context.requireCheckpoint("hr_checkpoint_name", name));
    return hires.build();
  }

  /** As in A1111, one side alone keeps the aspect ratio of the first pass. */
  private static void hiresSize(
      Fields fields, ImageSize first, int multiple, HiresFix.Builder hires) {
    int width = fields.whole("hr_resize_x", 0);
    int height = fields.whole("hr_resize_y", 0);
    if (width > 0 && height > 0) {
      fields.set(
          width % 8 == 0 ? "hr_resize_y" : "hr_resize_x",
          () -> hires.size(new ImageSize(width, height)));
    } else if (width > 0) {
      long other = (long) width * first.height() / first.width();
      fields.set("hr_resize_x", () -> hires.size(rounded(width, other, multiple)));
    } else if (height > 0) {
      long other = (long) height * first.width() / first.height();
      fields.set("hr_resize_y", () -> hires.size(rounded(other, height, multiple)));
    }
  }

  private static ImageSize rounded(long width, long height, int multiple) {
    return new ImageSize((int) (width / multiple * multiple), (int) (height / multiple * multiple));
  }

  /**
   * Checks the size of the images against the limit of the server.
   *
   * @return pixels of the final image
   * @throws dev.sdlora.api.error.ResourceException if the images are too large
   */
  public double requirePixels(PromptSpec spec) {
    long most = context.limits().pixels();
    ImageSize size = spec.size().orElseGet(() -> context.pipeline().checkpoint().defaultSize());
    Base64Images.requirePixels("size", size.width(), size.height(), most);
    spec.detailPasses().stream()
        .flatMap(pass -> pass.size().stream())
        .forEach(
            part ->
                Base64Images.requirePixels(
                    DetailPassFields.NAME, part.width(), part.height(), most));
    if (spec.hiresFix().isEmpty()) {
      return (double) size.width() * size.height();
    }
    HiresFix hires = spec.hiresFix().get();
    double width = hires.size().map(ImageSize::width).orElse(0);
    double height = hires.size().map(ImageSize::height).orElse(0);
    if (hires.size().isEmpty()) {
      width = size.width() * hires.scale();
      height = size.height() * hires.scale();
    }
    Base64Images.requirePixels("size after hires fix", width, height, most);
    return width * height;
  }
}
