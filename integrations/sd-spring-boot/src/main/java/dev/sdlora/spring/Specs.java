package dev.sdlora.spring;

import dev.sdlora.api.DynamicPrompts;
import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RefinerSwitch;
import dev.sdlora.api.Style;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.Upscaling;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.api.sampling.NamedSampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.sampling.SpeedOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
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
    ImageSettings settings = options.settings();
    List<String> warnings = new ArrayList<>();
    PromptSpec.Builder spec = defaults.toBuilder();
    spec.prompt(withLoras(messages.prompt(), settings.getLoras()));
    spec.negativePrompt(joined(settings.getNegativePrompt(), messages.negativePrompt()));
    sampling(settings, spec);
    seeds(settings, spec);
    size(settings, spec);
    ifSet(settings.getN(), spec::images);
    ifSet(settings.getLoraMode(), spec::loraMode);
    ifSet(settings.getLenient(), spec::lenient);
    ifSet(settings.getTriggerWords(), spec::addTriggerWords);
    ifSet(settings.getClipSkip(), spec::clipSkip);
    ifSet(settings.getTiling(), spec::tiling);
    ifSet(settings.getVaeTiling(), spec::vaeTiling);
    ifSet(settings.getFinalDecoder(), spec::finalDecoder);
    ifSet(settings.getImageCfgScale(), spec::imageCfgScale);
    ifSet(settings.getRefinerSwitch(), at -> spec.refinerSwitch(RefinerSwitch.at(at)));
    spec.promptOptions(promptOptions(settings, warnings));
    spec.speedOptions(speedOptions(settings));
    messages.image().ifPresent(picture -> spec.imageToImage(start(settings, picture, messages)));
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

  private static void sampling(ImageSettings settings, PromptSpec.Builder spec) {
    ifSet(settings.getSteps(), spec::steps);
    ifSet(settings.getCfgScale(), spec::cfgScale);
    String sampler = settings.getSampler();
    if (sampler != null) {
      NamedSampler named = NamedSampler.parse(sampler);
      spec.sampler(named.sampler());
      named.schedule().ifPresent(spec::schedule);
    }
    Schedule schedule = settings.getSchedule();
    ifSet(schedule, spec::schedule);
    Double eta = settings.getEta();
    if (eta != null) {
      spec.samplerOptions(SamplerOptions.builder().eta(eta).etaDdim(eta).build());
    }
    FewSteps fewSteps = settings.getFewSteps();
    Integer steps = settings.getSteps();
    if (fewSteps != null) {
      if (steps != null) {
        spec.fewSteps(fewSteps, steps);
      } else {
        spec.fewSteps(fewSteps);
      }
    }
  }

  private static void seeds(ImageSettings settings, PromptSpec.Builder spec) {
    ifSet(settings.getSeed(), spec::seed);
    ifSet(settings.getRng(), spec::rng);
    Long seed = settings.getVariationSeed();
    Double strength = settings.getVariationStrength();
    if (strength != null) {
      OptionalLong from = seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
      spec.variation(new Variation(from, strength, Variation.NONE.resizeFrom()));
    } else if (seed != null) {
      throw new IllegalArgumentException("variationSeed requires variationStrength");
    }
  }

  private static void size(ImageSettings settings, PromptSpec.Builder spec) {
    Integer width = settings.getWidth();
    Integer height = settings.getHeight();
    if (width != null && height != null) {
      spec.size(width, height);
    } else if (width != null || height != null) {
      throw new IllegalArgumentException(
          "width and height must be set together: %s, %s".formatted(width, height));
    }
  }

  private PromptOptions promptOptions(ImageSettings settings, List<String> warnings) {
    PromptOptions options = PromptOptions.DEFAULTS;
    Emphasis emphasis = settings.getEmphasis();
    if (emphasis != null) {
      options = options.withEmphasis(emphasis);
    }
    PromptMode mode = settings.getPromptMode();
    if (mode != null) {
      options = options.withMode(mode);
    }
    if (Boolean.TRUE.equals(settings.getDynamicPrompts())) {
      options = options.withDynamicPrompts(new DynamicPrompts(wildcards));
    }
    String style = settings.getStyle();
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

  private static SpeedOptions speedOptions(ImageSettings settings) {
    SpeedOptions.Builder options = SpeedOptions.builder();
    ifSet(settings.getCacheInterval(), options::cacheInterval);
    ifSet(settings.getTokenMergingRatio(), options::tokenMergingRatio);
    ifSet(settings.getBatchSize(), size -> options.exactBatches(false).batchSize(size));
    return options.build();
  }

  private static ImageToImage start(ImageSettings settings, Image picture, Messages messages) {
    ImageToImage.Builder start = ImageToImage.builder(picture);
    ifSet(settings.getDenoisingStrength(), start::denoisingStrength);
    ifSet(settings.getResizeMode(), start::resizeMode);
    messages.mask().ifPresent(mask -> start.inpainting(inpainting(settings, mask)));
    return start.build();
  }

  private static Inpainting inpainting(ImageSettings settings, Image mask) {
    Inpainting.Builder part = Inpainting.builder(mask);
    ifSet(settings.getMaskBlur(), part::maskBlur);
    ifSet(settings.getMaskedContent(), part::maskedContent);
    ifSet(settings.getInvertMask(), part::inverted);
    ifSet(settings.getOnlyMasked(), part::onlyMasked);
    ifSet(settings.getMaskPadding(), part::padding);
    return part.build();
  }

  /** Skips hires fix for requests with a start image, which sets the size. */
  private static void hiresFix(
      ImageSettings settings, Messages messages, PromptSpec.Builder spec, List<String> warnings) {
    Double scale = settings.getHiresScale();
    if (scale == null) {
      return;
    }
    if (messages.image().isPresent()) {
      warnings.add("hires fix is skipped because the request has a start image");
      return;
    }
    HiresFix.Builder pass = HiresFix.builder().scale(scale);
    ifSet(settings.getHiresUpscaler(), name -> pass.upscaler(Upscaler.named(name)));
    ifSet(settings.getHiresSteps(), pass::steps);
    ifSet(settings.getHiresDenoisingStrength(), pass::denoisingStrength);
    spec.hiresFix(pass.build());
  }

  private static void upscaling(ImageSettings settings, PromptSpec.Builder spec) {
    Double scale = settings.getUpscale();
    if (scale != null) {
      String name = settings.getUpscaler();
      Upscaler upscaler = name == null ? Upscaler.LANCZOS : Upscaler.named(name);
      spec.upscaling(new Upscaling(upscaler, scale));
    }
  }
}
