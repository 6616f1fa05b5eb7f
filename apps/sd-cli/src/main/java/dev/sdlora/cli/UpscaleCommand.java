package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.UpscalerNetwork;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.console.Stopwatch;
import dev.sdlora.cli.report.Json;
import dev.sdlora.cli.report.OutputFiles;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd upscale}: enlarges an image. */
@Command(
    name = "upscale",
    description = {
      "Enlarge an image with a Lanczos filter or a network such as RealESRGAN_x4plus.",
      "",
      "Networks are .pth or .safetensors files of the ESRGAN family: RealESRGAN_x4plus from"
          + " github.com/xinntao/Real-ESRGAN/releases, many others from openmodeldb.info."
    })
final class UpscaleCommand implements Runnable {
  private static final double DEFAULT_SCALE = 2;

  @Parameters(paramLabel = "FILE", description = "Image file, PNG, JPEG, GIF or BMP.")
  private Path file = Path.of("");

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "Upscaler network of the ESRGAN family. Default: none, a Lanczos filter.")
  private Optional<Path> model = Optional.empty();

  @Option(
      names = "--scale",
      paramLabel = "1..8",
      description = "Scale factor. Default: the network's factor, or 2 without one.")
  private Optional<Double> scale = Optional.empty();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      defaultValue = "upscaled.png",
      description = "PNG file to write. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("upscaled.png");

  @Mixin private final Console console = new Console();

  /** An enlarged image and the name of its upscaler. */
  private record Enlarged(String upscaler, Image image) {}

  @Override
  public void run() {
    Path target = new OutputFiles(out, 1).of(0);
    OptionValue.set(
        "--scale", scale, factor -> PromptSpec.builder().upscaling(Upscaler.LANCZOS, factor));
    Image image = Image.read(file);
    Stopwatch watch = new Stopwatch();
    Enlarged large =
        model
            .map(network -> byNetwork(image, network))
            .orElseGet(
                () -> new Enlarged("Lanczos", resize(image, image, scale.orElse(DEFAULT_SCALE))));
    large.image().savePng(target);
    if (console.json()) {
      ObjectNode report = Json.object();
      report.put("file", target.toString());
      report.put("upscaler", large.upscaler());
      report.put("factor", (double) large.image().width() / image.width());
      report.put("width", large.image().width());
      report.put("height", large.image().height());
      report.put("seconds", watch.lap());
      console.out().println(Json.line(report));
    } else {
      console.out().println(target);
    }
  }

  private Enlarged byNetwork(Image image, Path network) {
    try (UpscalerNetwork upscaler = UpscalerNetwork.open(network)) {
      double wanted = scale.orElse((double) upscaler.factor());
      Image large = image;
      // Repeat until large enough; a network of factor 1 cleans images up and runs once.
      do {
        large = upscaler.upscale(large);
      } while (upscaler.factor() > 1 && large.width() < wanted * image.width());
      return new Enlarged(upscaler.name(), resize(large, image, wanted));
    }
  }

  /** Resizes an image to a multiple of another image's size. */
  private static Image resize(Image source, Image of, double factor) {
    int width = (int) Math.round(of.width() * factor);
    int height = (int) Math.round(of.height() * factor);
    return source.resized(width, height);
  }
}
