package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.api.make.FileFormat;
import dev.sdlora.cli.model.BundledModel;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests {@code sd convert-weights}. */
final class ConvertWeightsTest {
  @TempDir Path folder;

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a b.gguf                    | '--format=FORMAT'",
        "a b.gguf --format q9        | format must be one of f16, bf16, q8_0",
        "a --format q8_0             | 'OUT'",
        "a b.ckpt --format bf16      | the file name must end in .gguf or .safetensors: b.ckpt",
        "a b.gguf --format fp8       | GGUF files do not have the format fp8; the file name must"
            + " end in .safetensors: b.gguf",
        "a b.safetensors --format q4_k | safetensors files do not have the format q4_k",
      })
  void badUsage_isNamed(String arguments, String sentence) {
    CommandRun run = CommandRun.of(("convert-weights " + arguments).split(" +"));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("sd: ").contains(sentence);
  }

  @Test
  void missingFile_isNamed() {
    CommandRun run = CommandRun.of("convert-weights", "none", file("c.gguf"), "--format", "q8_0");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("sd: tensor file 'none' does not exist\n");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void help_namesEveryFormat() {
    String help = CommandRun.of("convert-weights", "--help").out();
    for (FileFormat format : FileFormat.values()) {
      assertThat(help).containsPattern("\\b" + format.label() + "\\b");
    }
  }

  @Test
  void convert_bundledModel_drawsAgain() throws IOException {
    String out = file("small/tiny.safetensors");
    CommandRun run =
        CommandRun.of(
            "convert-weights",
            BundledModel.checkpoint().toString(),
            out,
            "--format",
            "fp8",
            "--quiet",
            "--json");
    assertThat(run.err()).isEmpty();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.get("path").asText()).isEqualTo(out);
    assertThat(json.get("rounding").get("rms").asDouble()).isBetween(0.01, 0.05);
    assertThat(json.get("formats").findValuesAsText("format")).contains("float8_e4m3");
    CommandRun drawn =
        CommandRun.of(
            "generate",
            "a red circle",
            "--checkpoint",
            out,
            "--steps",
            "2",
            "--seed",
            "1",
            "--out",
            file("circle.png"));
    assertThat(drawn.exitCode()).isZero();
    assertThat(folder.resolve("circle.png")).isNotEmptyFile();
  }

  @Test
  void convert_klein_drawsAgain() {
    String out = file("flux-2-klein-4b-Q8_0.gguf");
    CommandRun run =
        CommandRun.of(
            "convert-weights", TinyTransformers.klein().toString(), out, "--format", "q8_0");
    assertThat(run.out()).contains("Q8_0 ").contains("0.0 MB").contains("rounding: ");
    CommandRun drawn =
        CommandRun.of(
            "generate",
            "a red cat",
            "--checkpoint",
            out,
            "--text-encoder",
            TinyTransformers.textEncoder().toString(),
            "--vae",
            TinyTransformers.klein().resolveSibling("../vae/flux2-vae.safetensors").toString(),
            "--size",
            "64x64",
            "--steps",
            "1",
            "--seed",
            "1",
            "--out",
            file("cat.png"));
    assertThat(drawn.err()).doesNotContain("Exception");
    assertThat(drawn.exitCode()).isZero();
  }
}
