package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.cli.model.BundledModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests {@code sd checkpoint merge}. */
final class CheckpointMergeTest {
  @TempDir Path folder;

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a b --out c.ckpt                               | the file name must end in .safetensors:"
            + " c.ckpt",
        "a b --out c.safetensors -m x                   | --multiplier must be a number such as"
            + " 0.8: 'x'",
        "a b --out c.safetensors --blocks 1,2           | --blocks: block weights must be 17 or 26"
            + " values",
        "a b --out c.safetensors --blocks HALF          | --blocks: block weight preset 'HALF'"
            + " is unknown",
        "a --out c.safetensors                          | 'B'",
      })
  void badUsage_isNamed(String arguments, String sentence) {
    CommandRun run = CommandRun.of(("checkpoint merge " + arguments).split(" +"));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("sd: ").contains(sentence);
  }

  @Test
  void missingFile_isNamed() {
    assertThat(CommandRun.of("checkpoint", "merge", "none", "b", "--out", file("c.safetensors")))
        .isEqualTo(new CommandRun(1, "", "sd: checkpoint 'none' does not exist\n"));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void merge_writesACheckpoint() throws IOException {
    String model = BundledModel.checkpoint().toString();
    String out = file("merged.safetensors");
    CommandRun run =
        CommandRun.of(
            "checkpoint",
            "merge",
            model,
            model,
            model,
            "-m",
            "0.3",
            "--format",
            "bfloat16",
            "--out",
            out,
            "--quiet",
            "--json");
    assertThat(run.err()).isEmpty();
    JsonNode merged = new ObjectMapper().readTree(run.out());
    assertThat(merged.get("merged").asInt()).isPositive();
    CommandRun info = CommandRun.of("info", "--json", out);
    assertThat(new ObjectMapper().readTree(info.out()).get("storage").asText())
        .isEqualTo("bfloat16");
  }

  @Test
  void formerName_stillWorks_andIsNotListed() {
    CommandRun run =
        CommandRun.of("merge-checkpoints", "none", "b", "--out", file("c.safetensors"));
    assertThat(run.err()).isEqualTo("sd: checkpoint 'none' does not exist\n");
    assertThat(CommandRun.of("--help").out()).doesNotContain("merge-checkpoints");
  }
}
