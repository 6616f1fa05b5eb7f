package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.image.Image;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the settings of an image that was made from another one, with a new start image. */
final class FromImageTest {
  private static final String TEXT =
      "a red star\nSteps: 8, Sampler: Euler, CFG scale: 4, Seed: 7, Size: 64x64, Denoising"
          + " strength: 0.25, Noise multiplier: 0.9, RNG: NV, Version: v1.10.1";

  @TempDir Path folder;

  private String infotext(Path from, Path start, String... more) {
    Path out = folder.resolve("out.png");
    List<String> arguments = new ArrayList<>(List.of("generate", "--from", from.toString()));
    arguments.addAll(List.of("--init", start.toString(), "-o", out.toString()));
    arguments.addAll(List.of(more));
    CommandRun run = CommandRun.of(arguments.toArray(new String[0]));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return GeneratedImage.readInfotext(out);
  }

  @Test
  void generate_fromAnImageWithANewStart_hasItsStrength() {
    Path from = folder.resolve("from.png");
    Image grey = Image.of(64, 64, new byte[3 * 64 * 64]);
    new GeneratedImage(grey, 7, TEXT).save(from);
    assertThat(infotext(from, from)).contains("Denoising strength: 0.25", "Noise multiplier: 0.9");
    assertThat(infotext(from, from, "--strength", "0.5")).contains("Denoising strength: 0.5,");
  }
}
