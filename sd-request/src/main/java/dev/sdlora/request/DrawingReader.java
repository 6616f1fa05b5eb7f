package dev.sdlora.request;

import dev.sdlora.api.HiresFix;
import dev.sdlora.api.ImageSize;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.NamedSampler;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.PromptSpecBuilder;
import dev.sdlora.api.RefinerSwitch;
import dev.sdlora.api.SamplerOptions;
import dev.sdlora.api.Schedule;
import dev.sdlora.api.Style;
import dev.sdlora.api.Tiling;
import dev.sdlora.api.Upscaler;
import dev.sdlora.api.Variation;
import dev.sdlora.api.value.Nearest;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the fields that A1111's {@code txt2img} and {@code img2img} have, whoever sends them. */
public final class DrawingReader {
  /** What "disable_extra_networks" takes out. */
  private static final Pattern NETWORK_TAG = Pattern.compile("<(lora|lyco|hypernet):[^>]*>");

  private final Offer offer;

  /** A reader of names that there are. */
  public DrawingReader(Offer offer) {
    this.offer = offer;
  }

  /**
   * Reads a body.
   *
   * @param fields as A1111 names them, and {@code lora}
   * @param overrides options of the request over those of the server
   * @return with a seed, also where the body leaves it open
   * @throws IllegalArgumentException if a field has a value of another kind or out of range, or
   *     asks for what is not here
   * @throws dev.sdlora.api.ResourceException if an image, or all together, have too many pixels
   * @throws dev.sdlora.api.StableDiffusionException if a LoRA or a picture cannot be used
   */
  public PromptSpec read(Fields fields, Dialect dialect, Overrides overrides) {
    AskedSettings.requireShort(fields, offer.limits().text());
    requireKnownScripts(fields);
    PromptSpecBuilder spec = start(fields, dialect);
    overrides.applyTo(spec);
    texts(fields, spec);
    sampling(fields, spec);
    sizes(fields, spec);
    seeds(fields, spec);
    loras(fields, spec);
    images(fields, spec);
    refiner(fields, spec);
    if (fields.flag("restore_faces", false)) {
      throw new IllegalArgumentException("field 'restore_faces' asks for what there is not here");
    }
    if (fields.flag("tiling", false)) {
      spec.tiling(Tiling.BOTH);
    }
    GivenPictures pictures = new GivenPictures(offer);
    new OwnFields(offer, pictures).read(fields, spec);
    new StartPictures(pictures).read(fields, spec);
    if (fields.flag("enable_hr", false) && !fields.has("init_images")) {
      spec.hiresFix(hires(fields));
    }
    new ControlUnits(offer, pictures).read(fields, spec);
    PromptSpec read = spec.build();
    requirePixels(read);
    return read;
  }

  private PromptSpecBuilder start(Fields fields, Dialect dialect) {
    return fields
        .name("infotext")
        .map(text -> PromptSpec.fromParameters(text).toBuilder())
        .orElseGet(() -> dialect.start(offer.pipeline().checkpoint()));
  }

  private void requireKnownScripts(Fields fields) {
    fields.ifName(
        "script_name",
        name -> {
          throw new IllegalArgumentException("Script '%s' not found".formatted(name));
        });
    for (String name : fields.object("alwayson_scripts").names()) {
      if (!name.equalsIgnoreCase("controlnet")) {
        throw new IllegalArgumentException("Script '%s' not found".formatted(name));
      }
    }
  }

  private void texts(Fields fields, PromptSpecBuilder spec) {
    boolean without = fields.flag("disable_extra_networks", false);
    fields.text("prompt").map(text -> networks(text, without)).ifPresent(spec::prompt);
    fields
        .text("negative_prompt")
        .map(text -> networks(text, without))
        .ifPresent(spec::negativePrompt);
    List<Style> styles = fields.texts("styles").stream().map(offer::style).toList();
    if (!styles.isEmpty()) {
      spec.promptOptions(spec.build().promptOptions().withStyles(styles));
    }
  }

  private static String networks(String prompt, boolean without) {
    return without ? NETWORK_TAG.matcher(prompt).replaceAll("") : prompt;
  }

  private static void sampling(Fields fields, PromptSpecBuilder spec) {
    fields
        .name("sampler_name")
        .or(() -> fields.name("sampler_index"))
        .map(NamedSampler::parse)
        .ifPresent(
            named -> {
              spec.sampler(named.sampler());
              spec.schedule(named.schedule().orElse(Schedule.AUTOMATIC));
            });
    fields.name("scheduler").map(Schedule::parse).ifPresent(spec::schedule);
    if (fields.has("steps")) {
      spec.steps(fields.whole("steps", 0));
    }
    fields.ifNumber("cfg_scale", spec::cfgScale);
    fields.ifNumber("image_cfg_scale", spec::imageCfgScale);
    SamplerOptions.Builder options = spec.build().samplerOptions().toBuilder();
    fields.ifNumber("eta", eta -> options.eta(eta).etaDdim(eta));
    fields.ifNumber("s_churn", options::sChurn);
    fields.ifNumber("s_tmin", options::sTmin);
    fields.ifNumber(
        "s_tmax",
        sigma -> {
          if (sigma > 0) { // A1111 means "no limit" by 0.
            options.sTmax(sigma);
          }
        });
    fields.ifNumber("s_noise", options::sNoise);
    fields.ifNumber("s_min_uncond", options::skipUncondBelowSigma);
    spec.samplerOptions(options.build());
  }

  private static void sizes(Fields fields, PromptSpecBuilder spec) {
    if (fields.has("width") || fields.has("height")) {
      ImageSize before = spec.build().size().orElse(new ImageSize(512, 512));
      spec.size(fields.whole("width", before.width()), fields.whole("height", before.height()));
    }
  }

  private static void seeds(Fields fields, PromptSpecBuilder spec) {
    long seed = fields.whole("seed").orElseGet(() -> spec.build().seed().orElse(-1));
    spec.seed(seed == -1 ? random() : seed);
    Variation before = spec.build().variation();
    double strength = fields.number("subseed_strength").orElse(before.strength());
    long subseed = fields.whole("subseed").orElse(before.seed().orElse(-1));
    int fromWidth = fields.whole("seed_resize_from_w", -1);
    int fromHeight = fields.whole("seed_resize_from_h", -1);
    Variation variation =
        new Variation(
            OptionalLong.of(subseed == -1 ? random() : subseed), strength, before.resizeFrom());
    if (fromWidth > 0 && fromHeight > 0) {
      variation = variation.withResizeFrom(new ImageSize(fromWidth, fromHeight));
    }
    if (strength != 0 || variation.resizeFrom().isPresent()) {
      spec.variation(variation);
    }
  }

  private static long random() {
    return ThreadLocalRandom.current().nextLong(1L << 32);
  }

  /** The field of stable-diffusion.cpp: LoRAs by name in addition to those of the prompt. */
  private void loras(Fields fields, PromptSpecBuilder spec) {
    List<Fields> loras = fields.objects("lora");
    int most = spec.build().promptOptions().limits().loras();
    Fields.requireFew("lora", loras.size(), "LoRAs", most);
    for (Fields lora : loras) {
      String name =
          lora.name("path")
              .or(() -> lora.name("name"))
              .orElseThrow(
                  () -> new IllegalArgumentException("each of 'lora' must have a field 'path'"));
      double strength = lora.number("multiplier").orElse(1);
      LoraAdapter found = offer.lora(name);
      spec.lora(found.withStrength(strength));
    }
  }

  private void images(Fields fields, PromptSpecBuilder spec) {
    long images = (long) fields.whole("batch_size", 1) * fields.whole("n_iter", 1);
    if (images < 1 || images > offer.limits().images()) {
      throw new IllegalArgumentException(
          "a request makes from 1 to %s pictures here: %s"
              .formatted(offer.limits().images(), images));
    }
    spec.images((int) images);
  }

  private static void refiner(Fields fields, PromptSpecBuilder spec) {
    if (fields.name("refiner_checkpoint").filter(name -> !name.equals("None")).isPresent()) {
      fields.ifNumber("refiner_switch_at", share -> spec.refinerSwitch(RefinerSwitch.at(share)));
    }
  }

  private Upscaler upscaler(String name) {
    Upscaler upscaler = Upscaler.named(name);
    if (!Upscaler.builtIn().contains(upscaler) && !offer.upscalers().containsKey(name)) {
      List<String> names =
          Stream.concat(
                  Upscaler.builtIn().stream().map(Upscaler::name),
                  offer.upscalers().keySet().stream())
              .toList();
      throw new IllegalArgumentException(
          "there is no upscaler '%s'; there are %s%s"
              .formatted(name, String.join(", ", names), Nearest.question(name, names)));
    }
    return upscaler;
  }

  private HiresFix hires(Fields fields) {
    HiresFix.Builder hires = HiresFix.builder();
    fields.ifNumber("hr_scale", hires::scale);
    int width = fields.whole("hr_resize_x", 0);
    int height = fields.whole("hr_resize_y", 0);
    if (width > 0 && height > 0) {
      hires.size(new ImageSize(width, height));
    }
    fields.name("hr_upscaler").map(this::upscaler).ifPresent(hires::upscaler);
    hires.steps(fields.whole("hr_second_pass_steps", 0));
    fields.ifNumber("denoising_strength", hires::denoisingStrength);
    fields.ifName("hr_prompt", hires::prompt);
    fields.ifName("hr_negative_prompt", hires::negativePrompt);
    fields
        .name("hr_sampler_name")
        .filter(name -> !name.equals("Use same sampler"))
        .map(NamedSampler::parse)
        .ifPresent(
            named -> {
              hires.sampler(named.sampler());
              named.schedule().ifPresent(hires::schedule);
            });
    fields
        .name("hr_scheduler")
        .filter(name -> !name.equals("Use same scheduler"))
        .map(Schedule::parse)
        .ifPresent(hires::schedule);
    fields
        .name("hr_checkpoint_name")
        .filter(name -> !name.equals("Use same checkpoint"))
        .ifPresent(name -> offer.requireCheckpoint("hr_checkpoint_name", name));
    return hires.build();
  }

  /**
   * Refuses what would be larger than the server allows.
   *
   * @return how many pixels the picture will have
   */
  public double requirePixels(PromptSpec spec) {
    long most = offer.limits().pixels();
    ImageSize size = spec.size().orElseGet(() -> offer.pipeline().checkpoint().defaultSize());
    Pictures.requirePixels("size", size.width(), size.height(), most);
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
    Pictures.requirePixels("size after hires fix", width, height, most);
    return width * height;
  }
}
