package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.model.ControlArgument;
import dev.sdlora.cli.model.ImagePromptArgument;
import dev.sdlora.families.network.upscaler.RrdbConfig;
import dev.sdlora.families.network.upscaler.SrvggConfig;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.pipeline.raster.Resampling;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code sd upscale} and the arguments of {@code --control}. */
class UpscaleCommandTest {
  @TempDir private Path folder;
  private Path model;
  private Path source;
  private Image picture;

  /** Writes a network that repeats every pixel, and an image. */
  @BeforeEach
  void write() throws IOException {
    model = folder.resolve("2x-Repeat.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    new RrdbConfig(3, 1, 1, 1, 1)
        .weights()
        .forEach((name, shape) -> writer.tensor(name, shape, weight(name, shape), DType.F32));
    writer.write(model);
    byte[] rgb = new byte[3 * 7 * 5];
    new Random(1).nextBytes(rgb);
    picture = Image.of(7, 5, rgb);
    source = folder.resolve("small.png");
    ImageIO.write(picture.toBufferedImage(), "png", source.toFile());
  }

  private static float[] weight(String name, List<Long> shape) {
    float[] values = new float[shape.stream().mapToInt(Long::intValue).reduce(1, (a, b) -> a * b)];
    boolean passes = !name.startsWith("body") && !name.startsWith("conv_body");
    if (passes && name.endsWith(".weight")) {
      for (int channel = 0; channel < 3; channel++) {
        // The centre of the kernel from a channel to itself.
        values[(channel * 3 + channel) * 9 + 4] = 1;
      }
    }
    return values;
  }

  @Test
  void upscale_picture_writesItLarger() {
    assertRepeatsPixels(model);
  }

  /** An untrained compact network keeps the image as it is. */
  @Test
  void upscale_compactNetwork_writesItLarger() {
    Path compact = folder.resolve("realesr-nothing.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    new SrvggConfig(4, 2, 2)
        .weights()
        .forEach(
            (name, shape) -> {
              int count = shape.stream().mapToInt(Long::intValue).reduce(1, (x, y) -> x * y);
              writer.tensor("params." + name, shape, new float[count], DType.F32);
            });
    writer.write(compact);
    assertRepeatsPixels(compact);
  }

  private void assertRepeatsPixels(Path network) {
    Path out = folder.resolve("large.png");
    CommandRun run =
        CommandRun.of(
            "upscale", source.toString(), "--model", network.toString(), "--out", out.toString());
    assertThat(run).isEqualTo(new CommandRun(0, out + System.lineSeparator(), ""));
    Image large = Image.read(out);
    assertThat(large.width()).isEqualTo(14);
    assertThat(large.height()).isEqualTo(10);
    for (int i = 0; i < large.rgb().length; i++) {
      int x = i / 3 % 14;
      int y = i / (3 * 14);
      assertThat(large.rgb()[i]).isEqualTo(picture.rgb()[3 * (y / 2 * 7 + x / 2) + i % 3]);
    }
  }

  @Test
  void upscale_withoutNetwork_isLanczos_andHelpSaysWhereNetworksComeFrom() {
    Path out = folder.resolve("large.png");
    CommandRun run =
        CommandRun.of("upscale", source.toString(), "--scale", "1.5", "-o", out.toString());
    assertThat(run).isEqualTo(new CommandRun(0, out + System.lineSeparator(), ""));
    assertThat(Image.read(out))
        .isEqualTo(Resampling.LANCZOS.resize(Raster.of(picture), 11, 8).toImage());
    assertThat(CommandRun.of("upscale", source.toString(), "-o", out.toString(), "--json").out())
        .contains("\"upscaler\":\"Lanczos\"", "\"width\":14", "\"factor\":2.0");
    assertThat(CommandRun.of("upscale", "--help").out()).contains("Real-ESRGAN", "openmodeldb");
  }

  @Test
  void upscale_networkAndScale_reachesTheSize() {
    Path out = folder.resolve("large.png");
    CommandRun run =
        CommandRun.of(
            "upscale",
            source.toString(),
            "--model",
            model.toString(),
            "--scale",
            "3",
            "-o",
            out.toString());
    assertThat(run.exitCode()).isZero();
    assertThat(Image.read(out).width()).isEqualTo(21);
  }

  @Test
  void upscale_wrongFiles_saysSo() {
    CommandRun run =
        CommandRun.of("upscale", folder.resolve("none.png").toString(), "--model", "x.pth");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("none.png");
    run = CommandRun.of("upscale", source.toString(), "--model", source.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("small.png");
  }

  @Test
  void imagePrompt_arguments_areReadOrRefused() {
    ImagePrompt plain =
        ImagePromptArgument.parse(source.toString()).prompt(Path.of("a.bin"), Map.of());
    assertThat(plain.name()).isEqualTo("a");
    assertThat(plain.images()).containsExactly(picture);
    assertThat(plain.weight()).isEqualTo(1);
    ImagePrompt style =
        ImagePromptArgument.parse(source + ":0.6:style transfer")
            .prompt(Path.of("a.bin"), Map.of());
    assertThat(style.weight()).isEqualTo(0.6);
    assertThat(style.weightType()).isEqualTo(ImagePrompt.WeightType.STYLE_TRANSFER);
    RegionMask left = RegionMask.rectangle(0, 0, 0.5, 1);
    ImagePrompt part =
        ImagePromptArgument.parse(source + ":0.6,0.2,0.8:style transfer:mask=left")
            .prompt(Path.of("a.bin"), Map.of("left", left));
    assertThat(part).isEqualTo(style.withRange(0.2, 0.8).withMask(left));
    assertThat(
            ImagePromptArgument.parse(source + ":mask=left")
                .prompt(Path.of("a.bin"), Map.of("left", left)))
        .isEqualTo(plain.withMask(left));
    assertThat(
            ImagePromptArgument.parse(source + ":1:composition precise:scaling=K+V:mask=left")
                .prompt(Path.of("a.bin"), Map.of("left", left)))
        .isEqualTo(
            plain
                .withWeightType(ImagePrompt.WeightType.COMPOSITION_PRECISE)
                .withEmbedsScaling(ImagePrompt.EmbedsScaling.K_AND_V)
                .withMask(left));
    for (String wrong :
        List.of(
            source + ":5",
            source + ":scaling=Q",
            source + ":1:styl",
            source + ":1,0.5",
            source + ":1,0.8,0.2",
            source + ":1,0,2",
            source + ":1..2",
            source + ":mask=left")) {
      CommandRun run =
          CommandRun.of("generate", "--prompt", "a", "--ip-adapter", "a", "--image-prompt", wrong);
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).startsWith("sd: --image-prompt");
    }
    CommandRun unknown =
        CommandRun.of(
            "generate",
            "a",
            "--ip-adapter",
            "a",
            "--region",
            "left=0,0,0.5,1",
            "--image-prompt",
            source + ":mask=leftt");
    assertThat(unknown.err())
        .startsWith(
            "sd: --image-prompt: region 'leftt' is unknown; known regions: left; did you mean"
                + " 'left'?");
    CommandRun alone = CommandRun.of("generate", "--prompt", "a", "--image-prompt", "" + source);
    assertThat(alone.err()).contains("--image-prompt needs --ip-adapter FILE");
  }

  @Test
  void control_arguments_areReadOrRefused() {
    ControlUnit unit =
        ControlArgument.parse("canny.pth," + source + ",0.5,0,0.75").unit(new Console());
    assertThat(unit.name()).isEqualTo("canny");
    assertThat(unit.image()).isEqualTo(picture);
    assertThat(unit.weight()).isEqualTo(0.5);
    assertThat(unit.end()).isEqualTo(0.75);
    ControlUnit edges =
        ControlArgument.parse("net.pth,canny=50/150@768:" + source).unit(new Console());
    assertThat(edges.image()).isEqualTo(picture);
    assertThat(edges.preprocessor())
        .isEqualTo(Preprocessor.CANNY.withThresholds(50, 150).withResolution(768));
    assertThatThrownBy(() -> ControlArgument.parse("net.pth,cany:" + source))
        .hasMessageContaining("did you mean 'canny'?");
    ControlUnit depth =
        ControlArgument.parse("C:\\nets\\union.pth:union=depth," + source + ",0.5")
            .unit(new Console());
    assertThat(depth.network()).isEqualTo(Path.of("C:\\nets\\union.pth"));
    assertThat(depth.unionType()).contains("depth");
    assertThatThrownBy(() -> ControlArgument.parse("union.pth:union=dept," + source))
        .hasMessageContaining("did you mean 'depth'?");
    for (String wrong : List.of("canny.pth", source + "," + source + ",strong")) {
      CommandRun run = CommandRun.of("generate", "--prompt", "a", "--control", wrong);
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains("--control").contains(wrong);
    }
  }
}
