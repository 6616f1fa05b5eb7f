package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests what a new user types first: names of bundled files, and nothing. */
class BundledNamesTest {
  @Test
  void info_bundledName_describesTheFile() {
    CommandRun run = CommandRun.of("info", "zorp");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("zorp.safetensors");
    assertThat(CommandRun.of("info", "demo-sd1").out()).contains("family: SD 1.x");
  }

  @Test
  void info_unknownName_listsBundledOnes() {
    CommandRun run = CommandRun.of("info", "zorb");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("sd: 'zorb' does not exist, and no bundled file has this name: demo-sd1, ")
        .contains("did you mean 'zorp'?")
        .hasLineCount(1);
  }

  @Test
  void generate_hiresFixWithTheBundledModel_recommendsAnUpscaler(@TempDir Path folder) {
    String out = folder.resolve("a.png").toString();
    CommandRun run = CommandRun.of("generate", "a fox", "--hires", "2", "--steps", "1", "-o", out);
    assertThat(run.err())
        .contains(
            "hires fix draws at 256x256 with a model that was trained for 128x128 alone, so"
                + " subjects repeat; enlarge the image with an upscaler instead of hires fix");
    run =
        CommandRun.of(
            "generate",
            "a fox",
            "--upscaler",
            "Lanczos",
            "--upscale",
            "2",
            "--steps",
            "10",
            "-o",
            out);
    assertThat(run.err()).doesNotContain("warning");
  }

  @Test
  void generate_emptyPrompt_warns(@TempDir Path folder) {
    String out = folder.resolve("a.png").toString();
    assertThat(CommandRun.of("generate", "", "--steps", "1", "-o", out).err())
        .contains("sd: warning: the prompt is empty");
  }
}
