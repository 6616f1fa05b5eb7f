package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The options for image-to-image, inpainting and outpainting, named as in {@link ImageToImage}. */
@Heading(
    value = "Image-to-image and inpainting",
    basic = {"--init", "--strength", "--mask", "--reference"})
final class SourceOptions {
  private static final Pattern SIDES =
      Pattern.compile("(\\d{1,5}),\\s*(\\d{1,5}),\\s*(\\d{1,5}),\\s*(\\d{1,5})");

  @Option(
      names = "--init",
      paramLabel = "FILE",
      description = "Start from this image; without --size, the result has its size.")
  private Optional<Path> init = Optional.empty();

  @Option(
      names = "--strength",
      paramLabel = "0..1",
      description =
          "Denoising strength; 0 denoises nothing, but the image still passes through the VAE, which"
              + " changes details a little. Default: 0.75.")
  private Optional<Double> strength = Optional.empty();

  @Option(
      names = "--resize-mode",
      paramLabel = "MODE",
      description =
          "Resizing of the image to --size: 'just resize', 'crop and resize', 'resize and fill' or"
              + " 'latent upscale'. Default: just resize.")
  private Optional<ResizeMode> resizeMode = Optional.empty();

  @Option(
      names = "--fix-steps",
      description = "Run all steps instead of the fraction given by --strength.")
  private boolean fixSteps;

  @Option(
      names = "--noise-multiplier",
      paramLabel = "0..1.5",
      description = "Factor on the noise added to the image. Default: 1.")
  private Optional<Double> noiseMultiplier = Optional.empty();

  @Option(
      names = "--color-correction",
      description = "Match the colours of the result to the image.")
  private boolean colorCorrection;

  @Option(
      names = "--mask",
      paramLabel = "FILE",
      description =
          "Repaint only the white area of this mask, an image as large as the start image.")
  private Optional<Path> mask = Optional.empty();

  @Option(names = "--invert-mask", description = "Repaint the black area of the mask instead.")
  private boolean invertMask;

  @Option(
      names = "--mask-blur",
      paramLabel = "N",
      description = "Blur of the mask's edge, in pixels. Default: 4; outpainting: 8.")
  private Optional<Integer> maskBlur = Optional.empty();

  @Option(
      names = "--masked-content",
      paramLabel = "CONTENT",
      description =
          "Initial content of the masked area: fill, original, 'latent noise' or 'latent nothing'."
              + " Default: original; outpainting: fill.")
  private Optional<MaskedContent> maskedContent = Optional.empty();

  @Option(
      names = "--only-masked",
      description =
          "Generate only the masked area and its surroundings, at --size, then paste them back.")
  private boolean onlyMasked;

  @Option(
      names = "--padding",
      paramLabel = "N",
      description = "Pixels around the mask for --only-masked. Default: 32.")
  private Optional<Integer> padding = Optional.empty();

  @Option(
      names = "--outpaint",
      paramLabel = "LEFT,RIGHT,UP,DOWN",
      description = "Extend the image by this many pixels on each side.")
  private Optional<String> outpaint = Optional.empty();

  @Option(
      names = "--reference",
      paramLabel = "FILE",
      description =
          "Image that a model such as FLUX.2 klein reads in addition to the prompt, which can name"
              + " it as 'image 1' and so on; repeatable up to four times. FLUX.1 Canny and Depth,"
              + " and their LoRAs, draw after exactly one, of edges or depths. Without --size, the"
              + " result has the size of the first one.")
  private List<Path> references = List.of();

  /**
   * Sets the start image.
   *
   * @param recorded the settings of a start image in the text of {@code --from}; options replace
   *     them
   */
  void applyTo(PromptSpec.Builder spec, Map<String, String> recorded, Console console) {
    for (Path reference : references) {
      set("--reference", Optional.of(Image.read(reference)), spec::referenceImage);
    }
    console.requireBeside(
        "--init FILE",
        "--strength",
        "--resize-mode",
        "--fix-steps",
        "--noise-multiplier",
        "--color-correction",
        "--mask",
        "--outpaint");
    console.requireBeside("--mask FILE", "--invert-mask", "--only-masked");
    console.requireBeside("--only-masked", "--padding");
    if (outpaint.isEmpty()) {
      console.requireBeside("--mask FILE or --outpaint", "--mask-blur", "--masked-content");
    } else if (mask.isPresent()) {
      throw console.badUsage("--mask and --outpaint cannot be combined");
    }
    if (init.isEmpty()) {
      return;
    }
    ImageToImage.Builder source = ImageToImage.builder(Image.read(init.get()));
    ifValid(() -> source.parameters(recorded));
    set("--strength", strength, source::denoisingStrength);
    resizeMode.ifPresent(source::resizeMode);
    source.fixSteps(fixSteps);
    set("--noise-multiplier", noiseMultiplier, source::noiseMultiplier);
    source.colorCorrection(colorCorrection);
    mask.ifPresent(file -> source.inpainting(inpainting(file, recorded)));
    set("--outpaint", outpaint, sides -> source.outpainting(outpainting(sides)));
    spec.imageToImage(source.build());
  }

  /** Skips invalid values in the text of another image, about which the result warns. */
  private static void ifValid(Runnable setter) {
    try {
      setter.run();
    } catch (IllegalArgumentException e) {
      return;
    }
  }

  private Inpainting inpainting(Path file, Map<String, String> recorded) {
    Inpainting.Builder part = Inpainting.builder(Image.read(file));
    ifValid(() -> part.parameters(recorded));
    set("--mask-blur", maskBlur, part::maskBlur);
    maskedContent.ifPresent(part::maskedContent);
    if (invertMask) {
      part.inverted(true);
    }
    if (onlyMasked) {
      part.onlyMasked(true);
    }
    set("--padding", padding, part::padding);
    return part.build();
  }

  private Outpainting outpainting(String text) {
    Matcher sides = SIDES.matcher(text);
    if (!sides.matches()) {
      throw new IllegalArgumentException(
          "must be LEFT,RIGHT,UP,DOWN in pixels, such as 64,64,0,0: '" + text + "'");
    }
    Outpainting usual =
        Outpainting.of(side(sides, 1), side(sides, 2), side(sides, 3), side(sides, 4));
    set("--mask-blur", maskBlur, pixels -> beyond(usual, pixels));
    return beyond(usual, maskBlur.orElse(usual.maskBlur()));
  }

  private Outpainting beyond(Outpainting usual, int blur) {
    return new Outpainting(
        usual.left(),
        usual.right(),
        usual.up(),
        usual.down(),
        blur,
        maskedContent.orElse(usual.maskedContent()));
  }

  private static int side(Matcher sides, int group) {
    return Integer.parseInt(sides.group(group));
  }
}
