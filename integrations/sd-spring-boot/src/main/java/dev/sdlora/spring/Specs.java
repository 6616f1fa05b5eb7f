package dev.sdlora.spring;

import dev.sdlora.api.DynamicPrompts;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    List<String> warnings = new ArrayList<>();
    PromptSpec.Builder start = defaults.toBuilder();
    start.prompt(withLoras(messages.prompt(), options));
    start.promptOptions(promptOptions(options, warnings));
    messages.image().ifPresent(image -> start.imageToImage(start(image, messages)));
    messages.references().forEach(start::referenceImage);
    hiresFix(options, messages, start, warnings);
    options.find("upscale", Double.class).ifPresent(scale -> start.upscaling(Upscaler.LANCZOS, 1));
    PromptSpec.Builder spec = RequestOptions.edit(start.build(), completed(options, messages));
    size(options, spec);
    sampling(options, spec);
    for (UnaryOperator<PromptSpec.Builder> customizer : options.customizers()) {
      spec = customizer.apply(spec);
    }
    return new Read(spec.build(), List.copyOf(warnings));
  }

  /** Adds what options imply, unless it is set. */
  private static Map<String, Object> completed(SdLoraImageOptions options, Messages messages) {
    Map<String, Object> given = new HashMap<>(options.values());
    given.put(
        "negativePrompt",
        Stream.of(
                options.find("negativePrompt", String.class).orElse(""), messages.negativePrompt())
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining(", ")));
    if (given.containsKey("batchSize")) {
      given.putIfAbsent("exactBatches", false);
    }
    if (given.get("eta") instanceof Double eta) {
      given.putIfAbsent("etaDdim", eta);
    }
    if (given.containsKey("variationSeed") && !given.containsKey("variationStrength")) {
      throw new IllegalArgumentException("variationSeed requires variationStrength");
    }
    if (!given.containsKey("upscale")) {
      given.remove("upscaler");
    }
    return given;
  }

  /** Appends tags for LoRAs that the prompt does not name. */
  private static String withLoras(String prompt, SdLoraImageOptions options) {
    StringBuilder text = new StringBuilder(prompt);
    if (options.values().get("loras") instanceof Map<?, ?> loras) {
      loras.forEach(
          (name, weight) -> {
            Pattern tag =
                Pattern.compile("<lora:\\s*" + Pattern.quote(name.toString()) + "\\s*[:>]");
            if (!tag.matcher(prompt).find()) {
              text.append(" <lora:").append(name).append(':').append(weight).append('>');
            }
          });
    }
    return text.toString();
  }

  private static void sampling(SdLoraImageOptions options, PromptSpec.Builder spec) {
    options
        .find("sampler", String.class)
        .ifPresent(
            name -> {
              spec.sampler(Sampler.inName(name));
              if (!options.values().containsKey("schedule")) {
                Schedule.inName(name).ifPresent(spec::schedule);
              }
            });
    Optional<Integer> steps = options.find("steps", Integer.class);
    options
        .find("fewSteps", FewSteps.class)
        .ifPresent(method -> spec.fewSteps(method, steps.orElse(method.usualSteps())));
  }

  private static void size(SdLoraImageOptions options, PromptSpec.Builder spec) {
    Integer width = options.getWidth();
    Integer height = options.getHeight();
    if (width != null && height != null) {
      spec.size(width, height);
    } else if (width != null || height != null) {
      throw new IllegalArgumentException(
          "width and height must be set together: %s, %s".formatted(width, height));
    }
  }

  private PromptOptions promptOptions(SdLoraImageOptions options, List<String> warnings) {
    PromptOptions prompts = PromptOptions.DEFAULTS;
    if (options.find("dynamicPrompts", Boolean.class).orElse(false)) {
      prompts = prompts.withDynamicPrompts(new DynamicPrompts(wildcards));
    }
    String style = options.getStyle();
    if (style != null && styles.isEmpty()) {
      warnings.add(
          "style '%s' is ignored because there is no styles file (sdlora.styles-file)"
              .formatted(style));
    } else if (style != null) {
      prompts = prompts.withStyles(List.of(named(style)));
    }
    return prompts;
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

  private static ImageToImage start(Image image, Messages messages) {
    ImageToImage.Builder start = ImageToImage.builder(image);
    messages.mask().ifPresent(mask -> start.inpainting(Inpainting.builder(mask).build()));
    return start.build();
  }

  /** Skips hires fix for requests with a start image, which sets the size. */
  private static void hiresFix(
      SdLoraImageOptions options,
      Messages messages,
      PromptSpec.Builder spec,
      List<String> warnings) {
    if (!options.values().containsKey("hiresScale")) {
      return;
    }
    if (messages.image().isPresent()) {
      warnings.add("hires fix is skipped because the request has a start image");
    } else {
      spec.hiresFix(HiresFix.builder().build());
    }
  }
}
