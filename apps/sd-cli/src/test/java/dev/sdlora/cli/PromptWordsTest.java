package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.testkit.TaughtModels;
import dev.sdlora.testkit.TinyModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the list of words that a model was trained on, and warnings about other words in a prompt.
 */
class PromptWordsTest {
  @TempDir private static Path folder;
  private static String taught;

  @BeforeAll
  static void write() {
    String many =
        IntStream.range(10, 60).mapToObj(i -> "thing " + i).collect(Collectors.joining(","));
    taught =
        TaughtModels.copy(
                TinyModels.CHECKPOINT, "red, cat, a, " + many, folder.resolve("taught.safetensors"))
            .toString();
  }

  @Test
  void words_ofACheckpoint_areSortedInLines() {
    CommandRun run = CommandRun.of("prompt", "--words", "--checkpoint", taught);

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("a, cat, red, thing 10, thing 11,").endsWith(" thing 59\n");
    assertThat(run.out().lines().toList())
        .hasSizeGreaterThan(5)
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80).doesNotEndWith(" "));
    assertThat(run.out().split(",\\s")).hasSize(53);
  }

  @Test
  void words_json_isOneObject() throws IOException {
    CommandRun run = CommandRun.of("prompt", "--words", "--json", "--checkpoint", taught);

    assertThat(new ObjectMapper().readTree(run.out()).get("words"))
        .hasSize(53)
        .first()
        .hasToString("\"a\"");
  }

  @Test
  void words_modelThatDoesNotTell_isAnError() {
    String plain = TinyModels.CHECKPOINT.toString();
    CommandRun run = CommandRun.of("prompt", "--words", "--checkpoint", plain);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualToIgnoringNewLines(
            "sd: checkpoint '" + plain + "' does not list the words it was trained on");
  }

  @Test
  void words_besideAPrompt_isBadUsage() {
    CommandRun run = CommandRun.of("prompt", "--words", "a cat");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("specify exactly one of a prompt, --file or --words");
  }

  @Test
  void prompt_ofACheckpoint_isWarnedOfOtherWords() {
    assertThat(CommandRun.of("prompt", "a kat", "--checkpoint", taught).out())
        .contains(
            "warning: this model was not taught the word 'kat' (nearest: 'cat'); it draws only what"
                + " it knows");
    assertThat(CommandRun.of("prompt", "red cats", "--checkpoint", taught).out())
        .doesNotContain("warning");
    assertThat(CommandRun.of("prompt", "a kat").out()).doesNotContain("warning");
  }
}
