package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.ImageFileException;
import dev.sdlora.api.Picture;
import dev.sdlora.api.UpscalerNetwork;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd upscale}: a picture, larger. */
@Command(
    name = "upscale",
    description = "Enlarge a picture with a network such as RealESRGAN_x4plus.")
final class UpscaleCommand implements Runnable {
  @Parameters(paramLabel = "FILE", description = "Picture: PNG, JPEG, GIF or BMP.")
  private Path file = Path.of("");

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "Upscaler of the ESRGAN family: a .pth or .safetensors file.")
  private Path model = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "upscaled.png",
      description = "PNG to write. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("upscaled.png");

  @Mixin private final Console console = new Console();

  @Override
  public void run() {
    Path target = new OutputFiles(out, 1).of(0);
    Picture picture = Picture.read(file);
    Stopwatch watch = new Stopwatch();
    try (UpscalerNetwork upscaler = UpscalerNetwork.open(model)) {
      Picture large = upscaler.upscale(picture);
      write(large, target);
      if (console.json()) {
        ObjectNode report = Json.object();
        report.put("file", target.toString());
        report.put("upscaler", upscaler.name());
        report.put("factor", upscaler.factor());
        report.put("width", large.width());
        report.put("height", large.height());
        report.put("seconds", watch.lap());
        console.out().println(Json.line(report));
      } else {
        console.out().println(target);
      }
    }
  }

  private static void write(Picture picture, Path target) {
    try {
      ImageIO.write(picture.toBufferedImage(), "png", target.toFile());
    } catch (IOException e) {
      throw new ImageFileException(
          "picture '" + target + "' cannot be written: " + e.getMessage(), e);
    }
  }
}
