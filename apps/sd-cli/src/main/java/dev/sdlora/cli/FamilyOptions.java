package dev.sdlora.cli;

import static dev.sdlora.cli.OptionValue.set;

import dev.sdlora.api.EmptyNegativePrompt;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RefinerSwitch;
import dev.sdlora.api.image.SizeConditioning;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** The options that only some families of models look at. */
@Heading(
    value = "SDXL and models that edit",
    basic = {})
final class FamilyOptions {
  @Option(
      names = "--refiner-switch-at",
      paramLabel = "0..1",
      description =
          "When the model of --refiner takes over, as a share of the way. Default: 0.8 with"
              + " --refiner, otherwise never.")
  private Optional<Double> refinerSwitchAt = Optional.empty();

  @Option(
      names = "--refiner-by-steps",
      description = "Take that for a share of the steps and not, as A1111, of the noise.")
  private boolean refinerBySteps;

  @Option(
      names = "--image-cfg-scale",
      paramLabel = "SCALE",
      description = "How strongly an editing model keeps to the picture of --init. Default: 1.5.")
  private Optional<Double> imageCfgScale = Optional.empty();

  @Option(
      names = "--original-size",
      paramLabel = "WxH",
      description = "Size before cropping that SDXL is told. Default: that of the picture.")
  private Optional<String> originalSize = Optional.empty();

  @Option(
      names = "--target-size",
      paramLabel = "WxH",
      description = "Size after cropping that SDXL is told. Default: that of the picture.")
  private Optional<String> targetSize = Optional.empty();

  @Option(
      names = "--crop",
      paramLabel = "TOP,LEFT",
      description = "Pixels cut off that SDXL is told. Default: 0,0.")
  private Optional<String> crop = Optional.empty();

  @Option(
      names = "--aesthetic-scores",
      paramLabel = "SCORE,NEGATIVE",
      description = "Scores from 0 to 10 that the refiner is told. Default: 6,2.5.")
  private Optional<String> aestheticScores = Optional.empty();

  @Option(
      names = "--empty-negative",
      paramLabel = "zeros|encoded",
      description =
          "What SDXL reads in the place of an empty negative prompt: zeros as in A1111, or an"
              + " encoded empty text as in ComfyUI. Default: zeros.")
  private Optional<EmptyNegativePrompt> emptyNegative = Optional.empty();

  @Option(
      names = "--clip-skip-sdxl",
      description = "Let --clip-skip act on the smaller text encoder of SDXL.")
  private boolean clipSkipOnSdxl;

  /**
   * Leaves what is not given as it is.
   *
   * @param hasRefiner whether a model to finish images is given
   */
  void applyTo(PromptSpec.Builder spec, boolean hasRefiner, Console console) {
    if (!hasRefiner) {
      console.requireBeside("--refiner PATH", "--refiner-switch-at", "--refiner-by-steps");
    }
    Optional<RefinerSwitch> known = spec.refinerSwitch();
    Optional<Double> at =
        refinerSwitchAt
            .or(() -> known.map(RefinerSwitch::at))
            .or(() -> hasRefiner ? Optional.of(0.8) : Optional.empty());
    boolean bySteps = refinerBySteps || known.map(RefinerSwitch::bySteps).orElse(false);
    set("--refiner-switch-at", at, share -> spec.refinerSwitch(new RefinerSwitch(share, bySteps)));
    set("--image-cfg-scale", imageCfgScale, spec::imageCfgScale);
    SizeConditioning.Builder sizes = spec.sizeConditioning().toBuilder();
    set("--original-size", originalSize, size(sizes::originalSize));
    set("--target-size", targetSize, size(sizes::targetSize));
    set(
        "--crop",
        crop,
        text -> {
          NumberPair pair = NumberPair.parse(text);
          sizes.crop(whole(pair.first()), whole(pair.second()));
        });
    set(
        "--aesthetic-scores",
        aestheticScores,
        text -> {
          NumberPair pair = NumberPair.parse(text);
          sizes.aestheticScores(pair.first(), pair.second());
        });
    spec.sizeConditioning(sizes.build());
    emptyNegative.ifPresent(
        rule -> spec.promptOptions(spec.promptOptions().withEmptyNegative(rule)));
    if (clipSkipOnSdxl) {
      spec.promptOptions(spec.promptOptions().withClipSkipOnSdxl(true));
    }
  }

  /** Hands width and height of a text on. */
  private static Consumer<String> size(BiConsumer<Integer, Integer> setter) {
    return text -> {
      SizeConditioning.Size size = SizeConditioning.Size.parse(text);
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
