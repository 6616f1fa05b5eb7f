package dev.sdlora.spring;

import dev.sdlora.api.DynamicPrompts;
import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.sampling.SpeedOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Converts options and messages to requests of the library.
 *
 * @param styles the styles that options can name
 * @param wildcards the folders for dynamic prompts
 */
record Specs(List<Style> styles, List<Path> wildcards) {

  /**
   * A request with warnings about its options.
   *
   * @param spec the request
   * @param warnings the warnings
   */
  record Read(PromptSpec spec, List<String> warnings) {}

  /**
   * Builds a request.
   *
   * @param defaults the values for everything that is not set
   * @throws IllegalArgumentException if a value is out of range or unknown
   * @throws IllegalStateException if settings conflict
   */
  Read read(SdLoraImageOptions options, Messages messages, PromptSpec defaults) {
    ImageProperties settings = options.settings();
    List<String> warnings = new ArrayList<>();
    PromptSpec.Builder spec = defaults.toBuilder();
    spec.prompt(withLoras(messages.prompt(), settings.loras()));
    spec.negativePrompt(joined(settings.negativePrompt(), messages.negativePrompt()));
    sampling(settings, spec);
    seeds(settings, spec);
    size(settings, spec);
    ifSet(settings.n(), spec::images);
    ifSet(settings.loraMode(), spec::loraMode);
    ifSet(settings.lenient(), spec::lenient);
    ifSet(settings.triggerWords(), spec::addTriggerWords);
    ifSet(settings.clipSkip(), spec::clipSkip);
    ifSet(settings.tiling(), spec::tiling);
    ifSet(settings.vaeTiling(), spec::vaeTiling);
    ifSet(settings.finalDecoder(), spec::finalDecoder);
    ifSet(settings.distilledGuidance(), spec::distilledGuidance);
    ifSet(settings.imageCfgScale(), spec::imageCfgScale);
    ifSet(settings.refinerSwitch(), spec::refinerSwitch);
    spec.promptOptions(promptOptions(settings, warnings));
    spec.speedOptions(speedOptions(settings));
    messages.image().ifPresent(image -> spec.imageToImage(start(settings, image, messages)));
    messages.references().forEach(spec::referenceImage);
    hiresFix(settings, messages, spec, warnings);
    upscaling(settings, spec);
    PromptSpec.Builder last = spec;
    for (UnaryOperator<PromptSpec.Builder> customizer : options.customizers()) {
      last = customizer.apply(last);
    }
    return new Read(last.build(), List.copyOf(warnings));
  }

  private static <T> void ifSet(@Nullable T value, Consumer<T> setter) {
    if (value != null) {
      setter.accept(value);
    }
  }

  private static String joined(@Nullable String first, String second) {
    if (first == null || first.isEmpty()) {
      return second;
    }
    return second.isEmpty() ? first : first + ", " + second;
  }

  /** Appends tags for LoRAs that the prompt does not name. */
  private static String withLoras(String prompt, @Nullable Map<String, Double> loras) {
    StringBuilder text = new StringBuilder(prompt);
    if (loras != null) {
      loras.forEach(
          (name, weight) -> {
            Pattern tag = Pattern.compile("<lora:\\s*" + Pattern.quote(name) + "\\s*[:>]");
            if (!tag.matcher(prompt).find()) {
              text.append(" <lora:").append(name).append(':').append(weight).append('>');
            }
          });
    }
    return text.toString();
  }

  private static void sampling(ImageProperties settings, PromptSpec.Builder spec) {
    ifSet(settings.steps(), spec::steps);
    ifSet(settings.cfgScale(), spec::cfgScale);
    String sampler = settings.sampler();
    if (sampler != null) {
      spec.sampler(Sampler.inName(sampler));
      Schedule.inName(sampler).ifPresent(spec::schedule);
    }
    Schedule schedule = settings.schedule();
    ifSet(schedule, spec::schedule);
    SamplerOptions.Builder options = spec.samplerOptions().toBuilder();
    ifSet(settings.eta(), eta -> options.eta(eta).etaDdim(eta));
    ifSet(settings.shift(), options::shift);
    ifSet(settings.skipLayers(), options::skipLayers);
    ifSet(settings.skipLayerScale(), options::skipLayerScale);
    ifSet(settings.skipLayerStart(), options::skipLayerStart);
    ifSet(settings.skipLayerEnd(), options::skipLayerEnd);
    if (Stream.of(
            settings.eta(),
            settings.shift(),
            settings.skipLayers(),
            settings.skipLayerScale(),
            settings.skipLayerStart(),
            settings.skipLayerEnd())
        .anyMatch(Objects::nonNull)) {
      spec.samplerOptions(options.build());
    }
    FewSteps fewSteps = settings.fewSteps();
    Integer steps = settings.steps();
    if (fewSteps != null) {
      if (steps != null) {
        spec.fewSteps(fewSteps, steps);
      } else {
        spec.fewSteps(fewSteps);
      }
    }
  }

  private static void seeds(ImageProperties settings, PromptSpec.Builder spec) {
    ifSet(settings.seed(), spec::seed);
    ifSet(settings.rng(), spec::rng);
    Long seed = settings.variationSeed();
    Double strength = settings.variationStrength();
    if (strength != null) {
      OptionalLong from = seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
      spec.variation(new Variation(from, strength, Variation.NONE.resizeFrom()));
    } else if (seed != null) {
      throw new IllegalArgumentException("variationSeed requires variationStrength");
    }
  }

  private static void size(ImageProperties settings, PromptSpec.Builder spec) {
    Integer width = settings.width();
    Integer height = settings.height();
    if (width != null && height != null) {
      spec.size(width, height);
    } else if (width != null || height != null) {
      throw new IllegalArgumentException(
          "width and height must be set together: %s, %s".formatted(width, height));
    }
  }

  private PromptOptions promptOptions(ImageProperties settings, List<String> warnings) {
    PromptOptions options = PromptOptions.DEFAULTS;
    Emphasis emphasis = settings.emphasis();
    if (emphasis != null) {
      options = options.withEmphasis(emphasis);
    }
    PromptMode mode = settings.promptMode();
    if (mode != null) {
      options = options.withMode(mode);
    }
    if (Boolean.TRUE.equals(settings.dynamicPrompts())) {
      options = options.withDynamicPrompts(new DynamicPrompts(wildcards));
    }
    Integer t5Tokens = settings.t5Tokens();
    if (t5Tokens != null) {
      options = options.withT5Tokens(t5Tokens);
    }
    String style = settings.style();
    if (style != null && styles.isEmpty()) {
      warnings.add(
          "style '%s' is ignored because there is no styles file (sdlora.styles-file)"
              .formatted(style));
    } else if (style != null) {
      options = options.withStyles(List.of(named(style)));
    }
    return options;
  }

  private Style named(String name) {
    return styles.stream()
        .filter(style -> style.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "style '%s' is not in the styles file; it has: %s"
                        .formatted(
                            name, String.join(", ", styles.stream().map(Style::name).toList()))));
  }

  private static SpeedOptions speedOptions(ImageProperties settings) {
    SpeedOptions.Builder options = SpeedOptions.builder();
    ifSet(settings.cacheInterval(), options::cacheInterval);
    ifSet(settings.tokenMergingRatio(), options::tokenMergingRatio);
    ifSet(settings.batchSize(), size -> options.exactBatches(false).batchSize(size));
    return options.build();
  }

  private static ImageToImage start(ImageProperties settings, Image image, Messages messages) {
    ImageToImage.Builder start = ImageToImage.builder(image);
    ifSet(settings.denoisingStrength(), start::denoisingStrength);
    ifSet(settings.resizeMode(), start::resizeMode);
    messages.mask().ifPresent(mask -> start.inpainting(inpainting(settings, mask)));
    return start.build();
  }

  private static Inpainting inpainting(ImageProperties settings, Image mask) {
    Inpainting.Builder part = Inpainting.builder(mask);
    ifSet(settings.maskBlur(), part::maskBlur);
    ifSet(settings.maskedContent(), part::maskedContent);
    ifSet(settings.invertMask(), part::inverted);
    ifSet(settings.onlyMasked(), part::onlyMasked);
    ifSet(settings.maskPadding(), part::padding);
    return part.build();
  }

  /** Skips hires fix for requests with a start image, which sets the size. */
  private static void hiresFix(
      ImageProperties settings, Messages messages, PromptSpec.Builder spec, List<String> warnings) {
    Double scale = settings.hiresScale();
    if (scale == null) {
      return;
    }
    if (messages.image().isPresent()) {
      warnings.add("hires fix is skipped because the request has a start image");
      return;
    }
    HiresFix.Builder pass = HiresFix.builder().scale(scale);
    ifSet(settings.hiresUpscaler(), name -> pass.upscaler(Upscaler.named(name)));
    ifSet(settings.hiresSteps(), pass::steps);
    ifSet(settings.hiresDenoisingStrength(), pass::denoisingStrength);
    ifSet(settings.hiresDistilledGuidance(), pass::distilledGuidance);
    spec.hiresFix(pass.build());
  }

  private static void upscaling(ImageProperties settings, PromptSpec.Builder spec) {
    Double scale = settings.upscale();
    if (scale != null) {
      String name = settings.upscaler();
      Upscaler upscaler = name == null ? Upscaler.LANCZOS : Upscaler.named(name);
      spec.upscaling(upscaler, scale);
    }
  }
}
