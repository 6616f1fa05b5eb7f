package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.cli.console.TerminalLine;
import dev.sdlora.cli.lora.LayerProgress;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests arguments, messages and exit codes of the commands that make LoRAs, without the engine. */
final class LoraMakingTest {
  private static final String BUNDLED =
      "expected a file or a bundled LoRA: detail_slider, fluent_3d, ink_lines, night,"
          + " noto, size_slider, zorp\n";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"extract", "resize", "merge", "bake", "convert"})
  void help_everywhere(String command) {
    CommandRun run = CommandRun.of("lora", command, "--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: sd lora " + command).contains("--out", "--json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "extract a b --out c.safetensors --rank 0      | --rank must be at least 1: 0",
        "extract a b --out c.safetensors --energy 1.5  | --energy must be above 0 and at most 1:"
            + " 1.5",
        "extract a b --out c.safetensors --format half | --format must be float16, bfloat16 or"
            + " float32",
        "extract a b --out c.ckpt                      | the file name must end in .safetensors:"
            + " c.ckpt",
        "resize a --out c.safetensors                  | specify --rank or --energy",
        "merge a=x --out c.safetensors                 | 'a=x' has no valid weight; expected"
            + " LORA[:WEIGHT] such as ink:0.8",
        "bake a=1,2,3 --out c.safetensors              | 'a=1,2,3' has no valid weight",
        "bake a:1,2,3 --out c.safetensors              | 'a:1,2,3' has no valid weight",
        "bake a:0.8.1 --out c.safetensors              | 'a:0.8.1' has no valid weight",
        "bake a --out c.safetensors --format q9_0      | format must be one of f16, bf16, q8_0",
        "bake night --out c.gguf                       | a .gguf file needs a format, such as q8_0",
        "bake night --out c.gguf --format fp8          | GGUF files do not have the format fp8",
        "effect a=NaN                                  | 'a=NaN' has no valid weight",
        "convert a --to lycoris --out c.safetensors    | --to",
        "convert a --to peft                           | missing --out=FILE",
      })
  void badUsage_isNamed(String arguments, String sentence) {
    CommandRun run = CommandRun.of(("lora " + arguments).split(" +"));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("sd: ").contains(sentence);
  }

  @Test
  void missingFiles_areNamed() {
    String out = folder.resolve("a.safetensors").toString();
    assertThat(CommandRun.of("lora", "resize", "none", "--rank", "1", "--out", out))
        .isEqualTo(new CommandRun(1, "", "sd: LoRA 'none' does not exist; " + BUNDLED));
    assertThat(CommandRun.of("lora", "extract", "none", "other", "--out", out))
        .isEqualTo(new CommandRun(1, "", "sd: checkpoint 'none' does not exist\n"));
    assertThat(CommandRun.of("lora", "merge", "none=0.5", "--out", out).err())
        .isEqualTo("sd: LoRA 'none' does not exist; " + BUNDLED);
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resize night --rank 4",
        "merge night:0.8 zorp=0.5",
        "convert night --to peft",
        "bake night:0.8",
      })
  void bundledNames_areKnownToAll(String arguments) {
    Path out = folder.resolve("out.safetensors");
    CommandRun run = CommandRun.of(("lora " + arguments + " --json --out " + out).split(" "));
    // A busy machine shows the progress.
    assertThat(run.err().lines().filter(line -> !line.contains("] layer "))).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(out).isRegularFile();
  }

  @Test
  void bake_intoAFormat_reportsTheRounding() throws IOException {
    String out = folder.resolve("out.safetensors").toString();
    CommandRun run = CommandRun.of("lora", "bake", "night:0.8", "--format", "fp8", "--out", out);
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains(" weights changed\n", "  float8_e4m3 ", "rounding: ", " % of the LoRAs' change\n")
        .doesNotContain("became float16");

    String wide = folder.resolve("wide.safetensors").toString();
    CommandRun widened = CommandRun.of("lora", "bake", "zorp:0", "--checkpoint", out, "-o", wide);
    assertThat(widened.err())
        .isEqualTo(
            "sd: warning: no LoRA changes a weight; '" + wide + "' has those of the checkpoint\n");
    assertThat(widened.out())
        .contains("0 weights changed\n")
        .endsWith("float8_e4m3 weights became float16; --format writes them in another format\n");

    CommandRun json =
        CommandRun.of("lora", "bake", "ink_lines", "--format", "int8", "-o", out, "--json");
    JsonNode report = new ObjectMapper().readTree(json.out());
    assertThat(report.get("formats").findValuesAsText("format")).contains("int8 scaled");
    assertThat(report.get("rounding").get("of_change").asDouble()).isBetween(0.0, 1.0);
  }

  @Test
  void bake_transformerAlone_readsTheOtherNetworksFromFiles() throws IOException {
    Path klein = folder.resolve("klein.safetensors");
    Files.copy(TinyTransformers.klein(), klein);
    Path lora = TinyTransformers.kleinLoras().resolve("lora_kohya.safetensors");
    Path out = folder.resolve("baked.gguf");
    String line = "lora bake %s --checkpoint %s --format q8_0 --out %s".formatted(lora, klein, out);
    CommandRun missing = CommandRun.of(line.split(" "));
    assertThat(missing.err()).contains("without a text encoder", "--text-encoder");
    Path vae = TinyTransformers.klein().resolveSibling("../vae/flux2-vae.safetensors").normalize();
    String parts = " --text-encoder %s --vae %s".formatted(TinyTransformers.textEncoder(), vae);
    CommandRun run = CommandRun.of((line + parts).split(" "));
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("baked.gguf: 30 weights changed\n", "  Q8_0 ");
  }

  @Test
  void progress_isOneLineThatGoesAway() {
    StringWriter terminal = new StringWriter();
    Iterator<Long> clock = List.of(0L, 2_000_000_000L, 4_000_000_000L).iterator();
    LayerProgress progress =
        new LayerProgress(new TerminalLine(new PrintWriter(terminal)), clock::next);

    progress.done(1, 100, "conv_in");
    assertThat(terminal.toString()).endsWith("] layer 1/100, 3:18 left");
    progress.done(2, 100, "conv_out");
    assertThat(terminal.toString()).contains("\r[").endsWith("layer 2/100, 3:16 left");
    progress.clear();
    assertThat(terminal.toString()).endsWith(" \r");
  }
}
