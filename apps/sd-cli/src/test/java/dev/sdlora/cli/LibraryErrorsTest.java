package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that errors found after loading the model name the command line's options. */
class LibraryErrorsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "generate __colour__ --dynamic | but there is no wildcard directory (--wildcard-dir)",
        "generate <hypernet:x:1> | there is no hypernetwork directory (--hypernetwork-dir)",
        "generate x --upscale 2 --upscaler Lanczoz | 'Lanczoz'; built-in upscalers are Latent,"
            + " Latent (antialiased), Latent (bicubic), Latent (bicubic antialiased), Latent"
            + " (nearest), Latent (nearest-exact), Lanczos, Nearest, None, and there is no upscaler"
            + " directory (--upscaler-dir); did you mean 'Lanczos'?",
        "generate <lora:zorp:1:mask=left> | names the mask 'left', but there are no masks; give"
            + " them with --region, because an infotext does not contain them",
        "generate x --detail face | unknown detector 'face'; there are no detectors; name a folder"
            + " of them with --detector-dir",
        "generate x --device gpu:99 | --device gpu:99: there is no GPU 99: libtorch",
        "serve --port 0 --device CUDA99 | --device CUDA99: there is no GPU 99: libtorch",
        "info --device gpu99 | --device gpu99: there is no GPU 99: libtorch",
      })
  void missing_namesTheOption(String call, String sentence) {
    CommandRun run =
        CommandRun.of(
            (call.startsWith("generate")
                    ? call + " --steps 1 --out " + folder.resolve("a.png")
                    : call)
                .split(" +"));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1).first().asString().contains(sentence);
  }
}
