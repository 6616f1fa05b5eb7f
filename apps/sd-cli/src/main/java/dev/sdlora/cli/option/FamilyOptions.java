package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.PixelSize;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** Options that apply to some model families only. */
@Heading(
    value = "SDXL and editing models",
    basic = {})
final class FamilyOptions {
  @Option(
      names = "--refiner-switch-at",
      paramLabel = "0..1",
      description =
          "Point where the model of --refiner takes over, as a fraction of the noise schedule."
              + " Default: 0.8 with --refiner, otherwise never.")
  private Optional<Double> refinerSwitchAt = Optional.empty();

  @Option(
      names = "--refiner-by-steps",
      description =
          "Measure --refiner-switch-at as a fraction of the steps instead of the noise schedule"
              + " (A1111's rule).")
  private boolean refinerBySteps;

  @Option(
      names = "--image-cfg-scale",
      paramLabel = "SCALE",
      description = "Guidance scale for the --init image of an editing model. Default: 1.5.")
  private Optional<Double> imageCfgScale = Optional.empty();

  @Option(
      names = "--distilled-cfg",
      paramLabel = "SCALE",
      description =
          "Guidance scale that FLUX.1 [dev] and its kin read as an input. Default: the model's own,"
              + " 3.5 for FLUX.1 [dev].")
  private Optional<Double> distilledCfg = Optional.empty();

  @Option(
      names = "--t5-tokens",
      paramLabel = "1..512",
      description =
          "Tokens to which the text encoder T5 of FLUX.1 and Stable Diffusion 3 pads a prompt; Forge"
              + " and ComfyUI pad to 256 for FLUX.1. Default: 512 for FLUX.1 [dev], 256 for"
              + " FLUX.1 [schnell], 77 for Stable Diffusion 3.")
  private Optional<Integer> t5Tokens = Optional.empty();

  @Option(
      names = "--original-size",
      paramLabel = "WxH",
      description = "SDXL conditioning: size before cropping. Default: the image size.")
  private Optional<String> originalSize = Optional.empty();

  @Option(
      names = "--target-size",
      paramLabel = "WxH",
      description = "SDXL conditioning: size after cropping. Default: the image size.")
  private Optional<String> targetSize = Optional.empty();

  @Option(
      names = "--crop",
      paramLabel = "TOP,LEFT",
      description = "SDXL conditioning: crop at the top and left, in pixels. Default: 0,0.")
  private Optional<String> crop = Optional.empty();

  @Option(
      names = "--aesthetic-scores",
      paramLabel = "SCORE,NEGATIVE",
      description = "Refiner conditioning: aesthetic scores, 0 to 10. Default: 6,2.5.")
  private Optional<String> aestheticScores = Optional.empty();

  @Option(
      names = "--empty-negative",
      paramLabel = "zeros|encoded",
      description =
          "SDXL conditioning for an empty negative prompt: zeros (A1111) or an encoded empty text"
              + " (ComfyUI). Default: zeros.")
  private Optional<EmptyNegative> emptyNegative = Optional.empty();

  @Option(
      names = "--clip-skip-sdxl",
      description = "Apply --clip-skip to the smaller text encoder of SDXL too.")
  private boolean clipSkipOnSdxl;

  /** The values of {@code --empty-negative}. */
  private enum EmptyNegative {
    ZEROS,
    ENCODED
  }

  /**
   * Applies the given options; settings of other options stay unchanged.
   *
   * @param hasRefiner whether a refiner model is given
   */
  void applyTo(PromptSpec.Builder spec, boolean hasRefiner, Console console) {
    if (!hasRefiner) {
      console.requireBeside("--refiner PATH", "--refiner-switch-at", "--refiner-by-steps");
    }
    Optional<Double> at =
        refinerSwitchAt
            .or(() -> spec.refinerSwitch().stream().boxed().findFirst())
            .or(() -> hasRefiner ? Optional.of(0.8) : Optional.empty());
    boolean bySteps = refinerBySteps || spec.refinerBySteps();
    set("--refiner-switch-at", at, share -> spec.refinerSwitch(share, bySteps));
    set("--distilled-cfg", distilledCfg, spec::distilledGuidance);
    set(
        "--t5-tokens",
        t5Tokens,
        tokens -> spec.promptOptions(spec.promptOptions().withT5Tokens(tokens)));
    set("--image-cfg-scale", imageCfgScale, spec::imageCfgScale);
    set(
        "--original-size",
        originalSize,
        size((w, h) -> spec.sizeConditioning(spec.sizeConditioning().withOriginalSize(w, h))));
    set(
        "--target-size",
        targetSize,
        size((w, h) -> spec.sizeConditioning(spec.sizeConditioning().withTargetSize(w, h))));
    set(
        "--crop",
        crop,
        text -> {
          NumberPair pair = NumberPair.parse(text);
          spec.sizeConditioning(
              spec.sizeConditioning().withCrop(whole(pair.first()), whole(pair.second())));
        });
    set(
        "--aesthetic-scores",
        aestheticScores,
        text -> {
          NumberPair pair = NumberPair.parse(text);
          spec.sizeConditioning(
              spec.sizeConditioning().withAestheticScores(pair.first(), pair.second()));
        });
    emptyNegative.ifPresent(
        rule ->
            spec.promptOptions(
                spec.promptOptions().withEmptyNegativeEncoded(rule == EmptyNegative.ENCODED)));
    if (clipSkipOnSdxl) {
      spec.promptOptions(spec.promptOptions().withClipSkipOnSdxl(true));
    }
  }

  /** Parses a size and passes its width and height to a setter. */
  private static Consumer<String> size(BiConsumer<Integer, Integer> setter) {
    return text -> {
      PixelSize size = PixelSize.parse(text);
      setter.accept(size.width(), size.height());
    };
  }

  private static int whole(double number) {
    if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("must be whole numbers of pixels: " + number);
    }
    return (int) number;
  }
}
