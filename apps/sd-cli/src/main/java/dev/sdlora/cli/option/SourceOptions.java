package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
      names = "--mask",
      paramLabel = "FILE",
      description =
          "Repaint only the white area of this mask, an image as large as the start image.")
  private Optional<Path> mask = Optional.empty();

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

  private final SettingOptions<ImageToImage, ImageToImage.Builder> source =
      SettingOptions.allBut(Settings.IMAGE_TO_IMAGE, "image", "inpainting", "outpainting");
  private final SettingOptions<Inpainting, Inpainting.Builder> inpainting =
      SettingOptions.allBut(Settings.INPAINTING, "mask");
  private final SettingOptions<Outpainting, ?> outpainting =
      SettingOptions.of(Settings.OUTPAINTING, "maskBlur", "maskedContent");

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    source.addTo(command, SourceOptions.class);
    inpainting.addTo(command, SourceOptions.class);
    outpainting.addTo(command, SourceOptions.class);
  }

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
    console.requireBeside("--init FILE", source.names());
    console.requireBeside("--init FILE", "--mask", "--outpaint");
    if (outpaint.isEmpty()) {
      console.requireBeside("--mask FILE or --outpaint", outpainting.names());
    } else if (mask.isPresent()) {
      throw console.badUsage("--mask and --outpaint cannot be combined");
    }
    Stream.of(inpainting.names())
        .filter(name -> !List.of(outpainting.names()).contains(name))
        .forEach(name -> console.requireBeside("--mask FILE", name));
    if (init.isEmpty()) {
      return;
    }
    ImageToImage.Builder start = ImageToImage.builder(Image.read(init.get()));
    ifValid(() -> start.parameters(recorded));
    source.set(start);
    mask.ifPresent(file -> start.inpainting(inpainting(file, recorded, console)));
    set("--outpaint", outpaint, sides -> start.outpainting(outpainting(sides, console)));
    spec.imageToImage(start.build());
  }

  /** Skips invalid values in the text of another image, about which the result warns. */
  private static void ifValid(Runnable setter) {
    try {
      setter.run();
    } catch (IllegalArgumentException e) {
      return;
    }
  }

  private Inpainting inpainting(Path file, Map<String, String> recorded, Console console) {
    Inpainting.Builder part = Inpainting.builder(Image.read(file));
    ifValid(() -> part.parameters(recorded));
    return inpainting.apply(part.build(), console);
  }

  private Outpainting outpainting(String text, Console console) {
    Matcher sides = SIDES.matcher(text);
    if (!sides.matches()) {
      throw new IllegalArgumentException(
          "must be LEFT,RIGHT,UP,DOWN in pixels, such as 64,64,0,0: '" + text + "'");
    }
    return outpainting.apply(
        Outpainting.of(side(sides, 1), side(sides, 2), side(sides, 3), side(sides, 4)), console);
  }

  private static int side(Matcher sides, int group) {
    return Integer.parseInt(sides.group(group));
  }
}
